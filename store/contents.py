"""What the store holds as a whole: from when to when, and how much of each channel."""

import sqlite3
from datetime import datetime

from store.moments import from_ms

_SPAN = (
    "SELECT min(first_ms), max(last_ms) FROM ("
    " SELECT min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM log_file"
    "  WHERE state = 'stored'"
    " UNION ALL SELECT (SELECT min(occurred_ms) FROM stream_event),"
    "  (SELECT max(occurred_ms) FROM stream_event))"
)


def stored_span(connection: sqlite3.Connection) -> tuple[datetime, datetime] | None:
    """The times of the oldest and the newest log row or event; None when there is none."""
    first_ms, last_ms = connection.execute(_SPAN).fetchone()
    if first_ms is None or last_ms is None:
        return None
    return from_ms(first_ms), from_ms(last_ms)


def counts_by_channel(connection: sqlite3.Connection) -> dict[str, int]:
    """How many events of each streaming channel are stored."""
    rows = connection.execute(
        "SELECT channel, count(*) FROM stream_event WHERE source = 'stream' GROUP BY channel"
    )
    return {channel: count for channel, count in rows if channel is not None}
