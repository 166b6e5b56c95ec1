"""What happened: streamed events and log rows, newest first, one page at a time."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.answers.coverage import EVENT_SOURCES, Completeness, completeness_of
from console.answers.moment import Moment
from console.answers.names import KnownNames, names_in_store
from store import apps as store_apps
from store import events as store_events
from store.records import EventFilter, StoredEvent

_MINUTES = 60
NO_FILTER = EventFilter()


@dataclass(frozen=True, slots=True)
class EventsAnswer:
    """One page of the event list."""

    as_of: datetime
    events: tuple[StoredEvent, ...]
    """Newest first."""
    more: bool
    per_minute: tuple[int, ...]
    """Streamed events in each of the last 60 minutes, oldest first."""
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class EventDetail:
    """One event with every field that it carried, names resolved where they could be."""

    event: StoredEvent
    fields: tuple[tuple[str, str], ...]
    """Every field as it came, in the order of the record."""
    raw: str
    """The record as indented JSON."""


def answer_events(
    connection: sqlite3.Connection,
    moment: Moment,
    wanted: EventFilter = NO_FILTER,
    before: store_events.EventCursor | None = None,
    limit: int = 200,
    since: datetime | None = None,
) -> EventsAnswer:
    """The newest ``limit`` events that match, or the page that follows ``before``.

    The list reaches back without end unless ``since`` ends it.
    """
    found = store_events.newest(connection, wanted, moment.until, before, limit + 1, since)
    return EventsAnswer(
        as_of=moment.as_of,
        events=with_names(connection, found[:limit], moment.as_of),
        more=len(found) > limit,
        per_minute=store_events.per_minute(connection, moment.as_of, _MINUTES),
        completeness=completeness_of(connection, moment, EVENT_SOURCES),
    )


def with_names(
    connection: sqlite3.Connection, events: Sequence[StoredEvent], as_of: datetime
) -> tuple[StoredEvent, ...]:
    """The events with the names of apps and users filled in where they carry only an id."""
    names = names_in_store(connection, as_of)
    return tuple(_named(event, names) for event in events)


def _named(event: StoredEvent, names: KnownNames) -> StoredEvent:
    app = names.apps.get(event.app_id[:15]) if event.app_id and not event.app_name else None
    user = names.users.get(event.user_id[:15]) if event.user_id and not event.username else None
    if app is None and user is None:
        return event
    return replace(
        event,
        app_name=app.name if app else event.app_name,
        username=user.username if user else event.username,
    )


def event_detail(connection: sqlite3.Connection, key: str) -> EventDetail | None:
    """One event with all it carried; None when the store no longer has it."""
    found = store_events.raw(connection, key)
    if found is None:
        return None
    event, text = found
    event = with_names(connection, (event,), event.occurred_at)[0]
    try:
        record = json.loads(text)
    except ValueError:
        return EventDetail(event, (("record", text),), text)
    names = _names(connection)
    fields = tuple((name, _with_name(value, names)) for name, value in _flat(record))
    return EventDetail(event, fields, json.dumps(record, indent=2, ensure_ascii=False))


def _names(connection: sqlite3.Connection) -> dict[str, str]:
    """Names of users by the first 15 characters of their id."""
    return {key: user.username for key, user in store_apps.users(connection).items()}


def _flat(record: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a record with its path; the envelope of a streamed event is left out."""
    if not isinstance(record, Mapping):
        yield prefix.rstrip(".") or "record", _shown(record)
        return
    for name, value in record.items():
        if name in ("data", "payload", "event") and isinstance(value, Mapping):
            yield from _flat(value, prefix)
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _shown(value)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _with_name(value: str, names: Mapping[str, str]) -> str:
    if value.startswith("005") and len(value) in (15, 18) and value[:15] in names:
        return f"{value} ({names[value[:15]]})"
    return value
