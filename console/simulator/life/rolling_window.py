"""How many counted calls the last 24 hours hold, exact to the millisecond.

A call at ``t`` is in the window that ends at ``at`` when ``at - 24 h < t <= at``: it is released
24 hours after it was made, as Salesforce's rolling allocation does it, with no reset at midnight.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from functools import lru_cache

from console.simulator.moments import DAY_MS, HOUR_MIN, MINUTE_MS


class RollingWindow:
    """The pool's use from generated traffic and from calls added one by one.

    ``count_of`` gives the calls of a whole minute since 1970, ``times_of`` their moments in
    milliseconds, ascending; both must be pure. Memory: sums of 4,096 minutes and 256 hours, and
    one number for each added call of the last ``kept_ms``.
    """

    def __init__(
        self,
        count_of: Callable[[int], int],
        times_of: Callable[[int], Sequence[int]],
        kept_ms: int = 2 * DAY_MS,
    ) -> None:
        self._minute_count = lru_cache(maxsize=4096)(count_of)
        self._hour_count = lru_cache(maxsize=256)(self._sum_hour)
        self._times = lru_cache(maxsize=16)(times_of)
        self._kept_ms = kept_ms
        self._added: list[int] = []

    def add(self, at_ms: int) -> None:
        """Count one more call, made at that moment."""
        insort(self._added, at_ms)
        if self._added[0] <= at_ms - 2 * self._kept_ms:
            del self._added[: bisect_right(self._added, at_ms - self._kept_ms)]

    def used(self, at_ms: int) -> int:
        """Counted calls in the 24 hours up to and including ``at_ms``."""
        return self.between(at_ms - DAY_MS, at_ms)

    def between(self, after_ms: int, until_ms: int) -> int:
        """Counted calls ``t`` with ``after_ms < t <= until_ms``."""
        if until_ms <= after_ms:
            return 0
        first, last = after_ms // MINUTE_MS, until_ms // MINUTE_MS
        generated = (
            self._minutes(first, last)
            + self._within(last, until_ms)
            - self._within(first, after_ms)
        )
        return generated + bisect_right(self._added, until_ms) - bisect_right(self._added, after_ms)

    def _within(self, minute: int, until_ms: int) -> int:
        """Calls of a minute up to and including a moment in it."""
        return bisect_right(self._times(minute), until_ms)

    def _minutes(self, first: int, end: int) -> int:
        """Calls of the minutes ``first`` to ``end``, without ``end``; whole hours in one step."""
        first_hour = -(-first // HOUR_MIN)
        end_hour = end // HOUR_MIN
        if end_hour <= first_hour:
            return sum(map(self._minute_count, range(first, end)))
        return (
            sum(map(self._minute_count, range(first, first_hour * HOUR_MIN)))
            + sum(map(self._hour_count, range(first_hour, end_hour)))
            + sum(map(self._minute_count, range(end_hour * HOUR_MIN, end)))
        )

    def _sum_hour(self, hour: int) -> int:
        return sum(map(self._minute_count, range(hour * HOUR_MIN, (hour + 1) * HOUR_MIN)))
