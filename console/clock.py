"""Time as a parameter: the org's clock, real, faster than real, or standing still.

Everything below the entry points takes ``now`` or a `Clock`; nothing else reads the time. All
datetimes are aware and in UTC.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the org's time and turns its durations into waiting time."""

    def now(self) -> datetime:
        """The org's time now, in UTC."""
        ...

    def real_delay_s(self, org_delay_s: float) -> float:
        """How many real seconds pass while ``org_delay_s`` seconds pass in the org."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's own clock, for real orgs."""

    def now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)

    def real_delay_s(self, org_delay_s: float) -> float:
        """The same number of seconds."""
        return org_delay_s


@dataclass(frozen=True)
class ScaledClock:
    """A simulated org's clock: ``org_origin`` at ``real_origin``, then ``speed`` times real time.

    A speed of 0 stands still; waiting then takes as long as in a real org.
    """

    real_origin: datetime
    org_origin: datetime
    speed: float

    def now(self) -> datetime:
        """The simulated org's time in UTC."""
        elapsed_s = time.time() - self.real_origin.timestamp()
        return self.org_origin + timedelta(seconds=elapsed_s * self.speed)

    def real_delay_s(self, org_delay_s: float) -> float:
        """The delay divided by the speed, never below a tenth of a second."""
        if self.speed <= 0:
            return org_delay_s
        return max(org_delay_s / self.speed, min(org_delay_s, 0.1))
