"""How far each limit is used, how fast the API pool fills, and when it runs dry at this rate."""

from dataclasses import dataclass
from datetime import datetime

from console.answers.coverage import Completeness


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
