"""How often each source is asked, and which waits first when the org's pool is small."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

DAY_S = 86_400.0
DOWNLOADS_A_DAY = 50
"""Two types of log file, each hour and each day. They are not stretched: a log file is fetched
once, and is the point."""
_LONGEST_S = 7 * DAY_S
"""However small the pool is, each source is asked once a week."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Pauses between rounds, in seconds of the org's clock unless the name says real."""

    limits_s: float = 60.0
    log_files_s: float = 300.0
    apps_s: float = 3600.0
    users_s: float = 3600.0
    org_s: float = 86_400.0
    permissions_s: float = 86_400.0
    access_s: float = 21_600.0
    heartbeat_real_s: float = 5.0
    own_calls_real_s: float = 0.2
    """The own calls are stored at most this often, and each as soon as it was made."""
    pool_real_s: float = 1.0
    """The pool is stored from response headers at most this often."""
    ledger_real_s: float = 5.0
    """How often the stream's completeness is written down."""
    retry_base_s: float = 5.0
    retry_cap_s: float = 300.0

    def calls_per_day(self) -> float:
        """About how many API calls these intervals cost in 24 hours, downloads included."""
        return DOWNLOADS_A_DAY + sum(source.calls_per_day(self) for source in SOURCES)


@dataclass(frozen=True, slots=True)
class PacedSource:
    """A source that is asked in rounds, and how far its pause may grow before another's does."""

    name: str
    """The name of its task."""
    pause: str
    """The name of its pause in `Intervals`."""
    calls_per_round: float
    """About how many API calls one round costs."""
    longest_s: float
    """Its pause when the budget is tight; beyond it, all sources wait longer alike."""

    def interval_s(self, intervals: Intervals) -> float:
        """Its pause in ``intervals``."""
        return float(getattr(intervals, self.pause))

    def calls_per_day(self, intervals: Intervals) -> float:
        """What its rounds cost in 24 hours."""
        return DAY_S / self.interval_s(intervals) * self.calls_per_round


SOURCES = (
    PacedSource("access", "access_s", 14, DAY_S),
    PacedSource("permissions", "permissions_s", 14, 2 * DAY_S),
    PacedSource("users", "users_s", 5, DAY_S),
    PacedSource("apps", "apps_s", 8, DAY_S / 6),
    PacedSource("org", "org_s", 1, DAY_S),
    PacedSource("limits", "limits_s", 1, 900.0),
    PacedSource("log files", "log_files_s", 1, 1_800.0),
)
"""The least valuable first: names change seldom; log files are what the rest rests on, and every
answer's header tells the pool beside ``/limits``."""


def affordable(intervals: Intervals, calls_per_day: float) -> Intervals:
    """``intervals``, stretched until all rounds and downloads cost at most ``calls_per_day``.

    The least valuable source waits longer first, the most valuable last. When all have reached
    their longest pause and it is still too much, all wait longer alike, up to a week.
    """
    paced = intervals
    for source in SOURCES:
        excess = paced.calls_per_day() - calls_per_day
        if excess <= 0:
            return paced
        longest_s = max(source.longest_s, source.interval_s(paced))
        least = DAY_S / longest_s * source.calls_per_round
        calls = max(source.calls_per_day(paced) - excess, least)
        paced = _with_pause(paced, source, DAY_S * source.calls_per_round / calls)
    rounds = paced.calls_per_day() - DOWNLOADS_A_DAY
    factor = rounds / max(calls_per_day - DOWNLOADS_A_DAY, 1.0)
    return paced if factor <= 1 else _stretched(paced, SOURCES, factor)


def slowed(wished: Intervals, paced: Intervals) -> tuple[str, ...]:
    """The sources that wait longer in ``paced`` than in ``wished``, the most valuable first."""
    return tuple(
        source.name
        for source in reversed(SOURCES)
        if source.interval_s(paced) > source.interval_s(wished) * 1.01
    )


def _stretched(intervals: Intervals, sources: Sequence[PacedSource], factor: float) -> Intervals:
    for source in sources:
        pause_s = source.interval_s(intervals)
        longest_s = max(_LONGEST_S, pause_s)
        intervals = _with_pause(intervals, source, min(pause_s * factor, longest_s))
    return intervals


def _with_pause(intervals: Intervals, source: PacedSource, pause_s: float) -> Intervals:
    pauses: dict[str, float] = {source.pause: pause_s}
    return replace(intervals, **pauses)
