"""orgwatch stays within the share of the pool that it allows itself."""

from hypothesis import given
from hypothesis import strategies as st

from console.collector.intervals import Intervals, affordable


def test_a_large_org_is_asked_as_often_as_wished():
    assert affordable(Intervals(), 1_000_000, 0.01) == Intervals()


@given(st.integers(10_000, 10_000_000), st.floats(0.006, 1))
def test_the_cost_stays_within_the_budget(pool, fraction):
    paced = affordable(Intervals(), pool, fraction)
    org_rounds = 2
    assert paced.calls_per_day() <= max(pool * fraction, 0) + 50 + org_rounds + 1
    assert paced.limits_s >= Intervals().limits_s
    assert paced.heartbeat_real_s == Intervals().heartbeat_real_s


def test_a_budget_of_nothing_still_asks_now_and_then():
    assert affordable(Intervals(), 0, 0.01).limits_s < 10 * 86_400
