"""Whether a source that should flow all the time did so, hour by hour: pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from store.records import CoverageHour, CoverageState

HOUR = timedelta(hours=1)
_LONGEST_LOOK_BACK = timedelta(days=31)
"""Gaps older than this are not spelt out hour by hour; a missing row counts as blind anyway."""


class Continuity:
    """Follows one source from look to look and says what each hour may be called.

    ``since`` and ``until`` bound the span known to be whole before the first look.
    """

    def __init__(
        self, source: str, since: datetime | None = None, until: datetime | None = None
    ) -> None:
        self.source = source
        self._since = since
        self._until = until

    def flowing(
        self,
        now: datetime,
        tolerance: timedelta,
        *,
        replayed: bool = False,
        gap_reason: str = "the collector was not running",
    ) -> list[CoverageHour]:
        """The source is whole at ``now``; a pause longer than ``tolerance`` was a gap.

        With ``replayed`` everything missed in the pause has come after all.
        """
        last, since = self._until or now, self._since or now
        rows: dict[datetime, CoverageHour] = {}
        if now - last > tolerance and not replayed:
            for row in gap_hours(self.source, last, now, gap_reason, now):
                rows[row.hour] = row
            since = now
        for hour in hours_between(last, now):
            rows.setdefault(hour, self._row(hour, since, tolerance, now))
        self._since, self._until = since, max(now, last)
        return [rows[hour] for hour in sorted(rows)]

    def lost(
        self, since: datetime | None, until: datetime, reason: str, now: datetime
    ) -> list[CoverageHour]:
        """What came between ``since`` (by default the last look) and ``until`` is not there."""
        begin = since or self._until or until
        self._since, self._until = until, until
        return list(gap_hours(self.source, begin, until, reason, now))

    def _row(
        self, hour: datetime, since: datetime, tolerance: timedelta, now: datetime
    ) -> CoverageHour:
        whole = since <= hour + tolerance
        reason = "" if whole else f"collected from {since:%H:%M} on"
        state = CoverageState.COMPLETE if whole else CoverageState.PARTIAL
        return CoverageHour(self.source, hour, state, None, reason, now)


def resumed(source: str, known: Iterable[CoverageHour], alive_until: datetime | None) -> Continuity:
    """Goes on from what the ledger says of ``source``; ``alive_until`` is its collector's end."""
    rows = {row.hour: row.state for row in known if row.source == source}
    if not rows or alive_until is None:
        return Continuity(source)
    last = max(rows)
    until = max(last, min(alive_until, last + HOUR))
    whole = rows[last] is CoverageState.COMPLETE
    return Continuity(source, since=last if whole else until, until=until)


def hours_between(since: datetime, until: datetime) -> Iterator[datetime]:
    """The clock hours (UTC) that hold ``since``, ``until`` and everything between."""
    hour = start_of_hour(max(since, until - _LONGEST_LOOK_BACK))
    while hour <= until:
        yield hour
        hour += HOUR


def gap_hours(
    source: str, since: datetime, until: datetime, reason: str, now: datetime
) -> Iterator[CoverageHour]:
    """Rows for a gap: blind where it takes the whole hour, partial at its ends."""
    for hour in hours_between(since, until):
        if hour == until and since < until:
            continue
        whole = since <= hour and until >= hour + HOUR
        state = CoverageState.BLIND if whole else CoverageState.PARTIAL
        yield CoverageHour(source, hour, state, None, reason, now)


def start_of_hour(moment: datetime) -> datetime:
    """The full hour at or before ``moment``."""
    return moment.replace(minute=0, second=0, microsecond=0)
