"""Moments as whole milliseconds and minutes since 1970, the simulator's inner measure of time."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_UNTIL_MS = len("2026-03-02T09:14:07.412")

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
HOUR_MIN = 60
DAY_MIN = 1440


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The UTC moment of so many milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=ms)


def iso_ms(ms: int) -> str:
    """``2026-03-02T09:14:07.412Z``, as streamed events and TIMESTAMP_DERIVED have it."""
    return from_ms(ms).isoformat(timespec="milliseconds")[:_UNTIL_MS] + "Z"


def compact_ms(ms: int) -> str:
    """``20260302091407.412``, as TIMESTAMP in a log file has it."""
    return from_ms(ms).strftime("%Y%m%d%H%M%S.") + f"{ms % 1000:03d}"


def weekday(day: int) -> int:
    """The weekday of a day since 1970 in UTC: Monday is 0."""
    return (day + 3) % 7


def is_weekend(minute: int) -> bool:
    """Whether that minute since 1970 is on a Saturday or Sunday in UTC."""
    return weekday(minute // DAY_MIN) >= 5
