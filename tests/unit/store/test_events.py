import io
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.apps import record_users
from store.event_conditions import MAX_CALLERS
from store.events import (
    CommitCursor,
    committed_after,
    cursor_of,
    latest_commit,
    newest,
    raw,
)
from store.log_files import disk_file
from store.log_ingest import ingest
from store.records import EventFilter, StoredEvent, UserRecord
from store.stream_events import record_events
from tests.unit.store.elf import DAY, Call, daily, hourly, rows_csv, usage_csv
from tests.unit.store.fresh import fresh_store
from tests.unit.store.happenings import streamed

NINE = DAY + timedelta(hours=9)
LATE = DAY + timedelta(days=1)
ANY = EventFilter()


def take_calls(connection: sqlite3.Connection, calls: Sequence[Call], name: str = "c") -> None:
    ingest(connection, disk_file(name), io.BytesIO(usage_csv(calls)))


def take_login(connection: sqlite3.Connection, at: datetime, **fields: str) -> None:
    row = {"EVENT_TYPE": "Login", "TIMESTAMP": f"{at:%Y%m%d%H%M%S}.000", **fields}
    ingest(connection, disk_file("l"), io.BytesIO(rows_csv([row])))


def keys(events: Sequence[StoredEvent]) -> list[str]:
    return [event.key for event in events]


