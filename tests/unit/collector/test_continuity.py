"""What an hour may be called, against a minute-by-minute account of what was seen."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from console.collector.continuity import Continuity, gap_hours, hours_between, resumed
from store.records import CoverageHour, CoverageState

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TOLERANCE = timedelta(minutes=3)


def at(minutes):
    return START + minutes * MINUTE


def ledger(steps):
    """Minutes at which the source was seen whole -> the ledger's last word on each hour."""
    continuity = Continuity("s")
    rows = {}
    for minute in steps:
        for row in continuity.flowing(at(minute), TOLERANCE):
            rows[row.hour] = row
    return rows


def test_a_source_watched_from_before_the_hour_is_complete():
    rows = ledger(range(-30, 119))
    assert rows[START - HOUR].state is CoverageState.PARTIAL
    assert rows[START].state is CoverageState.COMPLETE
    assert rows[START + HOUR].state is CoverageState.COMPLETE


def test_the_hour_of_a_late_start_is_partial_and_says_from_when():
    rows = ledger(range(20, 50))
    assert rows[START].state is CoverageState.PARTIAL
    assert "10:20" in rows[START].reason


def test_a_long_pause_leaves_blind_hours_between_partial_ones():
    rows = ledger([*range(-30, 20), *range(200, 230)])
    assert [rows[START + n * HOUR].state.value for n in range(4)] == [
        "partial",
        "blind",
        "blind",
        "partial",
    ]


def test_what_was_replayed_is_no_gap():
    continuity = Continuity("s")
    for minute in range(-30, 20):
        continuity.flowing(at(minute), TOLERANCE)
    rows = {row.hour: row for row in continuity.flowing(at(200), TOLERANCE, replayed=True)}
    assert {row.state for row in rows.values()} == {CoverageState.COMPLETE}
    assert sorted(rows) == [START + n * HOUR for n in range(4)]


def test_what_was_lost_is_blind_until_it_flows_again():
    continuity = Continuity("s")
    continuity.flowing(at(-1), TOLERANCE)
    continuity.flowing(at(5), TOLERANCE)
    lost = {row.hour: row for row in continuity.lost(at(2), at(130), "gone", at(130))}
    assert [lost[START + n * HOUR].state.value for n in range(3)] == ["partial", "blind", "partial"]
    after = continuity.flowing(at(131), TOLERANCE)
    assert [row.state for row in after] == [CoverageState.PARTIAL]


@settings(deadline=None)
@given(st.sets(st.integers(0, 300), min_size=1))
def test_complete_is_never_said_of_an_hour_with_a_gap(minutes):
    steps = sorted(minutes)
    rows = ledger(steps)
    for hour, row in rows.items():
        if row.state is not CoverageState.COMPLETE:
            continue
        begin = (hour - START) // MINUTE
        end = min(begin + 60, steps[-1])
        seen = [m for m in steps if m <= begin + 3]
        assert seen, "nothing was seen around the beginning of the hour"
        marks = [max(seen), *[m for m in steps if begin + 3 < m <= end]]
        assert all(b - a <= 3 for a, b in itertools.pairwise(marks))


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_a_gap_touches_exactly_its_hours(a, b):
    since, until = at(min(a, b)), at(max(a, b))
    rows = list(gap_hours("s", since, until, "why", until))
    covered = [row.hour for row in rows]
    expected = [h for h in hours_between(since, until) if h < until or since == until]
    assert covered == expected
    for row in rows:
        whole = since <= row.hour and row.hour + HOUR <= until
        assert row.state is (CoverageState.BLIND if whole else CoverageState.PARTIAL)


def test_a_restart_goes_on_from_the_ledger():
    known = [CoverageHour("s", START, CoverageState.COMPLETE, None, "", at(20))]
    continuity = resumed("s", known, at(20))
    rows = continuity.flowing(at(22), TOLERANCE)
    assert [row.state for row in rows] == [CoverageState.COMPLETE]
    rows = resumed("s", known, at(20)).flowing(at(70), TOLERANCE)
    assert [row.state.value for row in rows] == ["partial", "partial"]
    rows = resumed("s", known, None).flowing(at(22), TOLERANCE)
    assert [row.state.value for row in rows] == ["partial"]
