"""The last logins of everybody, for the columns and objects that tell of sessions.

Reads each minute of the org's last day once, and after that only the minutes that have gone by.
Bound: one login for each user, application and address.
"""

from collections.abc import Mapping

from console.simulator.life.logins import Login, Logins
from console.simulator.life.own_acts import OwnActs
from console.simulator.moments import DAY_MIN, MINUTE_MS

_Key = tuple[str, str, str]
"""User id, application and address."""


class RecentLogins:
    """The newest login of each user, application and address, as far back as a day."""

    def __init__(self, logins: Logins, own: OwnActs) -> None:
        self._logins = logins
        self._own = own
        self._newest: dict[_Key, Login] = {}
        self._addresses: dict[str, Login] = {}
        self._read_until_ms = 0

    def all(self, now_ms: int) -> Mapping[_Key, Login]:
        """The newest successful login of each, at or before ``now_ms``."""
        first = max(self._read_until_ms // MINUTE_MS, now_ms // MINUTE_MS - DAY_MIN)
        for minute in range(first, now_ms // MINUTE_MS + 1):
            start_ms = minute * MINUTE_MS
            own = self._own.logins(start_ms, start_ms + MINUTE_MS)
            for login in (*self._logins.of_minute(minute), *own):
                if not self._read_until_ms <= login.at_ms <= now_ms:
                    continue
                self._addresses[login.source_ip] = login
                if login.succeeded:
                    key = (login.user.user_id, login.application, login.source_ip)
                    self._newest[key] = login
        # The present millisecond is read again: a frozen clock may let more happen in it.
        self._read_until_ms = max(self._read_until_ms, now_ms)
        return self._newest

    def by_address(self, now_ms: int) -> Mapping[str, Login]:
        """The newest login attempt from each address, refused ones included."""
        self.all(now_ms)
        return self._addresses

    def by_user(self, now_ms: int) -> Mapping[str, Login]:
        """The newest successful login of each user, by user id."""
        newest: dict[str, Login] = {}
        for login in self.all(now_ms).values():
            known = newest.get(login.user.user_id)
            if known is None or known.at_ms < login.at_ms:
                newest[login.user.user_id] = login
        return newest