@pytest.fixture
def mixed(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A call, a login in the log, and two streamed logins, a minute apart each."""
    take_calls(connection, [Call(NINE, status="500", client="loader")])
    take_login(
        connection,
        NINE + timedelta(minutes=1),
        USER_ID="005Hs00000admin",
        SOURCE_IP="198.51.100.7",
        LOGIN_STATUS="LOGIN_NO_ERROR",
    )
    record_events(
        connection,
        [
            streamed(1, NINE + timedelta(minutes=2), app_name="Order Sync"),
            streamed(2, NINE + timedelta(minutes=3), status="Invalid password"),
        ],
        [],
    )
    record_users(
        connection,
        [UserRecord("005Hs00000adminXYZ", "ceo@acme.example", "Ada", True, None, None)],
        NINE,
    )
    return connection


def test_all_sources_come_in_one_order(mixed: sqlite3.Connection) -> None:
    found = newest(mixed, ANY, LATE)

    assert [(event.key[0], event.source, event.event_type) for event in found] == [
        ("s", "stream", "LoginEventStream"),
        ("s", "stream", "LoginEventStream"),
        ("l", "log", "Login"),
        ("a", "log", "ApiTotalUsage"),
    ]


def test_nothing_after_the_moment_of_looking_shows(mixed: sqlite3.Connection) -> None:
    assert len(newest(mixed, ANY, NINE + timedelta(minutes=1))) == 2
    assert newest(mixed, ANY, NINE - timedelta(seconds=1)) == ()
    assert len(newest(mixed, ANY, LATE, since=NINE)) == 3


@pytest.mark.parametrize(
    ("wanted", "minutes"),
    [
        (EventFilter(sources=("stream",)), [3, 2]),
        (EventFilter(sources=("log",)), [1, 0]),
        (EventFilter(sources=("log", "stream")), [3, 2, 1, 0]),
        (EventFilter(sources=("query",)), []),
        (EventFilter(event_types=("Login", "ApiTotalUsage")), [1, 0]),
        (EventFilter(event_types=("LoginEventStream",)), [3, 2]),
        (EventFilter(problems_only=True), [3, 0]),
        (EventFilter(problems_only=True, sources=("log",)), [0]),
        (EventFilter(username="SVC.erp"), [3, 2]),
        (EventFilter(username="erp@acme"), [3, 2, 0]),
        (EventFilter(username="ceo@"), [1]),
        (EventFilter(app="sync"), [2]),
        (EventFilter(app="0H4Hs"), [0]),
        (EventFilter(app="ERP", username="nobody"), []),
        (EventFilter(source_ip="198.51"), [1]),
        (EventFilter(source_ip="203.0.113.20"), [3, 2, 0]),
        (EventFilter(text="loader"), [0]),
        (EventFilter(text="apitotal"), [0]),
        (EventFilter(text="500"), [0]),
        (EventFilter(text="/v62.0/query"), [0]),
        (EventFilter(text="order"), [2, 0]),
        (EventFilter(text="ceo@acme"), [1]),
        (EventFilter(text="invalid pass"), [3]),
        (EventFilter(text="LoginEvent"), [3, 2]),
        (EventFilter(text="%"), []),
        (EventFilter(text="_"), [1, 0]),
        (EventFilter(text="\\"), []),
        (EventFilter(text="' OR 1=1 --"), []),
    ],
)
def test_filters_narrow_down_every_source(
    mixed: sqlite3.Connection, wanted: EventFilter, minutes: list[int]
) -> None:
    found = newest(mixed, wanted, LATE)

    assert [int((event.occurred_at - NINE).total_seconds() // 60) for event in found] == minutes


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from("sla")), max_size=25),
    st.integers(1, 7),
)
@settings(max_examples=40, deadline=None)
def test_pages_follow_each_other_without_gap_or_repeat(
    happened: list[tuple[int, str]], size: int
) -> None:
    with fresh_store() as connection:
        for n, (second, kind) in enumerate(happened):
            at = NINE + timedelta(seconds=second)
            if kind == "s":
                record_events(connection, [streamed(n, at)], [])
            elif kind == "a":
                take_calls(connection, [Call(at, number=n)])
            else:
                take_login(connection, at, REQUEST_ID=str(n))
        pages: list[StoredEvent] = []
        before = None
        while page := newest(connection, ANY, LATE, before=before, limit=size):
            assert len(page) <= size
            assert len(pages) < len(happened), "a page came again"
            pages += page
            before = cursor_of(page[-1])

        assert keys(pages) == keys(newest(connection, ANY, LATE, limit=1000))
        assert len(pages) == len(happened) == len(set(keys(pages)))
        assert pages == sorted(pages, key=cursor_of, reverse=True)


@pytest.mark.parametrize("users", [3, MAX_CALLERS + 5])
def test_a_filter_on_few_or_many_callers_pages_in_order(
    connection: sqlite3.Connection, users: int
) -> None:
    calls = [
        Call(NINE + timedelta(seconds=n), user=f"bi{n % users}", number=n) for n in range(users * 4)
    ]
    others = [Call(NINE + timedelta(seconds=n), user="erp", number=n) for n in range(50)]
    take_calls(connection, calls + others)
    wanted = EventFilter(username="bi", event_types=("ApiTotalUsage",))

    first = newest(connection, wanted, LATE, limit=users * 3)
    rest = newest(connection, wanted, LATE, before=cursor_of(first[-1]), limit=1000)

    assert [event.occurred_at for event in (*first, *rest)] == [call.at for call in reversed(calls)]


def test_commits_are_followed_in_their_order(connection: sqlite3.Connection) -> None:
    record_events(connection, [streamed(1, NINE)], [])
    take_calls(connection, [Call(NINE - timedelta(hours=1))])
    seen = latest_commit(connection)
    take_login(connection, NINE)
    record_events(connection, [streamed(2, NINE - timedelta(hours=2))], [])

    everything, _ = committed_after(connection, None, 100)
    since_then, cursor = committed_after(connection, seen, 100)

    assert [key[0] for key in keys(everything)] == ["s", "a", "l", "s"]
    assert keys(since_then) == keys(everything)[2:]
    assert committed_after(connection, cursor, 100) == ((), cursor)


def test_following_in_small_steps_sees_everything_once(connection: sqlite3.Connection) -> None:
    take_calls(connection, [Call(NINE, number=n) for n in range(5)])
    record_events(connection, [streamed(n, NINE) for n in range(5)], [])
    # The same ones again use up ids, but bring nothing new.
    record_events(connection, [streamed(n, NINE) for n in range(5)], [])
    take_login(connection, NINE)
    steps: list[StoredEvent] = []
    cursor: CommitCursor | None = None
    while True:
        step, cursor = committed_after(connection, cursor, 3)
        if not step:
            break
        steps += step

    assert len(steps) == 11
    assert len(set(keys(steps))) == 11


def test_rows_of_a_replaced_file_are_gone_and_their_ids_never_come_again(
    connection: sqlite3.Connection,
) -> None:
    ingest(connection, hourly(9), io.BytesIO(usage_csv([Call(NINE)])))
    (old,) = newest(connection, ANY, LATE)
    ingest(connection, daily(), io.BytesIO(usage_csv([Call(NINE), Call(NINE, number=2)])))

    found = newest(connection, ANY, LATE)

    assert raw(connection, old.key) is None
    assert old.key not in keys(found)
    assert len(found) == 2
