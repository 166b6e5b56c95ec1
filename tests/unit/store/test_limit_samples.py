import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.limit_samples import (
    latest_limits,
    latest_pool,
    limit_trends,
    pool_history,
    record_limits,
    record_pool,
)
from store.records import LimitSample, PoolSample
from tests.unit.store.fresh import fresh_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def sample(at: datetime, remaining: int, name: str = "DailyApiRequests") -> LimitSample:
    return LimitSample(name, 1000, remaining, at)


readings = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from([1000, 900, 0, -5])),
    max_size=25,
    unique_by=lambda reading: reading[0],
)


@given(readings, st.integers(-5, 100))
@settings(max_examples=150, deadline=None)
def test_the_latest_value_and_its_time_are_those_of_the_newest_reading(
    found: list[tuple[int, int]], look_at: int
) -> None:
    with fresh_store() as connection:
        for minute, remaining in sorted(found):
            record_limits(connection, [sample(NOON + minute * MINUTE, remaining)])

        latest = latest_limits(connection, NOON + look_at * MINUTE)

    seen = [reading for reading in sorted(found) if reading[0] <= look_at]
    assert latest == tuple(
        sample(NOON + minute * MINUTE, remaining) for minute, remaining in seen[-1:]
    )


@given(readings, st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_a_trend_carries_the_last_value_known(found: list[tuple[int, int]], points: int) -> None:
    with fresh_store() as connection:
        for minute, remaining in sorted(found):
            record_limits(connection, [sample(NOON + minute * MINUTE, remaining)])

        trends = limit_trends(connection, NOON, NOON + 60 * MINUTE, points)

    moments = [60_000 * 60 * (n + 1) // points for n in range(points)]
    expected = []
    for moment_ms in moments:
        known = [remaining for minute, remaining in sorted(found) if minute * 60_000 <= moment_ms]
        expected += [(1000 - remaining) / 1000 for remaining in known[-1:]]
    assert list(trends.get("DailyApiRequests", ())) == expected


def test_limits_that_do_not_move_take_one_row(connection: sqlite3.Connection) -> None:
    for minute in range(10):
        record_limits(connection, [sample(NOON + minute * MINUTE, 900)])

    assert connection.execute("SELECT COUNT(*) FROM limit_run").fetchone() == (1,)


def test_a_pause_of_the_collector_is_not_bridged(connection: sqlite3.Connection) -> None:
    record_limits(connection, [sample(NOON, 900)])
    record_limits(connection, [sample(NOON + timedelta(hours=5), 900)])

    (found,) = latest_limits(connection, NOON + timedelta(hours=2))

    assert found.sampled_at == NOON
    assert connection.execute("SELECT COUNT(*) FROM limit_run").fetchone() == (2,)


def test_every_limit_has_its_own_newest_sample(connection: sqlite3.Connection) -> None:
    record_limits(connection, [sample(NOON, 900), sample(NOON, 5, name="DataStorageMB")])
    record_limits(connection, [sample(NOON + MINUTE, 800)])

    assert latest_limits(connection, NOON + 2 * MINUTE) == (
        sample(NOON + MINUTE, 800),
        sample(NOON, 5, name="DataStorageMB"),
    )


def test_a_limit_of_zero_has_no_trend(connection: sqlite3.Connection) -> None:
    record_limits(connection, [LimitSample("PermissionSets.CreateCustom", 0, 0, NOON)])

    assert limit_trends(connection, NOON - MINUTE, NOON + MINUTE, 5) == {}
    assert limit_trends(connection, NOON, NOON - MINUTE, 5) == {}


def test_the_same_reading_twice_changes_nothing(connection: sqlite3.Connection) -> None:
    record_limits(connection, [sample(NOON, 900)])
    record_limits(connection, [sample(NOON, 900)])

    assert latest_limits(connection, NOON) == (sample(NOON, 900),)


pool_samples = st.lists(st.tuples(st.integers(0, 7_200_000), st.integers(0, 1000)), max_size=40)


@given(pool_samples, st.integers(1, 15))
@settings(max_examples=100, deadline=None)
def test_pool_history_keeps_the_last_sample_of_each_part(
    found: list[tuple[int, int]], points: int
) -> None:
    until = NOON + timedelta(hours=1)
    with fresh_store() as connection:
        for ms, used in found:
            record_pool(connection, PoolSample(used, 1000, NOON + timedelta(milliseconds=ms)))

        history = pool_history(connection, NOON, until, points)

    span_ms = 3_600_000
    edges = [span_ms * n // points for n in range(points + 1)]
    stored = dict(found)
    expected = []
    for low, high in pairwise(edges):
        inside = [ms for ms in stored if low < ms <= high]
        expected += [(max(inside), stored[max(inside)])] if inside else []
    assert [
        ((s.sampled_at - NOON) // timedelta(milliseconds=1), s.used_calls) for s in history
    ] == (expected)
    assert len(history) <= points


def test_the_latest_pool_sample_is_not_after_the_moment_of_looking(
    connection: sqlite3.Connection,
) -> None:
    assert latest_pool(connection, NOON) is None
    first, second = PoolSample(5, 100, NOON), PoolSample(9, 100, NOON + MINUTE)
    record_pool(connection, first)
    record_pool(connection, second)

    assert latest_pool(connection, NOON + timedelta(seconds=30)) == first
    assert latest_pool(connection, NOON + 5 * MINUTE) == second
    assert latest_pool(connection, NOON - MINUTE) is None


@pytest.mark.parametrize("points", [0, -1])
def test_no_points_are_no_history(connection: sqlite3.Connection, points: int) -> None:
    record_pool(connection, PoolSample(5, 100, NOON))

    assert pool_history(connection, NOON - MINUTE, NOON, points) == ()
