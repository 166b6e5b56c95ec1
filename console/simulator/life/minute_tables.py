"""Tables over what happens minute by minute, read backwards from now or over a span only."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from console.simulator.moments import MINUTE_MS, to_ms
from console.simulator.objects.tables import Row, TimeSlices


@dataclass(frozen=True, slots=True)
class MinuteRows:
    """The rows of such a table, newest first; all are worked out when they are read."""

    of_minute: Callable[[int, int], Iterable[Row]]
    """The rows of a minute since 1970 that exist at a moment in milliseconds, newest first."""
    since_ms: Callable[[int], int]
    """How far back the rows reach at a moment in milliseconds."""
    now: Callable[[], datetime]

    def all(self) -> Iterator[Row]:
        """All rows so far."""
        return self.between(None, None)

    def between(self, since: datetime | None, until: datetime | None) -> Iterator[Row]:
        """The rows of all minutes that the span touches."""
        now_ms = to_ms(self.now())
        first_ms = self.since_ms(now_ms)
        if since is not None:
            first_ms = max(first_ms, to_ms(since))
        last_ms = now_ms if until is None else min(now_ms, to_ms(until))
        for minute in range(last_ms // MINUTE_MS, first_ms // MINUTE_MS - 1, -1):
            yield from self.of_minute(minute, now_ms)

    def slices(self, field: str) -> TimeSlices:
        """The same for queries that say between which values of that column."""
        return TimeSlices(field, self.between)
