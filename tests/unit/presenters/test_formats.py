from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from console.presenters import formats

NOW = datetime(2026, 11, 16, 12, 4, 31, tzinfo=UTC)


def test_an_unknown_figure_is_a_dash_and_never_zero() -> None:
    shown = {
        formats.count(None),
        formats.percent(None),
        formats.rate(None),
        formats.clock_time(None),
        formats.hour_minute(None),
        formats.day(None),
        formats.day_time(None),
        formats.time_near(None, NOW),
    }
    assert shown == {formats.UNKNOWN}


def test_figures_have_thousands_separators_and_signs() -> None:
    assert formats.count(92_310) == "92,310"
    assert formats.rate(4_120.4) == "+4,120/h"
    assert formats.rate(-12) == "-12/h"
    assert formats.percent(0.8027) == "80.3 %"
    assert formats.percent(12.5) == "1,250 %"
    assert formats.percent(0.0001) == "<0.1 %"
    assert formats.percent(0.0) == "0.0 %"
    assert formats.plural(1, "call") == "1 call"
    assert formats.plural(2_000, "call") == "2,000 calls"


def test_times_are_utc_wherever_they_come_from() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=-8)))
    assert formats.clock_time(local) == "12:04:31"
    assert formats.day_time(local) == "2026-11-16 12:04:31"


def test_a_time_says_its_day_only_where_it_is_another() -> None:
    assert formats.time_near(NOW - timedelta(minutes=1), NOW) == "12:03:31"
    assert formats.time_near(NOW - timedelta(days=1), NOW) == "11-15 12:04"
    assert formats.time_near(NOW - timedelta(days=400), NOW) == "2025-10-12"
    assert formats.minute_near(NOW - timedelta(minutes=1), NOW) == "12:03"
    assert formats.minute_near(NOW - timedelta(days=1), NOW) == "11-15 12:04"


def test_spans_use_their_two_largest_units() -> None:
    assert formats.span(timedelta(seconds=42)) == "42 s"
    assert formats.span(timedelta(minutes=34, seconds=59)) == "34 min"
    assert formats.span(timedelta(hours=3, minutes=10)) == "3 h 10 min"
    assert formats.span(timedelta(hours=3)) == "3 h"
    assert formats.span(timedelta(days=2, hours=4, minutes=59)) == "2 d 4 h"
    assert formats.short_span(timedelta(hours=3, minutes=59)) == "3h"


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=4_000)))
def test_no_span_is_written_longer_than_it_is(duration: timedelta) -> None:
    units = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    words = formats.span(duration).split()
    written = sum(int(n) * units[unit] for n, unit in zip(words[::2], words[1::2], strict=True))
    assert written <= duration.total_seconds()
    assert duration.total_seconds() - written < units[words[-1]] or len(words) == 2
