"""The share of the org's pool that orgwatch allows itself, and what that makes of its pauses.

Reaching the budget never fails a request: it makes the rounds rarer. What counts is what was
really spent in the last 24 hours, by this process or by an earlier one on the same store, because
the org's pool is a rolling window too.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from console.clock import Clock
from console.collector.intervals import SOURCES, Intervals, affordable, slowed
from store.records import OwnCalls

WINDOW = timedelta(hours=24)
"""Salesforce counts API calls over the last 24 hours (REST API guide, "API Request Limits")."""
_AHEAD = timedelta(hours=1)
"""How far ahead is planned; what was overspent slows the rounds for no longer than this at once."""
_TIGHT = 0.5
"""From this share of the budget on, a fresh start asks nothing again that is not due."""
_HOURS_A_DAY = 24


class OwnCallBudget:
    """Turns the wished pauses into those that the org's pool affords.

    ``fraction`` is the share of the pool. As long as the pool's size is not known, the pauses are
    as wished.
    """

    def __init__(self, clock: Clock, wished: Intervals, fraction: float) -> None:
        self._clock = clock
        self._wished = wished
        self._fraction = fraction
        self._pool_calls: int | None = None
        self._spent: deque[tuple[datetime, int]] = deque()
        self._used = 0

    def remember(self, past: Iterable[OwnCalls], pool_calls: int | None) -> None:
        """What an earlier run left in the store; before anything else is spent."""
        self._pool_calls = pool_calls
        for calls in sorted(past, key=lambda one: one.minute):
            self._add(calls.minute, calls.calls)

    @property
    def budget(self) -> float | None:
        """Calls per 24 hours; None as long as the pool's size is not known."""
        return None if self._pool_calls is None else self._pool_calls * self._fraction

    @property
    def used_24h(self) -> int:
        """Calls in the last 24 hours."""
        self._forget()
        return self._used

    def resize(self, pool_calls: int) -> None:
        """An answer named the size of the org's pool."""
        self._pool_calls = pool_calls

    def spend(self, cost: int) -> None:
        """A request cost so many calls."""
        if cost:
            self._add(self._clock.now(), cost)

    def intervals(self) -> Intervals:
        """The pauses in force now.

        They fit the budget in the long run. Where the last 24 hours already took most of it, they
        also fit into what is left of it and what leaves the window within the hour.
        """
        budget = self.budget
        if budget is None:
            return self._wished
        lasting = affordable(self._wished, budget)
        free_calls = budget - self.used_24h + self._leaving()
        if free_calls * _HOURS_A_DAY >= lasting.calls_per_day():
            return lasting
        tight = affordable(self._wished, free_calls * _HOURS_A_DAY)
        return _no_longer_than(tight, lasting, _AHEAD.total_seconds())

    def first_pause_s(self, task: str, last_success_at: datetime | None) -> float:
        """How long the first round of ``task`` waits after a start, in seconds of the org's time.

        Nothing, unless half of the budget is spent: then until the round would have been due.
        """
        budget = self.budget
        source = next((one for one in SOURCES if one.name == task), None)
        if budget is None or source is None or last_success_at is None:
            return 0.0
        if self.used_24h < budget * _TIGHT:
            return 0.0
        since_s = (self._clock.now() - last_success_at).total_seconds()
        return max(source.interval_s(self.intervals()) - max(since_s, 0.0), 0.0)

    def sentence(self) -> str:
        """What is slowed and why; empty while all is as wished."""
        names = slowed(self._wished, self.intervals())
        if not names or self.budget is None:
            return ""
        used, budget = f"{self.used_24h:,}", f"{self.budget:,.0f}"
        return f"asking less often for {', '.join(names)}: {used} of {budget} calls are spent"

    def _leaving(self) -> int:
        """Calls that leave the 24-hour window within the next hour."""
        before = self._clock.now() - WINDOW + _AHEAD
        leaving = 0
        for at, calls in self._spent:
            if at > before:
                break
            leaving += calls
        return leaving

    def _add(self, at: datetime, calls: int) -> None:
        minute = at.replace(second=0, microsecond=0)
        if self._spent and self._spent[-1][0] >= minute:
            newest, known = self._spent.pop()
            self._spent.append((newest, known + calls))
        else:
            self._spent.append((minute, calls))
        self._used += calls
        self._forget()

    def _forget(self) -> None:
        """Drops what left the window, so that at most a day of minutes is held."""
        oldest = self._clock.now() - WINDOW
        while self._spent and self._spent[0][0] <= oldest:
            self._used -= self._spent.popleft()[1]


def _no_longer_than(tight: Intervals, lasting: Intervals, most_s: float) -> Intervals:
    """``tight``, but no pause longer than ``most_s`` or than the lasting one."""
    pauses: dict[str, float] = {}
    for source in SOURCES:
        bound_s = max(source.interval_s(lasting), most_s)
        pauses[source.pause] = min(source.interval_s(tight), bound_s)
    return replace(tight, **pauses)
