"""Where a version stands on a day, by Salesforce's published schedule."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.analysis.api_versions import SCHEDULE, VersionStanding, fate_of

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("version", "today", "standing", "words"),
    [
        ("20.0", TODAY, VersionStanding.RETIRED, "retired in Summer '22"),
        ("30.0", TODAY, VersionStanding.RETIRED, "retired in Summer '25"),
        ("30.0", date(2025, 5, 31), VersionStanding.DEPRECATED, "retires in Summer '25"),
        ("31.0", TODAY, VersionStanding.RETIRING, "retires in Summer '28"),
        ("40.0", date(2027, 6, 1), VersionStanding.DEPRECATED, "retires in Summer '28"),
        ("40.0", date(2028, 6, 1), VersionStanding.RETIRED, "retired in Summer '28"),
        ("41.0", date(2040, 1, 1), VersionStanding.CURRENT, "current"),
        ("", TODAY, VersionStanding.UNKNOWN, "unknown"),
        ("v60", TODAY, VersionStanding.UNKNOWN, "unknown"),
        ("nan", TODAY, VersionStanding.UNKNOWN, "unknown"),
    ],
)
def test_each_version_has_its_place_in_the_schedule(
    version: str, today: date, standing: VersionStanding, words: str
) -> None:
    fate = fate_of(version, today)
    assert fate.standing is standing
    assert fate.words == words


def test_the_days_left_are_those_to_the_first_of_the_season() -> None:
    assert fate_of("35.0", date(2028, 5, 31)).days_left == 1
    assert fate_of("35.0", date(2028, 6, 2)).days_left == -1
    assert fate_of("66.0", TODAY).days_left is None


@given(st.integers(7, 99), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 3000))
def test_no_version_gets_better_with_time(number: int, today: date, later_days: int) -> None:
    order = [
        VersionStanding.CURRENT,
        VersionStanding.RETIRING,
        VersionStanding.DEPRECATED,
        VersionStanding.RETIRED,
    ]
    later = date.fromordinal(today.toordinal() + later_days)
    now_place = order.index(fate_of(f"{number}.0", today).standing)
    assert order.index(fate_of(f"{number}.0", later).standing) >= now_place


def test_the_schedule_has_no_holes() -> None:
    for before, after in itertools.pairwise(SCHEDULE):
        assert after.first == before.last + 1
        assert after.retired_from > before.retired_from
