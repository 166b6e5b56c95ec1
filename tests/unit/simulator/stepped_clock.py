"""A clock that a test sets by hand."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 4, 12, 17, 5, 250_000, tzinfo=UTC)
"""A Wednesday, in the middle of an hour, a minute and a second."""


class SteppedClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def real_delay_s(self, org_delay_s: float) -> float:
        return org_delay_s

    def step(self, by: timedelta) -> None:
        self.at += by


class HurryingClock(SteppedClock):
    """Moves on by seven seconds whenever somebody looks at it."""

    def now(self) -> datetime:
        self.step(timedelta(seconds=7))
        return self.at
