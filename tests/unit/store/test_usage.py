import io
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from store.log_files import disk_file
from store.log_ingest import ingest
from store.records import LogFile
from store.usage import OTHER_VALUES, usage, usage_by_hour, usage_facets
from tests.unit.store.elf import DAY, Call, daily, hourly, usage_csv
from tests.unit.store.fresh import fresh_store

HOUR = timedelta(hours=1)
NINE = DAY + 9 * HOUR

# Close to the ends of minutes and hours, where a window may be off by one.
offsets_ms = st.one_of(
    st.integers(0, 6 * 3_600_000 - 1),
    st.builds(
        lambda hour, near: min(max(hour * 3_600_000 + near, 0), 6 * 3_600_000 - 1),
        st.integers(0, 6),
        st.integers(-2, 2),
    ),
)
moments = offsets_ms.map(lambda ms: NINE + timedelta(milliseconds=ms))
calls = st.builds(
    Call,
    at=moments,
    user=st.sampled_from(["erp", "bi"]),
    app=st.sampled_from(["ERP", ""]),
    client=st.sampled_from(["", "loader"]),
    address=st.sampled_from(["203.0.113.20", "203.0.113.21"]),
    version=st.sampled_from(["62.0", "42.0", "9998.0"]),
    resource=st.sampled_from(["/v62.0/query", "/v62.0/sobjects/Order/801Hs000001abcE"]),
    entity=st.sampled_from(["Order", ""]),
    status=st.sampled_from(["200", "500", ""]),
    counted=st.sampled_from(["1", "0", "true", "false", ""]),
)
day_of_calls = st.lists(calls, max_size=30).map(
    lambda found: [replace(call, number=n) for n, call in enumerate(found)]
)


def hour_files(found: Sequence[Call]) -> list[tuple[LogFile, Sequence[Call]]]:
    """The calls as hourly files, in two sequences where an hour has several."""
    made: list[tuple[LogFile, Sequence[Call]]] = []
    for start, group in groupby(sorted(found, key=lambda c: c.at), lambda c: c.at.hour):
        of_hour = list(group)
        made.append((hourly(start), of_hour[::2]))
        if len(of_hour) > 1:
            made.append((hourly(start, sequence=2), of_hour[1::2]))
    return made


def take(connection: sqlite3.Connection, file: LogFile, found: Sequence[Call]) -> None:
    ingest(connection, file, io.BytesIO(usage_csv(found)))


def is_counted(call: Call) -> bool:
    return call.counted in ("1", "true")


def expect(
    found: Sequence[Call], key: Callable[[Call], object]
) -> dict[object, tuple[int, int, int]]:
    """Calls, counted calls and errors by brute force."""
    sums: dict[object, tuple[int, int, int]] = {}
    for call in found:
        total, counted, errors = sums.get(key(call), (0, 0, 0))
        sums[key(call)] = (
            total + 1,
            counted + is_counted(call),
            errors + (call.status == "500"),
        )
    return sums


def assert_window(
    connection: sqlite3.Connection, stored: Sequence[Call], since: datetime, until: datetime
) -> None:
    inside = [call for call in stored if since < call.at <= until]
    rows = usage(connection, since, until)
    assert {
        (r.app_id, r.app_name, r.client, r.user_id, r.username): (
            r.calls,
            r.counted_calls,
            r.errors,
        )
        for r in rows
    } == expect(inside, lambda call: call.caller)
    assert [row.calls for row in rows] == sorted((row.calls for row in rows), reverse=True)
    for row in rows:
        caller = (row.app_id, row.app_name, row.client, row.user_id, row.username)
        times = [call.at for call in inside if call.caller == caller]
        assert (row.first_at, row.last_at) == (min(times), max(times))
    slots = usage_by_hour(connection, since, until)
    assert {
        (s.start, s.app_id, s.app_name, s.client, s.user_id, s.username): (
            s.calls,
            s.counted_calls,
            s.errors,
        )
        for s in slots
    } == expect(inside, lambda c: (c.at.replace(minute=0, second=0, microsecond=0), *c.caller))
    assert_facets(connection, inside, since, until)


