"""When the rolling API pool runs dry at the present rate.

The pool is a rolling 24-hour count, so what leaves it in the next hours is what arrived a day
earlier: known exactly wherever the log rows of that hour are stored. What arrives is taken to go
on at the present rate. Where the leaving calls are not known, the forecast ends and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.records import PoolSample

WINDOW = timedelta(hours=24)
RATE_SPAN = timedelta(minutes=60)
SHORTEST_RATE_SPAN = timedelta(minutes=10)
MOST_UNLOGGED = timedelta(hours=12)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Calls that enter the pool per hour, and what that figure rests on."""

    calls_per_hour: float
    basis: str
    """Which time the figure is the mean of: ``last 60 min`` or ``6 h not logged``."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the pool goes at the present rate."""

    exhausted_at: datetime | None
    known_until: datetime
    """How far the projection could honestly go."""
    peak_calls: float
    peak_at: datetime


def leaving_between(
    calls_by_hour: Mapping[datetime, int], start: datetime, end: datetime
) -> float | None:
    """Calls that leave the pool between ``start`` and ``end``: those of a day before.

    Within an hour they are taken as evenly spread. None as soon as one of the hours needed is not
    in ``calls_by_hour``.
    """
    if end <= start:
        return 0.0
    left, cursor = 0.0, start - WINDOW
    stop = end - WINDOW
    while cursor < stop:
        hour = cursor.replace(minute=0, second=0, microsecond=0)
        until = min(hour + _HOUR, stop)
        if hour not in calls_by_hour:
            return None
        left += calls_by_hour[hour] * ((until - cursor) / _HOUR)
        cursor = until
    return left


def arrivals_from_movement(
    samples: Sequence[PoolSample], calls_by_hour: Mapping[datetime, int]
) -> Arrivals | None:
    """Gross arrivals from the pool's own movement plus what left it meanwhile.

    ``samples`` are oldest first. None when they span less than ten minutes, or when it is not
    known what left.
    """
    if not samples:
        return None
    newest = samples[-1]
    span = [s for s in samples if newest.sampled_at - s.sampled_at <= RATE_SPAN]
    oldest = span[0]
    elapsed = newest.sampled_at - oldest.sampled_at
    if elapsed < SHORTEST_RATE_SPAN:
        return None
    left = leaving_between(calls_by_hour, oldest.sampled_at, newest.sampled_at)
    if left is None:
        return None
    arrived = newest.used_calls - oldest.used_calls + left
    minutes = round(elapsed.total_seconds() / 60)
    return Arrivals(max(arrived, 0.0) / (elapsed / _HOUR), f"last {minutes} min")


def arrivals_beyond_logs(
    unattributed_calls: int, calls_by_hour: Mapping[datetime, int], now: datetime
) -> Arrivals | None:
    """Gross arrivals as an average: what the pool holds beyond the logs, over the time they lack.

    The newest hours are the ones without a log file, so this is close to the present rate. None
    when more than half of the last 24 hours is not logged, or less than ten minutes.
    """
    lacking = WINDOW - _logged_time(calls_by_hour, now - WINDOW, now)
    if not SHORTEST_RATE_SPAN <= lacking <= MOST_UNLOGGED or unattributed_calls < 0:
        return None
    hours = round(lacking / _HOUR)
    return Arrivals(unattributed_calls / (lacking / _HOUR), f"{hours} h not logged")


def _logged_time(
    calls_by_hour: Mapping[datetime, int], start: datetime, end: datetime
) -> timedelta:
    """How much of a span lies in hours whose log file is stored."""
    logged, hour = timedelta(), start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        if hour in calls_by_hour:
            logged += min(hour + _HOUR, end) - max(hour, start)
        hour += _HOUR
    return logged


def forecast(
    used_calls: int,
    max_calls: int,
    arrivals: Arrivals,
    calls_by_hour: Mapping[datetime, int],
    now: datetime,
    step: timedelta = timedelta(minutes=5),
) -> Forecast:
    """Project the rolling count in steps from ``now``, at most 24 hours ahead.

    The crossing of ``max_calls`` is interpolated inside its step.
    """
    level, at = float(used_calls), now
    peak, peak_at = level, now
    if level >= max_calls:
        return Forecast(now, now, level, now)
    while at < now + WINDOW:
        left = leaving_between(calls_by_hour, at, at + step)
        if left is None:
            break
        following = level + arrivals.calls_per_hour * (step / _HOUR) - left
        if following >= max_calls:
            crossing = at + step * ((max_calls - level) / (following - level))
            return Forecast(crossing, at + step, float(max_calls), crossing)
        level, at = following, at + step
        if level > peak:
            peak, peak_at = level, at
    return Forecast(None, at, peak, peak_at)


def net_calls_per_hour(samples: Sequence[PoolSample]) -> float | None:
    """Change of the rolling count itself per hour; None below ten minutes of samples."""
    if not samples:
        return None
    newest = samples[-1]
    oldest = next(s for s in samples if newest.sampled_at - s.sampled_at <= RATE_SPAN)
    elapsed = newest.sampled_at - oldest.sampled_at
    if elapsed < SHORTEST_RATE_SPAN:
        return None
    return (newest.used_calls - oldest.used_calls) / (elapsed / _HOUR)
