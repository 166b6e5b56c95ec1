"""The simulated org's clock: it runs at its speed, and can be steered while it runs."""

from collections.abc import Callable
from datetime import datetime, timedelta

from console.clock import ScaledClock


class OrgClock:
    """``org_origin`` at ``real_origin``, then ``speed`` times real time, until it is steered.

    It never goes back. ``real_now`` tells this machine's time.
    """

    def __init__(
        self,
        real_origin: datetime,
        org_origin: datetime,
        speed: float,
        real_now: Callable[[], datetime],
    ) -> None:
        self._running = ScaledClock(real_origin, org_origin, speed)
        self._real_now = real_now
        self._listeners: list[Callable[[], None]] = []

    @property
    def real_origin(self) -> datetime:
        """The real moment at which the org's time was ``org_origin``."""
        return self._running.real_origin

    @property
    def org_origin(self) -> datetime:
        """The org's time at ``real_origin``."""
        return self._running.org_origin

    @property
    def speed(self) -> float:
        """How many seconds pass in the org while one passes here; 0 stands still."""
        return self._running.speed

    def now(self) -> datetime:
        """The org's time in UTC."""
        return self._running.now()

    def real_delay_s(self, org_delay_s: float) -> float:
        """How many real seconds pass while ``org_delay_s`` seconds pass in the org."""
        return self._running.real_delay_s(org_delay_s)

    def advance(self, by: timedelta) -> None:
        """Set the clock forward, running or standing still."""
        self._steer(self.now() + by, self.speed)

    def run_at(self, speed: float) -> None:
        """Let the clock run at another speed from now on."""
        self._steer(self.now(), speed)

    def on_steered(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever the clock has been steered."""
        self._listeners.append(listener)

    def _steer(self, org_now: datetime, speed: float) -> None:
        self._running = ScaledClock(self._real_now(), org_now, speed)
        for listener in self._listeners:
            listener()