def assert_facets(
    connection: sqlite3.Connection, inside: Sequence[Call], since: datetime, until: datetime
) -> None:
    read: dict[str, Callable[[Call], str]] = {
        "source_ip": lambda call: call.address,
        "family": lambda call: "REST",
        "api_version": lambda call: "" if call.version == "9998.0" else call.version,
        "resource": lambda call: call.resource.replace("801Hs000001abcE", "{…}"),
        "entity": lambda call: call.entity,
        "status": lambda call: call.status,
    }
    expected = Counter(
        (*call.caller, name, value(call)) for call in inside for name, value in read.items()
    )
    counted = Counter(
        (*call.caller, name, value(call))
        for call in inside
        if is_counted(call)
        for name, value in read.items()
    )
    found = usage_facets(connection, since, until)
    keyed = {
        (f.app_id, f.app_name, f.client, f.user_id, f.username, f.dimension, f.value): f
        for f in found
    }
    assert len(keyed) == len(found)
    assert {key: facet.calls for key, facet in keyed.items()} == dict(expected)
    assert all(facet.counted_calls == counted[key] for key, facet in keyed.items())


@given(day_of_calls, st.lists(st.tuples(moments, moments), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_window_equals_counting_by_hand(
    found: list[Call], windows: list[tuple[datetime, datetime]]
) -> None:
    with fresh_store() as connection:
        for file, rows in hour_files(found):
            take(connection, file, rows)
        for one, other in [*windows, (NINE - HOUR, NINE + 7 * HOUR)]:
            assert_window(connection, found, min(one, other), max(one, other))


@given(day_of_calls, st.randoms(use_true_random=False), st.booleans(), moments)
@settings(max_examples=40, deadline=None)
def test_late_repeated_and_superseded_files_never_change_what_is_true(
    found: list[Call], random: object, with_daily: bool, since: datetime
) -> None:
    arrivals = hour_files(found)
    arrivals += arrivals[: len(arrivals) // 2]
    if with_daily:
        arrivals.append((daily(), found))
    random.shuffle(arrivals)  # type: ignore[attr-defined]
    with fresh_store() as connection:
        for file, rows in arrivals:
            take(connection, file, rows)
        assert_window(connection, found, since, NINE + 7 * HOUR)
        kept = connection.execute("SELECT COUNT(*) FROM api_call").fetchone()[0]
        assert kept == len(found)


@given(
    day_of_calls,
    st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 29))), min_size=1, max_size=5),
    moments,
)
@settings(max_examples=60, deadline=None)
def test_files_from_disk_that_share_rows_count_each_row_once(
    found: list[Call], parts: list[tuple[bool, set[int]]], since: datetime
) -> None:
    taken: set[int] = set()
    with fresh_store() as connection:
        for n, (of_org, chosen) in enumerate(parts):
            rows = [call for call in found if call.number in chosen]
            if of_org:
                # Files of the org are left to their keys, so they share nothing here.
                rows = [call for call in rows if call.number % len(parts) == n]
            taken |= {call.number for call in rows}
            take(connection, hourly(9, sequence=n) if of_org else disk_file(f"{n}.csv"), rows)
        assert_window(connection, [c for c in found if c.number in taken], since, NINE + 7 * HOUR)


def test_a_window_shorter_than_an_hour_inside_one_hour(connection: sqlite3.Connection) -> None:
    found = [Call(NINE + timedelta(minutes=n)) for n in range(60)]
    take(connection, hourly(9), found)

    window = usage(connection, NINE + timedelta(minutes=10), NINE + timedelta(minutes=20))

    assert [(row.calls, row.first_at, row.last_at) for row in window] == [
        (10, NINE + timedelta(minutes=11), NINE + timedelta(minutes=20))
    ]


def test_an_empty_or_backward_window_has_no_calls(connection: sqlite3.Connection) -> None:
    take(connection, hourly(9), [Call(NINE)])

    assert usage(connection, NINE, NINE) == ()
    assert usage(connection, NINE + HOUR, NINE - HOUR) == ()
    assert usage_facets(connection, NINE + HOUR, NINE - HOUR) == ()


def test_small_values_beyond_the_largest_are_summed(connection: sqlite3.Connection) -> None:
    found = [
        Call(NINE + timedelta(seconds=n), address=f"203.0.113.{n}", counted=str(n % 2))
        for n in range(20)
    ]
    take(connection, hourly(9), [*found, *found[:1]])

    facets = [
        (f.value, f.calls, f.counted_calls)
        for f in usage_facets(connection, NINE - HOUR, NINE + HOUR, top=2)
        if f.dimension == "source_ip"
    ]

    assert facets[0] == ("203.0.113.0", 2, 0)
    assert facets[-1] == (OTHER_VALUES, 18, 9)
    assert len(facets) == 3


def test_a_wrapped_value_counts_as_the_value_itself(connection: sqlite3.Connection) -> None:
    take(connection, hourly(9), [Call(NINE, client="loader"), Call(NINE, client='"loader"')])

    assert [(row.client, row.calls) for row in usage(connection, NINE - HOUR, NINE)] == [
        ("loader", 2)
    ]
