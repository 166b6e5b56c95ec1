"""What happened, from all tables: newest first for screens, in commit order for pipelines."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.api_call_text import api_call_json
from store.event_columns import API_CALLS, TABLES, EventTable, event_of
from store.event_conditions import Conditions, conditions
from store.moments import MINUTE_MS, from_ms, to_ms
from store.records import EventFilter, StoredEvent
from store.sequence import newest_id

EVERYTHING = EventFilter()


@dataclass(frozen=True, slots=True, order=True)
class EventCursor:
    """A place in the history: when, and the id within the store."""

    occurred_ms: int
    row_id: int


@dataclass(frozen=True, slots=True, order=True)
class CommitCursor:
    """A place in the order of commits: the id of the last row that was seen."""

    row_id: int


def cursor_of(event: StoredEvent) -> EventCursor:
    """The place of ``event``, to go on behind it."""
    return EventCursor(to_ms(event.occurred_at), int(event.key[1:]))


def newest(
    connection: sqlite3.Connection,
    filter: EventFilter,  # noqa: A002 - the name that callers know it by
    as_of: datetime,
    before: EventCursor | None = None,
    limit: int = 200,
    since: datetime | None = None,
) -> tuple[StoredEvent, ...]:
    """The newest events that match ``filter``, newest first, at most ``limit``.

    Not after ``as_of``, after ``since`` where it is given, and behind ``before`` in that order.
    """
    found: list[tuple[EventCursor, StoredEvent]] = []
    for table in TABLES:
        wanted = conditions(connection, table, filter)
        if wanted.impossible:
            continue
        _add_place(wanted, table, as_of, before, since)
        found += [(cursor_of(event), event) for event in _page(connection, table, wanted, limit)]
    found.sort(key=lambda item: item[0], reverse=True)
    return tuple(event for _, event in found[:limit])


def raw(connection: sqlite3.Connection, key: str) -> tuple[StoredEvent, str] | None:
    """One event, and its record as JSON text with every field as it came; None when unknown."""
    table = next((table for table in TABLES if key.startswith(table.letter)), None)
    if table is None or not key[1:].isascii() or not key[1:].isdigit() or len(key) > 19:
        return None
    row = connection.execute(
        f"SELECT {table.columns}, {table.raw} FROM {table.name} AS page{table.joins}"  # noqa: S608
        " WHERE page.id = ?",
        (int(key[1:]),),
    ).fetchone()
    if row is None:
        return None
    text = api_call_json(connection, int(key[1:])) if table is API_CALLS else str(row[-1])
    return event_of(table, row[:-1]), text


def committed_after(
    connection: sqlite3.Connection,
    cursor: CommitCursor | None,
    limit: int,
    filter: EventFilter = EVERYTHING,  # noqa: A002 - the name that callers know it by
) -> tuple[tuple[StoredEvent, ...], CommitCursor]:
    """The next events that match ``filter`` in the order of their commit, and where to go on.

    None begins with the oldest. The cursor also moves past events that do not match, so a rare
    kind of event is not looked for twice in the same rows.
    """
    start = 0 if cursor is None else cursor.row_id
    end = newest_id(connection)
    found: list[tuple[int, StoredEvent]] = []
    for table in TABLES:
        wanted = conditions(connection, table, filter)
        if wanted.impossible:
            continue
        row = table.row
        clauses = [f"{row}.id > :start", f"{row}.id <= :end", *wanted.clauses]
        if wanted.callers is not None:
            clauses.append(f"{row}.caller_id IN ({', '.join(map(str, wanted.callers)) or 'NULL'})")
        rows = connection.execute(
            f"SELECT {table.columns} FROM (SELECT * FROM {table.name} AS {row}"  # noqa: S608
            f" WHERE {' AND '.join(clauses)} ORDER BY {row}.id LIMIT :limit) AS page{table.joins}",
            {**wanted.parameters, "start": start, "end": end, "limit": limit},
        )
        found += [(int(one[0]), event_of(table, one)) for one in rows]
    found.sort(key=lambda item: item[0])
    page = found[:limit]
    reached = page[-1][0] if len(page) == limit else max(end, start)
    return tuple(event for _, event in page), CommitCursor(reached)


def latest_commit(connection: sqlite3.Connection) -> CommitCursor:
    """The cursor behind everything that is stored now."""
    return CommitCursor(newest_id(connection))


def per_minute(
    connection: sqlite3.Connection, as_of: datetime, minutes: int, channel: str | None = None
) -> tuple[int, ...]:
    """Streamed events in each of the last ``minutes`` minutes, oldest first.

    By the time when they occurred; the last minute ends with ``as_of`` itself.
    """
    until_ms = to_ms(as_of)
    since_ms = until_ms - minutes * MINUTE_MS
    where, by_channel = ("", ()) if channel is None else (" AND channel = ?", (channel,))
    rows = connection.execute(
        "SELECT (occurred_ms - ? - 1) / 60000, COUNT(*) FROM stream_event"  # noqa: S608
        f" WHERE occurred_ms > ? AND occurred_ms <= ?{where} GROUP BY 1",
        (since_ms, since_ms, until_ms, *by_channel),
    )
    counts = dict(rows.fetchall())
    return tuple(counts.get(minute, 0) for minute in range(minutes))


def last_event_at(connection: sqlite3.Connection, as_of: datetime) -> datetime | None:
    """When the newest streamed event not after ``as_of`` occurred."""
    row = connection.execute(
        "SELECT MAX(occurred_ms) FROM stream_event WHERE occurred_ms <= ?", (to_ms(as_of),)
    ).fetchone()
    return None if row[0] is None else from_ms(row[0])


def _add_place(
    wanted: Conditions,
    table: EventTable,
    as_of: datetime,
    before: EventCursor | None,
    since: datetime | None,
) -> None:
    row = table.row
    wanted.clauses.append(f"{row}.occurred_ms <= :as_of")
    wanted.parameters["as_of"] = to_ms(as_of)
    if before is not None:
        wanted.clauses.append(
            f"{row}.occurred_ms <= :before_ms"
            f" AND ({row}.occurred_ms, {row}.id) < (:before_ms, :before_id)"
        )
        wanted.parameters |= {"before_ms": before.occurred_ms, "before_id": before.row_id}
    if since is not None:
        wanted.clauses.append(f"{row}.occurred_ms > :since")
        wanted.parameters["since"] = to_ms(since)


def _page(
    connection: sqlite3.Connection, table: EventTable, wanted: Conditions, limit: int
) -> list[StoredEvent]:
    """The newest rows of one table that meet ``wanted``; of several callers, some of each."""
    row = table.row
    events: list[StoredEvent] = []
    for caller in [None] if wanted.callers is None else wanted.callers:
        clauses = list(wanted.clauses)
        if caller is not None:
            clauses.append(f"{row}.caller_id = :caller")
        rows = connection.execute(
            f"SELECT {table.columns} FROM (SELECT * FROM {table.name} AS {row}"  # noqa: S608
            f" WHERE {' AND '.join(clauses)} ORDER BY {row}.occurred_ms DESC, {row}.id DESC"
            f" LIMIT :limit) AS page{table.joins}",
            {**wanted.parameters, "limit": limit, "caller": caller},
        )
        events += [event_of(table, found) for found in rows]
    return events
