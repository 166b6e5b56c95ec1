"""Moments as the database keeps them: whole milliseconds since 1970 in UTC.

Salesforce gives times to the millisecond, so nothing is lost, and integers compare and add up
without rounding.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down; a naive ``moment`` raises `ValueError`."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return (moment - EPOCH) // _MILLISECOND


def to_ms_or_none(moment: datetime | None) -> int | None:
    """As `to_ms`, with None for a moment that is not known."""
    return None if moment is None else to_ms(moment)


def from_ms(moment_ms: int) -> datetime:
    """The aware UTC datetime of ``moment_ms``."""
    return EPOCH + timedelta(milliseconds=moment_ms)


def from_ms_or_none(moment_ms: int | None) -> datetime | None:
    """As `from_ms`, with None for a moment that is not known."""
    return None if moment_ms is None else from_ms(moment_ms)
