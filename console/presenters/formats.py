"""How figures, times and spans are written, the same on every screen.

Unknown is an en dash, never a zero. Times are UTC.
"""

from datetime import UTC, datetime, timedelta

UNKNOWN = "–"
"""What stands for a figure that is not known."""

_MINUTE_S = 60
_HOUR_S = 3_600
_DAY_S = 86_400


def count(value: int | None) -> str:
    """``92,310``."""
    return UNKNOWN if value is None else f"{value:,}"


def percent(fraction: float | None) -> str:
    """``80.3 %``; from a thousand percent on without the decimal."""
    if fraction is None:
        return UNKNOWN
    if 0 < fraction < 0.0005:
        return "<0.1 %"
    return f"{fraction * 100:,.0f} %" if fraction >= 10 else f"{fraction * 100:.1f} %"


def rate(calls_per_hour: float | None) -> str:
    """``+4,120/h``, with the sign always there."""
    return UNKNOWN if calls_per_hour is None else f"{calls_per_hour:+,.0f}/h"


def plural(value: int, one: str, many: str | None = None) -> str:
    """``1 call``, ``2,000 calls``."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def clock_time(moment: datetime | None) -> str:
    """``12:04:31`` in UTC."""
    return UNKNOWN if moment is None else f"{moment.astimezone(UTC):%H:%M:%S}"


def hour_minute(moment: datetime | None) -> str:
    """``12:04`` in UTC."""
    return UNKNOWN if moment is None else f"{moment.astimezone(UTC):%H:%M}"


def day(moment: datetime | None) -> str:
    """``2026-11-16`` in UTC."""
    return UNKNOWN if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d}"


def day_time(moment: datetime | None) -> str:
    """``2026-11-16 12:04:31`` in UTC."""
    return UNKNOWN if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def minute_near(moment: datetime | None, as_of: datetime) -> str:
    """``12:04`` on the day of ``as_of``, else as `time_near`."""
    if moment is None or moment.astimezone(UTC).date() != as_of.astimezone(UTC).date():
        return time_near(moment, as_of)
    return hour_minute(moment)


def time_near(moment: datetime | None, as_of: datetime) -> str:
    """``12:04:31`` on the day of ``as_of``, else ``11-15 12:04``, else ``2025-11-15``."""
    if moment is None:
        return UNKNOWN
    there, here = moment.astimezone(UTC), as_of.astimezone(UTC)
    if there.date() == here.date():
        return clock_time(moment)
    return f"{there:%m-%d %H:%M}" if there.year == here.year else f"{there:%Y-%m-%d}"


def span(duration: timedelta) -> str:
    """A span in its two largest units: ``42 s``, ``34 min``, ``3 h 10 min``, ``2 d 4 h``."""
    seconds = int(abs(duration).total_seconds())
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S} min"
    if seconds < _DAY_S:
        return _two(seconds // _HOUR_S, "h", seconds % _HOUR_S // _MINUTE_S, "min")
    return _two(seconds // _DAY_S, "d", seconds % _DAY_S // _HOUR_S, "h")


def short_span(duration: timedelta) -> str:
    """A span in its largest unit alone, for narrow places: ``42s``, ``34m``, ``3h``, ``2d``."""
    seconds = int(abs(duration).total_seconds())
    for unit_s, sign in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "m")):
        if seconds >= unit_s:
            return f"{seconds // unit_s}{sign}"
    return f"{seconds}s"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
