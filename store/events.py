"""What happened, from all tables: newest first for screens, in commit order for pipelines."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.moments import from_ms, to_ms
from store.records import EventFilter, StoredEvent


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
    filter: EventFilter,  # noqa: A002
    as_of: datetime,
    before: EventCursor | None = None,
    limit: int = 200,
    since: datetime | None = None,
) -> tuple[StoredEvent, ...]:
    """The newest events that match ``filter``, newest first.

    Not after ``as_of``, after ``since`` where given, and behind ``before`` in that order.
    """
    raise NotImplementedError


def raw(connection: sqlite3.Connection, key: str) -> tuple[StoredEvent, str] | None:
    """One event and its record as JSON text with every field as it came; None when unknown."""
    raise NotImplementedError


def committed_after(
    connection: sqlite3.Connection, cursor: CommitCursor | None, limit: int
) -> tuple[tuple[StoredEvent, ...], CommitCursor]:
    """The next events in the order of their commit, and the cursor to go on from.

    None begins with the oldest.
    """
    raise NotImplementedError


def latest_commit(connection: sqlite3.Connection) -> CommitCursor:
    """The cursor behind everything that is stored now."""
    raise NotImplementedError


def per_minute(
    connection: sqlite3.Connection, as_of: datetime, minutes: int, channel: str | None = None
) -> tuple[int, ...]:
    """Streamed events in each of the last ``minutes`` minutes before ``as_of``, oldest first.

    By the time when they occurred; the last minute ends with ``as_of`` itself.
    """
    until_ms = to_ms(as_of)
    since_ms = until_ms - minutes * 60_000
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
