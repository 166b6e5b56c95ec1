"""The org's guard against login storms: 3,600 login requests an hour for each user.

Source: Salesforce help 000381578, "Login rate exceeded".
"""

from collections import deque
from datetime import datetime, timedelta

LOGINS_PER_HOUR = 3_600
MAX_USERS = 1_000

_HOUR = timedelta(hours=1)


class LoginBudget:
    """Login requests of the last hour, by username."""

    def __init__(self, logins_per_hour: int = LOGINS_PER_HOUR) -> None:
        self._per_hour = logins_per_hour
        self._requests: dict[str, deque[datetime]] = {}

    def spend(self, username: str, now: datetime) -> bool:
        """Count one login request; False when the hour's budget is used up."""
        name = username.lower()
        if name not in self._requests and len(self._requests) >= MAX_USERS:
            del self._requests[next(iter(self._requests))]
        requests = self._requests.setdefault(name, deque())
        while requests and requests[0] <= now - _HOUR:
            requests.popleft()
        if len(requests) >= self._per_hour:
            return False
        requests.append(now)
        return True
