"""Sums of calls, by everything that somebody may want to compare them by."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call, Traffic
from console.simulator.moments import HOUR_MIN, HOUR_MS, MINUTE_MS
from console.simulator.org.integration import SimIntegration

_KEPT_HOURS = 31 * 24
_CellKey = tuple[SimIntegration, object, int, int, str]


@dataclass(slots=True)
class Tally:
    """Calls of one integration in one span."""

    calls: int = 0
    errors: int = 0
    rows_read: int = 0
    rows_written: int | None = 0
    """None where the story does not say how many rows its writes wrote."""
    by_user: Counter[str] = field(default_factory=Counter)
    by_address: Counter[str] = field(default_factory=Counter)
    by_family: Counter[str] = field(default_factory=Counter)
    by_entity: Counter[str] = field(default_factory=Counter)
    by_status: Counter[int] = field(default_factory=Counter)

    def add_calls(self, call: Call, count: int, rows: int) -> None:
        """Add so many calls that are all like ``call``, with the rows of all of them."""
        status, shape = call.status, call.shape
        self.calls += count
        self.by_user[call.user.username] += count
        self.by_address[call.client_ip] += count
        self.by_family[shape.family] += count
        self.by_entity[shape.entity] += count
        self.by_status[status] += count
        if status >= 400:
            self.errors += count
        elif shape.read:
            self.rows_read += rows
        elif shape.method != "GET":
            self.rows_written = _plus(self.rows_written, rows if shape.rows[1] else None)

    def add_own(self, call: OwnCall) -> None:
        """Add a request of a real client."""
        request = call.request
        self.calls += 1
        self.errors += request.status >= 400
        self.rows_read += request.rows
        if request.method not in ("GET", "HEAD"):
            self.rows_written = None
        self.by_user[request.username] += 1
        self.by_address[request.client_ip] += 1
        self.by_family[request.api_family] += 1
        self.by_entity[request.entity] += 1
        self.by_status[request.status] += 1

    def add(self, other: "Tally") -> None:
        """Add another span of the same integration."""
        self.calls += other.calls
        self.errors += other.errors
        self.rows_read += other.rows_read
        self.rows_written = _plus(self.rows_written, other.rows_written)
        self.by_user.update(other.by_user)
        self.by_address.update(other.by_address)
        self.by_family.update(other.by_family)
        self.by_entity.update(other.by_entity)
        self.by_status.update(other.by_status)

    def as_document(self) -> dict[str, object]:
        """The sums as truth tells them, without the number of calls."""
        return {
            "errors": self.errors,
            "rows_read": self.rows_read,
            "rows_written": self.rows_written,
            "by_user": dict(sorted(self.by_user.items())),
            "by_address": dict(sorted(self.by_address.items())),
            "by_family": dict(sorted(self.by_family.items())),
            "by_entity": dict(sorted(self.by_entity.items())),
            "by_status": {str(status): n for status, n in sorted(self.by_status.items())},
        }


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


Tallies = dict[SimIntegration, Tally]


class CallTallies:
    """Tallies of generated calls, hour by hour.

    Memory: some twenty numbers for each integration and hour of the last 31 days asked about.
    """

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._hours: dict[int, Tallies] = {}

    def preparing(self, since_ms: int, until_ms: int) -> Iterator[None]:
        """Sum the whole hours of a span that are not known yet, a minute a step."""
        for hour in range(-(-since_ms // HOUR_MS), until_ms // HOUR_MS):
            if hour not in self._hours:
                yield from self._summing(hour)

    def between(self, first_ms: int, end_ms: int) -> Tallies:
        """Tallies of ``first_ms <= t < end_ms``, which lies in one hour; not to be changed."""
        if end_ms - first_ms < HOUR_MS:
            cells = _Cells()
            for minute in range(first_ms // MINUTE_MS, -(-end_ms // MINUTE_MS)):
                calls = self._traffic.calls(minute)
                cells.count([call for call in calls if first_ms <= call.at_ms < end_ms])
            return cells.tallies()
        hour = first_ms // HOUR_MS
        if hour not in self._hours:
            for _ in self._summing(hour):
                pass
        return self._hours[hour]

    def _summing(self, hour: int) -> Iterator[None]:
        cells = _Cells()
        for minute in range(hour * HOUR_MIN, (hour + 1) * HOUR_MIN):
            cells.count(self._traffic.calls(minute))
            yield
        while len(self._hours) >= _KEPT_HOURS:
            del self._hours[next(iter(self._hours))]
        self._hours[hour] = cells.tallies()


class _Cells:
    """Counts calls that are alike in everything that a tally tells apart."""

    def __init__(self) -> None:
        self._counts: dict[_CellKey, int] = {}
        self._rows: dict[_CellKey, int] = {}
        self._examples: dict[_CellKey, Call] = {}

    def count(self, calls: tuple[Call, ...] | list[Call]) -> None:
        """Count some calls."""
        counts, rows = self._counts, self._rows
        for call in calls:
            shape = call.shape
            key = (call.integration, shape, call.status, call.user_index, call.client_ip)
            known = counts.get(key)
            if known is None:
                counts[key] = 1
                rows[key] = call.rows
                self._examples[key] = call
                continue
            counts[key] = known + 1
            if shape.rows[1]:
                rows[key] += call.rows

    def tallies(self) -> Tallies:
        """What was counted, by integration."""
        found: Tallies = {}
        for key, count in self._counts.items():
            tally = found.setdefault(key[0], Tally())
            tally.add_calls(self._examples[key], count, self._rows[key])
        return found
