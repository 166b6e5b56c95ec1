"""How far each limit is used, how fast the API pool fills, and when it runs dry at this rate."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.analysis.pool_forecast import (
    Arrivals,
    Forecast,
    arrivals_beyond_logs,
    arrivals_from_movement,
    forecast,
    net_calls_per_hour,
)
from console.analysis.severity import severity_of
from console.answers.coverage import LIMIT_SOURCES, USAGE_SOURCES, Completeness, completeness_of
from console.answers.moment import POOL_WINDOW, Moment
from store import console_state, coverage, limit_samples, usage
from store.records import CoverageState, LimitSample, PoolSample

POOL_LIMIT = "DailyApiRequests"
"""The key of ``/limits`` that is the rolling 24-hour API pool."""
_HISTORY_POINTS = 288
_TREND_POINTS = 48
_LIMITS_DELAY = timedelta(minutes=5)
"""How far ``/limits`` may lag behind (REST API Developer Guide, "Limits": accurate within it)."""
_ROUGH_FROM = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """The rolling 24-hour API pool."""

    used_calls: int | None
    max_calls: int | None
    used_fraction: float | None
    calls_per_hour: float | None
    """Gross arrivals over the recent past, from pool movement; None when too little is known."""
    net_calls_per_hour: float | None
    """Change of the rolling count itself; negative while it empties."""
    exhausted_at: datetime | None
    """When the count reaches the limit at the net rate; None when it does not, or is not known."""
    forecast: str
    """One plain sentence: ``dry in 3 h 10 min at this rate`` or why nothing can be said."""
    severity: str
    """``ok``, ``warning``, ``critical``, ``exceeded`` or ``unknown``."""
    source: str | None
    """``header`` (live) or ``limits`` (up to five minutes late)."""
    sampled_at: datetime | None
    history: tuple[tuple[datetime, int], ...]
    """(time, used calls), oldest first, at most 1,440 points."""


@dataclass(frozen=True, slots=True)
class LimitAnswer:
    """One limit of ``/limits``."""

    name: str
    used: int | None
    max_value: int | None
    used_fraction: float | None
    """May exceed 1; None when the maximum is 0 or nothing is known."""
    severity: str
    sampled_at: datetime | None
    trend: tuple[float, ...]
    """Used fraction over the window, oldest first, at most 48 points."""


@dataclass(frozen=True, slots=True)
class OwnCallsAnswer:
    """What the console itself costs."""

    last_24h: int
    budget: int | None
    """Calls per 24 hours that orgwatch allows itself: one percent of the pool by default."""
    by_purpose: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class LimitsAnswer:
    """The limits screen and ``orgwatch limits``."""

    as_of: datetime
    pool: PoolAnswer
    limits: tuple[LimitAnswer, ...]
    """Most endangered first."""
    own_calls: OwnCallsAnswer
    completeness: Completeness


def answer_limits(
    connection: sqlite3.Connection, moment: Moment, own_fraction: float = 0.01
) -> LimitsAnswer:
    """Limits, pool and own calls as of ``moment``; ``own_fraction`` is the console's own budget."""
    samples = limit_samples.latest_limits(connection, moment.as_of)
    trends = limit_samples.limit_trends(connection, moment.since, moment.until, _TREND_POINTS)
    pool = _pool(connection, moment, samples)
    return LimitsAnswer(
        as_of=moment.as_of,
        pool=pool,
        limits=tuple(
            sorted(
                (_limit(sample, trends.get(sample.name, ()), pool) for sample in samples),
                key=lambda limit: (-(limit.used_fraction or -1.0), limit.name),
            )
        ),
        own_calls=answer_own_calls(connection, moment, pool.max_calls, own_fraction),
        completeness=completeness_of(connection, moment, LIMIT_SOURCES),
    )


def answer_own_calls(
    connection: sqlite3.Connection, moment: Moment, max_calls: int | None, own_fraction: float
) -> OwnCallsAnswer:
    """What the console cost the pool in the 24 hours before ``moment``."""
    by_purpose = console_state.own_calls(connection, moment.as_of - POOL_WINDOW, moment.as_of)
    return OwnCallsAnswer(
        last_24h=sum(calls for _, calls in by_purpose),
        budget=None if max_calls is None else int(max_calls * own_fraction),
        by_purpose=tuple(by_purpose),
    )


def logged_calls_by_hour(connection: sqlite3.Connection, as_of: datetime) -> dict[datetime, int]:
    """Counted calls per clock hour, for the hours of the last 26 whose log file is stored."""
    since = (as_of - timedelta(hours=26)).replace(minute=0, second=0, microsecond=0)
    calls = {
        row.hour: 0
        for row in coverage.hours(connection, since, as_of)
        if row.source in USAGE_SOURCES and row.state is CoverageState.COMPLETE
    }
    for slot in usage.usage_by_hour(connection, since, as_of):
        if slot.start in calls:
            calls[slot.start] += slot.counted_calls
    return calls


