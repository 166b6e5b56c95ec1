"""Date literals as spans of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.soql.dates import is_date_literal, reaches_now, span_of
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.syntax import DateLiteral

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)  # a Wednesday
MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001
    max_value=datetime(2090, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
UNITS = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
DAY = timedelta(days=1)


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "count", "start", "end"),
    [
        ("TODAY", None, day(2026, 3, 11), day(2026, 3, 12)),
        ("YESTERDAY", None, day(2026, 3, 10), day(2026, 3, 11)),
        ("TOMORROW", None, day(2026, 3, 12), day(2026, 3, 13)),
        ("THIS_WEEK", None, day(2026, 3, 8), day(2026, 3, 15)),
        ("NEXT_MONTH", None, day(2026, 4, 1), day(2026, 5, 1)),
        ("THIS_QUARTER", None, day(2026, 1, 1), day(2026, 4, 1)),
        ("LAST_QUARTER", None, day(2025, 10, 1), day(2026, 1, 1)),
        ("LAST_FISCAL_YEAR", None, day(2025, 1, 1), day(2026, 1, 1)),
        ("LAST_90_DAYS", None, day(2025, 12, 11), day(2026, 3, 12)),
        ("NEXT_90_DAYS", None, day(2026, 3, 12), day(2026, 6, 10)),
        ("LAST_N_DAYS", 0, day(2026, 3, 11), day(2026, 3, 12)),
        ("LAST_N_DAYS", 7, day(2026, 3, 4), day(2026, 3, 12)),
        ("NEXT_N_DAYS", 7, day(2026, 3, 12), day(2026, 3, 19)),
        ("N_DAYS_AGO", 7, day(2026, 3, 4), day(2026, 3, 5)),
        ("LAST_N_WEEKS", 2, day(2026, 2, 22), day(2026, 3, 8)),
        ("NEXT_N_WEEKS", 2, day(2026, 3, 15), day(2026, 3, 29)),
        ("N_WEEKS_AGO", 2, day(2026, 2, 22), day(2026, 3, 1)),
        ("LAST_N_MONTHS", 14, day(2025, 1, 1), day(2026, 3, 1)),
        ("N_MONTHS_AGO", 3, day(2025, 12, 1), day(2026, 1, 1)),
        ("N_QUARTERS_AGO", 1, day(2025, 10, 1), day(2026, 1, 1)),
        ("NEXT_N_FISCAL_QUARTERS", 3, day(2026, 4, 1), day(2027, 1, 1)),
        ("LAST_N_YEARS", 2, day(2024, 1, 1), day(2026, 1, 1)),
        ("N_FISCAL_YEARS_AGO", 1, day(2025, 1, 1), day(2026, 1, 1)),
    ],
)
def test_spans(name: str, count: int | None, start: datetime, end: datetime) -> None:
    assert is_date_literal(name, counted=count is not None)
    assert span_of(DateLiteral(name, count), NOW) == (start, end)


@given(MOMENTS, st.sampled_from(UNITS), st.integers(1, 30))
def test_last_this_and_next_join_without_a_gap(now: datetime, unit: str, count: int) -> None:
    last, this, following = (
        span_of(DateLiteral(f"{place}_{unit}"), now) for place in ("LAST", "THIS", "NEXT")
    )
    assert last[1] == this[0] <= now < this[1] == following[0]
    assert span_of(DateLiteral(f"LAST_N_{unit}S", 1), now) == last
    assert span_of(DateLiteral(f"NEXT_N_{unit}S", 1), now) == following
    assert span_of(DateLiteral(f"N_{unit}S_AGO", 1), now) == last
    many = span_of(DateLiteral(f"LAST_N_{unit}S", count), now)
    oldest = span_of(DateLiteral(f"N_{unit}S_AGO", count), now)
    assert (many[0], many[1]) == (oldest[0], this[0])


@given(MOMENTS, st.integers(0, 400))
def test_days_are_counted_from_midnight(now: datetime, count: int) -> None:
    start, end = span_of(DateLiteral("LAST_N_DAYS", count), now)
    assert end - start == (count + 1) * DAY
    assert now < end <= now + DAY
    assert span_of(DateLiteral("N_DAYS_AGO", count), now) == (start, start + DAY)


def test_counts_that_leave_the_calendar_are_refused() -> None:
    for name in ("LAST_N_DAYS", "NEXT_N_WEEKS", "N_YEARS_AGO", "LAST_N_FISCAL_QUARTERS"):
        with pytest.raises(SoqlError, match="Invalid date literal"):
            span_of(DateLiteral(name, 999_999_999), NOW)


def test_only_spans_of_past_days_reach_now() -> None:
    assert reaches_now(DateLiteral("LAST_N_DAYS", 7))
    assert not reaches_now(DateLiteral("LAST_N_WEEKS", 7))
    assert not is_date_literal("THIS_DAY", counted=False)
    assert not is_date_literal("LAST_N_DAYS", counted=False)
    assert not is_date_literal("TODAY", counted=True)
