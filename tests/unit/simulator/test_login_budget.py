"""3,600 login requests an hour for each user."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.simulator.oauth.login_budget import LOGINS_PER_HOUR, LoginBudget
from tests.unit.simulator.visitor import NOW


def test_the_login_budget_rolls_with_the_hour() -> None:
    budget = LoginBudget()
    assert all(budget.spend("a@x", NOW) for _ in range(LOGINS_PER_HOUR))
    assert not budget.spend("A@X", NOW + timedelta(minutes=59))
    assert budget.spend("b@x", NOW)
    assert budget.spend("a@x", NOW + timedelta(hours=1))


@given(st.lists(st.integers(0, 4000), max_size=50))
def test_the_login_budget_never_refuses_below_its_limit(seconds: list[int]) -> None:
    budget = LoginBudget()
    assert all(budget.spend("a@x", NOW + timedelta(seconds=s)) for s in sorted(seconds))
