"""Sums of login attempts, hour by hour."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from console.simulator.life.logins import Login, Logins
from console.simulator.moments import HOUR_MS, MINUTE_MS

_KEPT_HOURS = 31 * 24
_Kind = tuple[str, str, str, str]
"""Username, application, source address, status."""


class LoginTallies:
    """Tallies of generated logins.

    Memory: one number for each kind of login in each hour of the last 31 days asked about.
    """

    def __init__(self, logins: Logins) -> None:
        self._logins = logins
        self._hour = lru_cache(maxsize=_KEPT_HOURS)(self._sum_hour)

    def told(self, since_ms: int, until_ms: int, own: Iterable[Login]) -> dict[str, object]:
        """Attempts at ``since_ms <= t < until_ms`` as truth tells them, real clients' included."""
        kinds = Counter(map(_kind, own))
        for hour in range(since_ms // HOUR_MS, -(-until_ms // HOUR_MS)):
            first_ms, end_ms = max(since_ms, hour * HOUR_MS), min(until_ms, (hour + 1) * HOUR_MS)
            whole = end_ms - first_ms == HOUR_MS
            kinds.update(self._hour(hour) if whole else self._sum(first_ms, end_ms))
        return {
            "total": kinds.total(),
            "failed": sum(count for kind, count in kinds.items() if kind[3] != "Success"),
            "by_application": _by(kinds, 1),
            "by_user": _by(kinds, 0),
            "by_address": _by(kinds, 2),
            "by_status": _by(kinds, 3),
        }

    def _sum_hour(self, hour: int) -> Counter[_Kind]:
        return self._sum(hour * HOUR_MS, (hour + 1) * HOUR_MS)

    def _sum(self, first_ms: int, end_ms: int) -> Counter[_Kind]:
        minutes = range(first_ms // MINUTE_MS, -(-end_ms // MINUTE_MS))
        return Counter(
            _kind(login)
            for minute in minutes
            for login in self._logins.of_minute(minute)
            if first_ms <= login.at_ms < end_ms
        )


def _kind(login: Login) -> _Kind:
    return login.user.username, login.application, login.source_ip, login.status


def _by(kinds: Counter[_Kind], part: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for kind, count in kinds.items():
        sums[kind[part]] += count
    return dict(sorted(sums.items()))
