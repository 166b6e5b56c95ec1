"""What may be said of an hour for which no log file is stored: not yet due, missing, or broken.

Hourly files come 3 to 6 hours after their hour, sometimes later; daily ones during the next day;
no file is made where nothing happened; without Event Monitoring there are daily files only
(Object Reference, EventLogFile; REST API Developer Guide, "Differences between Hourly and
24-Hour Event Logs").
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from console.collector.continuity import HOUR, hours_between
from store.records import CoverageHour, CoverageState

HOURLY_DUE = timedelta(hours=6)
DAILY_DUE = timedelta(hours=30)
"""After the end of the UTC day."""
LOOK_BACK = timedelta(hours=72)
"""How late a log file may still appear."""


def source_of(event_type: str) -> str:
    """The name of a log's type in the coverage ledger."""
    return f"log:{event_type}"


def hours_without_file(
    event_type: str,
    now: datetime,
    complete: Collection[datetime],
    broken: Mapping[datetime, str],
    *,
    hourly_seen: bool,
) -> list[CoverageHour]:
    """Rows for the last 72 hours except those in ``complete``.

    ``broken`` names hours whose file is there but could not be taken in, with the reason;
    ``hourly_seen`` says whether the org makes hourly files at all.
    """
    source = source_of(event_type)
    rows = []
    for hour in hours_between(now - LOOK_BACK, now):
        if hour in complete:
            continue
        if hour in broken:
            state, reason = CoverageState.PARTIAL, broken[hour]
        else:
            state, reason = _judged(hour, now, hourly_seen=hourly_seen)
        rows.append(CoverageHour(source, hour, state, None, reason, now))
    return rows


def _judged(hour: datetime, now: datetime, *, hourly_seen: bool) -> tuple[CoverageState, str]:
    if hourly_seen:
        if now < hour + HOUR + HOURLY_DUE:
            return CoverageState.PENDING, "hourly log files come 3 to 6 hours late"
        return CoverageState.PARTIAL, "no log file yet: nothing happened, or it is late"
    next_day = hour.replace(hour=0) + timedelta(days=1)
    if now < next_day + DAILY_DUE:
        return CoverageState.PENDING, "this org makes daily log files only, during the next day"
    return CoverageState.PARTIAL, "no daily log file yet: nothing happened, or it is late"
