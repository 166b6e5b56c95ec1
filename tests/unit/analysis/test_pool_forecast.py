"""The rolling pool: what leaves is known, what arrives goes on, and the crossing is where it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.analysis.pool_forecast import (
    Arrivals,
    arrivals_beyond_logs,
    arrivals_from_movement,
    forecast,
    leaving_between,
    net_calls_per_hour,
)
from store.records import PoolSample

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(calls: int, start: datetime = NOW - 26 * HOUR, count: int = 26) -> dict[datetime, int]:
    first = start.replace(minute=0)
    return {first + HOUR * number: calls for number in range(count)}


def brute_force_crossing(
    used: float, limit: float, rate: float, calls_by_hour: dict[datetime, int]
) -> datetime | None:
    """The same question by one-second steps."""
    level, at = used, NOW
    for _ in range(24 * 3600):
        hour = (at - timedelta(hours=24)).replace(minute=0, second=0)
        if hour not in calls_by_hour:
            return None
        level += rate / 3600 - calls_by_hour[hour] / 3600
        at += timedelta(seconds=1)
        if level >= limit:
            return at
    return None


def test_what_leaves_is_what_came_a_day_before() -> None:
    calls = {**hours(0), NOW.replace(minute=0) - 24 * HOUR: 600}
    assert leaving_between(calls, NOW, NOW + timedelta(minutes=30)) == pytest.approx(300)
    assert leaving_between(calls, NOW, NOW + HOUR) == pytest.approx(300)
    assert leaving_between(calls, NOW, NOW) == 0


def test_what_leaves_an_hour_without_logs_is_unknown() -> None:
    assert leaving_between({}, NOW, NOW + HOUR) is None


def test_the_crossing_matches_a_simulation_in_seconds() -> None:
    calls = hours(3000)
    expected = brute_force_crossing(100_000, 115_000, 7000, calls)
    assert expected is not None
    found = forecast(100_000, 115_000, Arrivals(7000, ""), calls, NOW)
    assert found.exhausted_at is not None
    assert abs(found.exhausted_at - expected) < timedelta(seconds=5)


def test_a_pool_that_empties_never_runs_dry() -> None:
    found = forecast(100_000, 115_000, Arrivals(2000, ""), hours(3000), NOW)
    assert found.exhausted_at is None
    assert found.peak_calls == 100_000
    assert found.known_until > NOW + 20 * HOUR


def test_a_forecast_ends_where_the_logs_end() -> None:
    known = {at: 1000 for at in hours(0) if at < NOW - 20 * HOUR}
    found = forecast(50_000, 115_000, Arrivals(1200, ""), known, NOW)
    assert found.exhausted_at is None
    assert NOW + 4 * HOUR <= found.known_until <= NOW + 5 * HOUR


def test_a_pool_that_is_already_over_says_now() -> None:
    assert forecast(115_000, 115_000, Arrivals(1, ""), hours(1), NOW).exhausted_at == NOW


@given(
    used=st.integers(0, 114_999),
    rate=st.integers(0, 200_000),
    leaving=st.integers(0, 10_000),
)
def test_the_crossing_lies_where_the_straight_line_says(used: int, rate: int, leaving: int) -> None:
    """With one constant hourly figure leaving, the crossing has a closed form."""
    found = forecast(used, 115_000, Arrivals(rate, ""), hours(leaving, count=60), NOW)
    net = rate - leaving
    hours_left = (115_000 - used) / net if net > 0 else None
    if hours_left is not None and hours_left < 23.9:
        assert found.exhausted_at is not None
        assert (found.exhausted_at - NOW) / HOUR == pytest.approx(hours_left, abs=0.01)
    elif hours_left is None or hours_left > 24.1:
        assert found.exhausted_at is None


def test_arrivals_are_movement_plus_what_left() -> None:
    samples = [
        PoolSample(80_000 + 10 * minute, 115_000, NOW + timedelta(minutes=minute))
        for minute in range(31)
    ]
    found = arrivals_from_movement(samples, hours(1200, count=60))
    assert found is not None
    assert found.calls_per_hour == pytest.approx(600 + 1200)
    assert found.basis == "last 30 min"
    assert net_calls_per_hour(samples) == pytest.approx(600)


def test_too_short_a_time_gives_no_rate() -> None:
    samples = [PoolSample(1, 2, NOW), PoolSample(5, 2, NOW + timedelta(minutes=9))]
    assert arrivals_from_movement(samples, hours(1)) is None
    assert arrivals_from_movement([], hours(1)) is None
    assert net_calls_per_hour(samples) is None


def test_what_the_logs_do_not_hold_yet_gives_a_rate() -> None:
    logged = {at: 1000 for at in hours(0) if at < NOW - timedelta(hours=4)}
    found = arrivals_beyond_logs(7000, logged, NOW)
    assert found is not None
    assert found.calls_per_hour == pytest.approx(7000 / 3.5)


def test_an_hour_whose_file_is_late_counts_as_not_logged() -> None:
    logged = {at: 1000 for at in hours(0) if at < NOW - timedelta(hours=4)}
    del logged[NOW.replace(minute=0) - timedelta(hours=9)]
    found = arrivals_beyond_logs(9000, logged, NOW)
    assert found is not None
    assert found.calls_per_hour == pytest.approx(9000 / 4.5)


def test_logs_that_lack_most_of_the_day_or_nothing_give_no_rate() -> None:
    assert arrivals_beyond_logs(9000, {}, NOW) is None
    assert arrivals_beyond_logs(9000, hours(0, count=30), NOW) is None
    assert arrivals_beyond_logs(-1, dict.fromkeys(list(hours(0))[:-5], 1), NOW) is None
