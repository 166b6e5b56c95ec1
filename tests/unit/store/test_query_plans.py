"""What screens ask must go through an index: no walk over a whole table that grows without end."""

import io
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from store import events, limit_samples, usage
from store.coverage import hours
from store.log_files import disk_file, is_stored
from store.log_ingest import ingest
from store.records import EventFilter
from store.stream_events import record_events
from tests.unit.store.elf import DAY, Call, hourly, rows_csv, usage_csv
from tests.unit.store.happenings import streamed

NINE = DAY + timedelta(hours=9)
LATE = DAY + timedelta(days=1)
BIG_TABLES = ("api_call", "log_row", "stream_event", "usage_hour", "usage_facet_hour",
              "coverage_hour", "pool_sample", "limit_reading")  # fmt: skip
PLACE = events.EventCursor(0, 1)

QUESTIONS: dict[str, Callable[[sqlite3.Connection], object]] = {
    "newest": lambda c: events.newest(c, EventFilter(), LATE),
    "older": lambda c: events.newest(c, EventFilter(), LATE, before=PLACE, since=DAY),
    "by text": lambda c: events.newest(c, EventFilter(text="erp"), LATE),
    "by user": lambda c: events.newest(c, EventFilter(username="erp", app="ERP"), LATE),
    "problems": lambda c: events.newest(c, EventFilter(problems_only=True), LATE),
    "by address": lambda c: events.newest(c, EventFilter(source_ip="203."), LATE),
    "one event": lambda c: [events.raw(c, key) for key in ("a1", "l1", "s1")],
    "follow": lambda c: events.committed_after(c, events.CommitCursor(1), 10),
    "per minute": lambda c: events.per_minute(c, LATE, 60),
    "per minute of a channel": lambda c: events.per_minute(c, LATE, 60, "/event/X"),
    "last event": lambda c: events.last_event_at(c, LATE),
    "usage": lambda c: usage.usage(c, DAY, LATE),
    "usage by hour": lambda c: usage.usage_by_hour(c, DAY, LATE),
    "usage facets": lambda c: usage.usage_facets(c, DAY, LATE),
    "latest limits": lambda c: limit_samples.latest_limits(c, LATE),
    "latest pool": lambda c: limit_samples.latest_pool(c, LATE),
    "pool history": lambda c: limit_samples.pool_history(c, DAY, LATE, 100),
    "coverage": lambda c: hours(c, DAY, LATE),
    "is stored": lambda c: is_stored(c, hourly(9)),
}


@pytest.fixture
def filled(connection: sqlite3.Connection) -> sqlite3.Connection:
    calls = [Call(NINE + timedelta(seconds=n), number=n) for n in range(200)]
    ingest(connection, hourly(9), io.BytesIO(usage_csv(calls)))
    logins = [{"EVENT_TYPE": "Login", "TIMESTAMP": f"202603020900{n:02d}.0"} for n in range(50)]
    ingest(connection, disk_file("l"), io.BytesIO(rows_csv(logins)))
    record_events(connection, [streamed(n, NINE) for n in range(50)], [])
    return connection


def plans(connection: sqlite3.Connection, ask: Callable[[sqlite3.Connection], object]) -> list[str]:
    """The plan of every statement that ``ask`` runs, as SQLite describes it."""
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    ask(connection)
    connection.set_trace_callback(None)
    assert asked
    return [
        row[3]
        for statement in asked
        for row in connection.execute("EXPLAIN QUERY PLAN " + statement)
    ]


def aliases(table: str) -> tuple[str, ...]:
    short = {"api_call": "call", "log_row": "entry", "stream_event": "event"}
    return (table, short[table]) if table in short else (table,)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("analysed", [False, True])
def test_no_question_walks_a_big_table(
    filled: sqlite3.Connection, question: str, analysed: bool
) -> None:
    if analysed:
        filled.execute("ANALYZE")

    steps = plans(filled, QUESTIONS[question])

    walks = [
        step
        for step in steps
        for table in BIG_TABLES
        for name in aliases(table)
        if step == f"SCAN {name}" or step.startswith(f"SCAN {name} ")
    ]
    assert walks == []


def test_the_check_itself_sees_a_walk(filled: sqlite3.Connection) -> None:
    steps = plans(filled, lambda c: c.execute("SELECT * FROM api_call WHERE status = 7").fetchall())

    assert any(step.startswith("SCAN") and "api_call" in step for step in steps)