def _limit(sample: LimitSample, trend: tuple[float, ...], pool: PoolAnswer) -> LimitAnswer:
    """One limit; that of the pool with the pool's own figure, which ``/limits`` tells later."""
    if sample.name == POOL_LIMIT and pool.used_calls is not None and pool.max_calls is not None:
        sample = replace(
            sample,
            remaining=pool.max_calls - pool.used_calls,
            max_value=pool.max_calls,
            sampled_at=pool.sampled_at or sample.sampled_at,
        )
    fraction = sample.used / sample.max_value if sample.max_value > 0 else None
    return LimitAnswer(
        name=sample.name,
        used=sample.used,
        max_value=sample.max_value,
        used_fraction=fraction,
        severity=severity_of(fraction),
        sampled_at=sample.sampled_at,
        trend=trend,
    )


def _newest_pool(
    header: PoolSample | None, samples: tuple[LimitSample, ...]
) -> tuple[PoolSample | None, str | None]:
    """The live figure from a header, unless even the slower one of ``/limits`` is newer."""
    listed = next((sample for sample in samples if sample.name == POOL_LIMIT), None)
    if header is not None and (
        listed is None or header.sampled_at + _LIMITS_DELAY >= listed.sampled_at
    ):
        return header, "header"
    if listed is not None:
        return PoolSample(listed.used, listed.max_value, listed.sampled_at), "limits"
    return None, None


def _pool(
    connection: sqlite3.Connection, moment: Moment, samples: tuple[LimitSample, ...]
) -> PoolAnswer:
    header = limit_samples.latest_pool(connection, moment.as_of)
    sample, source = _newest_pool(header, samples)
    history = limit_samples.pool_history(connection, moment.since, moment.until, _HISTORY_POINTS)
    if sample is None:
        return PoolAnswer(
            None, None, None, None, None, None, "nothing is known of the API pool yet",
            "unknown", None, None, (),
        )  # fmt: skip
    calls_by_hour = logged_calls_by_hour(connection, moment.as_of)
    arrivals = _arrivals(connection, moment, sample, history, calls_by_hour)
    projected = (
        forecast(sample.used_calls, sample.max_calls, arrivals, calls_by_hour, sample.sampled_at)
        if arrivals
        else None
    )
    fraction = sample.used_calls / sample.max_calls if sample.max_calls > 0 else None
    return PoolAnswer(
        used_calls=sample.used_calls,
        max_calls=sample.max_calls,
        used_fraction=fraction,
        calls_per_hour=arrivals.calls_per_hour if arrivals else None,
        net_calls_per_hour=net_calls_per_hour(history),
        exhausted_at=projected.exhausted_at if projected else None,
        forecast=_sentence(sample, arrivals, projected),
        severity=severity_of(fraction),
        source=source,
        sampled_at=sample.sampled_at,
        history=tuple((point.sampled_at, point.used_calls) for point in history),
    )


def _arrivals(
    connection: sqlite3.Connection,
    moment: Moment,
    sample: PoolSample,
    history: tuple[PoolSample, ...],
    calls_by_hour: Mapping[datetime, int],
) -> Arrivals | None:
    measured = arrivals_from_movement(history, calls_by_hour)
    if measured is not None:
        return measured
    window_start = sample.sampled_at - POOL_WINDOW
    logged = sum(
        row.counted_calls for row in usage.usage(connection, window_start, sample.sampled_at)
    )
    return arrivals_beyond_logs(sample.used_calls - logged, calls_by_hour, sample.sampled_at)


def _sentence(sample: PoolSample, arrivals: Arrivals | None, projected: Forecast | None) -> str:
    if sample.used_calls >= sample.max_calls > 0:
        return "the pool is used up"
    if arrivals is None or projected is None:
        return "no forecast yet: it needs ten minutes of readings, or the last day's logs"
    basis = f"{arrivals.calls_per_hour:,.0f} calls/h ({arrivals.basis})"
    if projected.exhausted_at is not None:
        left = projected.exhausted_at - sample.sampled_at
        return f"dry in {_duration(left)} at {basis}"
    ahead = projected.known_until - sample.sampled_at
    if ahead < timedelta(minutes=30):
        return f"{basis}; no forecast: what leaves the window next is not logged"
    peak = projected.peak_calls / sample.max_calls if sample.max_calls else 0.0
    return (
        f"not dry within {_rough(ahead)} at {basis}; "
        f"peak {peak * 100:.0f} % at {projected.peak_at:%H:%M}"
    )


def _rough(span: timedelta) -> str:
    """How far a forecast reaches: to the minute would say more than it knows."""
    return f"{span // timedelta(hours=1)} h" if span >= _ROUGH_FROM else _duration(span)


def _duration(span: timedelta) -> str:
    minutes = max(round(span.total_seconds() / 60), 0)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
