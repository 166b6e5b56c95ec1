"""orgwatch stays within the share of the pool that it allows itself, the valuable sources last."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from console.collector.budget import WINDOW, OwnCallBudget
from console.collector.intervals import DOWNLOADS_A_DAY, SOURCES, Intervals, affordable, slowed
from store.records import OwnCalls

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR_S = 3_600.0


class Watch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def real_delay_s(self, org_delay_s: float) -> float:
        return org_delay_s


def test_a_large_org_is_asked_as_often_as_wished():
    assert affordable(Intervals(), 10_000) == Intervals()


@given(st.floats(120, 100_000))
def test_the_rounds_fit_the_budget(calls_per_day):
    paced = affordable(Intervals(), calls_per_day)
    assert paced.calls_per_day() <= calls_per_day + 1e-6
    assert paced.heartbeat_real_s == Intervals().heartbeat_real_s
    for source in SOURCES:
        assert source.interval_s(paced) >= source.interval_s(Intervals()) - 1e-6


@given(st.floats(0, 100_000))
def test_the_valuable_wait_last(calls_per_day):
    """No source waits longer than wished while a less valuable one is short of its longest."""
    paced = affordable(Intervals(), calls_per_day)
    for rank, source in enumerate(SOURCES):
        if source.name in slowed(Intervals(), paced):
            for lesser in SOURCES[:rank]:
                assert lesser.interval_s(paced) >= lesser.longest_s - 1e-3


def test_what_a_developer_edition_gets():
    paced = affordable(Intervals(), 150)
    assert slowed(Intervals(), paced)[:2] == ("log files", "limits")
    assert paced.log_files_s < 2 * HOUR_S
    assert paced.users_s >= 86_400


def test_a_budget_of_nothing_still_asks_now_and_then():
    paced = affordable(Intervals(), 0)
    assert all(source.interval_s(paced) <= 7 * 86_400 for source in SOURCES)


def test_before_the_pool_is_known_everything_is_as_wished():
    budget = OwnCallBudget(Watch(), Intervals(), 0.01)
    assert budget.intervals() == Intervals()
    assert budget.first_pause_s("users", NOW) == 0
    assert budget.sentence() == ""


def spent(calls: int, hours_ago: float) -> OwnCalls:
    return OwnCalls(NOW - timedelta(hours=hours_ago), "limits", calls)


def test_what_was_spent_before_a_restart_counts():
    budget = OwnCallBudget(Watch(), Intervals(), 0.01)
    budget.remember([spent(9_000, 25), spent(1_140, 3)], 115_000)
    assert budget.used_24h == 1_140
    assert slowed(affordable(Intervals(), 1_150), budget.intervals())
    assert budget.intervals().limits_s <= HOUR_S, "overspending is made good within hours"
    assert "1,140 of 1,150" in budget.sentence()


def test_what_leaves_the_window_makes_room():
    watch = Watch()
    budget = OwnCallBudget(watch, Intervals(), 0.01)
    budget.remember([spent(1_150, 23.5)], 115_000)
    assert budget.intervals() == affordable(Intervals(), 1_150)
    watch.moment += timedelta(hours=1)
    assert budget.used_24h == 0


@pytest.mark.parametrize(
    ("used", "since_s", "pause_s"),
    [(0, 60, 0), (570, 60, 0), (1_149, 60, 86_400 - 60), (1_149, 90_000, 0), (1_149, -5, 86_400)],
)
def test_a_restart_asks_again_only_what_is_due_when_the_budget_is_nearly_spent(
    used, since_s, pause_s
):
    budget = OwnCallBudget(Watch(), Intervals(), 0.01)
    budget.remember([spent(used, 3)], 115_000)
    paused_s = budget.first_pause_s("org", NOW - timedelta(seconds=since_s))
    assert paused_s == pytest.approx(pause_s)
    assert budget.first_pause_s("org", None) == 0
    assert budget.first_pause_s("stream", NOW) == 0


def most_in_a_day(calls: list[tuple[float, float]]) -> float:
    """The most that any 24 hours hold, of (second, calls) in order."""
    most = window = 0.0
    first = 0
    for at_s, cost in calls:
        window += cost
        while calls[first][0] <= at_s - WINDOW.total_seconds():
            window -= calls[first][1]
            first += 1
        most = max(most, window)
    return most


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(pool=15_000, restarts=[0.0] * 6)
@example(pool=115_000, restarts=[60.0 * n for n in range(200)])
@given(
    pool=st.integers(15_000, 200_000),
    restarts=st.lists(st.floats(0, 2 * 86_400), max_size=30),
)
def test_two_days_stay_within_the_budget_however_often_it_is_restarted(pool, restarts):
    watch = Watch()
    stored: list[OwnCalls] = []
    made: list[tuple[float, float]] = []
    restarts = sorted(restarts)
    last: dict[str, float] = {}
    due: dict[str, float] = {}

    def started() -> OwnCallBudget:
        budget = OwnCallBudget(watch, Intervals(), 0.01)
        budget.remember([one for one in stored if one.minute > watch.moment - WINDOW], pool)
        for source in SOURCES:
            at = None if source.name not in last else NOW + timedelta(seconds=last[source.name])
            due[source.name] = now_s + budget.first_pause_s(source.name, at)
        return budget

    now_s = 0.0
    budget = started()
    while now_s < 2 * 86_400:
        name = min(due, key=lambda one: due[one])
        if restarts and restarts[0] < due[name]:
            now_s = max(now_s, restarts.pop(0))
            watch.moment = NOW + timedelta(seconds=now_s)
            budget = started()
            continue
        now_s = max(due[name], now_s)
        watch.moment = NOW + timedelta(seconds=now_s)
        source = next(one for one in SOURCES if one.name == name)
        cost = int(source.calls_per_round)
        budget.spend(cost)
        stored.append(OwnCalls(watch.moment.replace(second=0, microsecond=0), name, cost))
        made.append((now_s, cost))
        last[name] = now_s
        due[name] = now_s + source.interval_s(budget.intervals())
    rounds = sum(source.calls_per_round for source in SOURCES)
    assert most_in_a_day(made) <= max(pool * 0.0105, 3 * DOWNLOADS_A_DAY) + 3 * rounds
    assert len(set(last)) == len(SOURCES)
