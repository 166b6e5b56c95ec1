"""What real clients did, kept so that pool, log files and truth can tell of it.

Bounds: 250,000 requests and 50,000 logins. When more come, the oldest whole hours are forgotten
and `kept_since_ms` moves up, past the present hour if need be; log files of a forgotten hour are
withdrawn, as after a retention.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from console.simulator.dice import number_from
from console.simulator.life.client_acts import ApiRequest
from console.simulator.life.logins import Login
from console.simulator.moments import HOUR_MS, to_ms

MAX_CALLS = 250_000
MAX_LOGINS = 50_000


class OwnCall(NamedTuple):
    """A request that a real client made."""

    at_ms: int
    number: int
    """64 bits that name it."""
    session: int
    """64 bits that name the session in which it was made."""
    request: ApiRequest

    @property
    def is_streamed(self) -> bool:
        """Whether the API event stream carries it: reads that were answered."""
        return bool(self.request.operation) and self.request.status < 400


def own_call(request: ApiRequest, session: int) -> OwnCall:
    """A request as the world keeps it."""
    at_ms = to_ms(request.at)
    number = number_from("request", request.request_id, at_ms)
    return OwnCall(at_ms, number, session, request)


@dataclass(slots=True)
class _Hour:
    calls: list[OwnCall] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)


class OwnActs:
    """Requests and logins of real clients, by hour."""

    def __init__(self) -> None:
        self._hours: dict[int, _Hour] = {}
        self._calls = 0
        self._logins = 0
        self.kept_since_ms = 0
        """Everything at or after this moment is still known."""

    def add_call(self, call: OwnCall) -> None:
        """Keep a request."""
        self._hour(call.at_ms).calls.append(call)
        self._calls += 1
        self._forget_excess()

    def add_login(self, login: Login) -> None:
        """Keep a login attempt of a known user."""
        self._hour(login.at_ms).logins.append(login)
        self._logins += 1
        self._forget_excess()

    def calls(self, since_ms: int, until_ms: int) -> list[OwnCall]:
        """Requests at ``since_ms <= t < until_ms``, in order of time."""
        found = [
            call
            for hour in self._between(since_ms, until_ms)
            for call in hour.calls
            if since_ms <= call.at_ms < until_ms
        ]
        return sorted(found, key=lambda call: call.at_ms)

    def logins(self, since_ms: int, until_ms: int) -> list[Login]:
        """Login attempts at ``since_ms <= t < until_ms``, in order of time."""
        found = [
            login
            for hour in self._between(since_ms, until_ms)
            for login in hour.logins
            if since_ms <= login.at_ms < until_ms
        ]
        return sorted(found, key=lambda login: login.at_ms)

    def _hour(self, at_ms: int) -> _Hour:
        return self._hours.setdefault(at_ms // HOUR_MS, _Hour())

    def _between(self, since_ms: int, until_ms: int) -> Iterator[_Hour]:
        hours: Iterable[int] = sorted(self._hours)
        for hour in hours:
            if since_ms < (hour + 1) * HOUR_MS and hour * HOUR_MS < until_ms:
                yield self._hours[hour]

    def _forget_excess(self) -> None:
        while self._calls > MAX_CALLS or self._logins > MAX_LOGINS:
            oldest = min(self._hours)
            gone = self._hours.pop(oldest)
            self._calls -= len(gone.calls)
            self._logins -= len(gone.logins)
            self.kept_since_ms = (oldest + 1) * HOUR_MS
