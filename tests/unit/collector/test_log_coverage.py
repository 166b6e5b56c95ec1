"""Hours without a log file: not due, late, or broken; never silently complete."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from console.collector.log_coverage import hours_without_file
from store.records import CoverageState

NOW = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
THIS_HOUR = NOW.replace(minute=0)


def states(**options):
    arguments = {"complete": set(), "broken": {}, "hourly_seen": True} | options
    rows = hours_without_file("Login", NOW, **arguments)
    assert {row.source for row in rows} == {"log:Login"}
    return {row.hour: (row.state, row.reason) for row in rows}


def test_a_young_hour_is_pending_and_an_old_one_is_missing():
    rows = states()
    assert rows[THIS_HOUR][0] is CoverageState.PENDING
    assert rows[THIS_HOUR - 6 * HOUR][0] is CoverageState.PENDING
    assert rows[THIS_HOUR - 7 * HOUR][0] is CoverageState.PARTIAL


def test_an_org_with_daily_files_only_is_waited_for_longer():
    rows = states(hourly_seen=False)
    assert rows[THIS_HOUR - 12 * HOUR][0] is CoverageState.PENDING
    assert rows[THIS_HOUR - 60 * HOUR][0] is CoverageState.PARTIAL


def test_a_broken_file_says_why():
    rows = states(broken={THIS_HOUR - 3 * HOUR: "no event log"})
    assert rows[THIS_HOUR - 3 * HOUR] == (CoverageState.PARTIAL, "no event log")


@settings(deadline=None)
@given(st.sets(st.integers(0, 72)), st.booleans())
def test_every_hour_is_accounted_for_once(complete, hourly_seen):
    stored = {THIS_HOUR - n * HOUR for n in complete}
    rows = states(complete=stored, hourly_seen=hourly_seen)
    assert not rows.keys() & stored
    assert rows.keys() | stored == {THIS_HOUR - n * HOUR for n in range(73)}
    assert CoverageState.COMPLETE not in {state for state, _ in rows.values()}
