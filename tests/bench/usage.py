"""Who used how much in 24 hours, from hourly sums beside the same counted row by row."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from store.database import open_reader
from store.usage import usage
from tests.bench.ingest import ROWS, filled_store
from tests.bench.measuring import Measured, interleaved, timed, times_as_long
from tests.bench.usage_log import DAY

ROUNDS = 15
_FROM_ROWS = (
    "SELECT caller.app_id, caller.user_id, COUNT(*), COUNT(CASE WHEN counted THEN 1 END),"
    " COUNT(CASE WHEN status >= 400 THEN 1 END), MIN(occurred_ms), MAX(occurred_ms)"
    " FROM api_call JOIN caller ON caller.id = api_call.caller_id"
    " WHERE occurred_ms > ? AND occurred_ms <= ? GROUP BY caller.id"
)


def measure(folder: Path) -> Iterator[Measured]:
    """A span that begins and ends within an hour, so that both ends come from rows."""
    since = DAY + timedelta(minutes=17)
    until = since + timedelta(hours=24)
    span_ms = (int(since.timestamp() * 1000), int(until.timestamp() * 1000))
    with open_reader(filled_store(folder)) as reader:
        connection: sqlite3.Connection = reader.connection
        answered = {(u.app_id, u.user_id): u.calls for u in usage(connection, since, until)}
        counted = {row[:2]: row[2] for row in connection.execute(_FROM_ROWS, span_ms)}
        assert answered == counted
        here_s, rows_s = interleaved(
            ROUNDS,
            [
                lambda: timed(lambda: usage(connection, since, until)),
                lambda: timed(lambda: connection.execute(_FROM_ROWS, span_ms).fetchall()),
            ],
        )
    yield times_as_long("usage of 24 h", here_s, f"from {ROWS:,} rows", rows_s)
