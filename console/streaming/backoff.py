"""How long to wait before the next attempt: full jitter, so that clients never march in step."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """A pause that doubles with each failure up to ``cap_s`` and is then drawn at random.

    ``floor`` is the share of the pause that is always waited: 0 draws from nothing to all of it.
    """

    base_s: float
    cap_s: float
    floor: float = 0.0

    def delay_s(self, failures: int, random: Callable[[], float]) -> float:
        """The pause after ``failures`` earlier failures; ``random`` gives a number in [0, 1)."""
        exponent = min(max(failures, 0), 32)
        whole = min(self.cap_s, self.base_s * 2.0**exponent)
        return whole * (self.floor + (1.0 - self.floor) * random())
