"""How often each source is asked, and what that costs the org."""

from dataclasses import dataclass, replace

_DAY_S = 86_400.0
_INVENTORY_CALLS = 8
"""About as many calls as one inventory of the apps takes."""
_DOWNLOADS_A_DAY = 50
"""Two types of log file, each hour and each day."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Pauses between rounds, in seconds of the org's clock unless the name says real."""

    limits_s: float = 60.0
    log_files_s: float = 300.0
    apps_s: float = 3600.0
    users_s: float = 3600.0
    org_s: float = 86_400.0
    heartbeat_real_s: float = 5.0
    own_calls_real_s: float = 3.0
    pool_real_s: float = 1.0
    """The pool is stored from response headers at most this often."""
    ledger_real_s: float = 5.0
    """How often the stream's completeness is written down."""
    retry_base_s: float = 5.0
    retry_cap_s: float = 300.0

    def calls_per_day(self) -> float:
        """About how many API calls these intervals cost in 24 hours."""
        rounds = 1 / self.limits_s + 1 / self.log_files_s + 1 / self.users_s + 2 / self.org_s
        return _DAY_S * (rounds + _INVENTORY_CALLS / self.apps_s) + _DOWNLOADS_A_DAY


def affordable(intervals: Intervals, pool_calls: int, fraction: float) -> Intervals:
    """``intervals``, stretched alike until they cost at most ``fraction`` of the org's pool.

    The downloads themselves are not stretched: a log file is fetched once, and is the point.
    """
    budget = pool_calls * fraction - _DOWNLOADS_A_DAY
    cost = intervals.calls_per_day() - _DOWNLOADS_A_DAY
    if cost <= budget:
        return intervals
    factor = cost / max(budget, 1.0)
    return replace(
        intervals,
        limits_s=intervals.limits_s * factor,
        log_files_s=intervals.log_files_s * factor,
        apps_s=intervals.apps_s * factor,
        users_s=intervals.users_s * factor,
    )
