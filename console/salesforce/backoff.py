"""How long to wait before asking again: doubling, capped, and never in step with others."""

import random
from collections.abc import Callable


class CoolDown:
    """A wait that doubles with each failure from ``first_s`` to ``cap_s``, with jitter.

    The jitter is a fifth to either side, so that the wait is never near zero: it protects the
    user's login budget (3,600 logins an hour and user; Salesforce help 000381578). ``failures``
    goes on from where an earlier process stopped.
    """

    def __init__(
        self,
        first_s: float,
        cap_s: float,
        uniform: Callable[[float, float], float] = random.uniform,
        failures: int = 0,
    ) -> None:
        self._first_s = first_s
        self._cap_s = cap_s
        self._uniform = uniform
        self._failures = failures

    def next_s(self) -> float:
        """Counts one more failure; seconds to wait after it."""
        doubled_s = self._first_s * 2.0 ** min(self._failures, 32)
        self._failures += 1
        return min(doubled_s * self._uniform(0.8, 1.2), self._cap_s)

    def reset(self) -> None:
        """Forgets the failures."""
        self._failures = 0


class FullJitter:
    """Waits between the attempts of one request: anything from zero to a doubling bound.

    Full jitter spreads many clients best over the time in which a struggling server recovers.
    """

    def __init__(
        self,
        first_s: float,
        cap_s: float,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._bound_s = first_s
        self._cap_s = cap_s
        self._uniform = uniform

    def next_s(self) -> float:
        """Seconds to wait after one more failed attempt."""
        wait_s = self._uniform(0.0, min(self._bound_s, self._cap_s))
        self._bound_s = min(self._bound_s * 2, self._cap_s)
        return wait_s
