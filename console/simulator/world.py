"""The simulated org itself: one clock, one story, and everything that follows from the two.

The wire (HTTP, OAuth, SOQL, CometD) asks this class and tells it what clients did; it holds no
state of its own about the org. Nothing here does I/O, and nothing reads the time but `World.now`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from console.clock import Clock
from console.simulator import story_acme
from console.simulator.client_acts import ApiRequest, LoginAttempt
from console.simulator.log_files import SimLogFile
from console.simulator.story import OrgFacts, SimApp, SimUser
from console.simulator.stream_log import PublishedEvent
from console.simulator.tables import BigObjectRules, Field, Table

__all__ = [
    "ApiRequest",
    "BigObjectRules",
    "Field",
    "LoginAttempt",
    "OrgFacts",
    "PublishedEvent",
    "SimApp",
    "SimLogFile",
    "SimUser",
    "Table",
    "World",
    "WorldOptions",
]

EcaLogId = Literal["888", "0xI", "empty"]


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """What may differ between two simulated orgs."""

    seed: int = 7
    history: timedelta = timedelta(hours=24)
    """How far back hourly log files, streamed events and logins reach when the world opens."""
    eca_log_id: EcaLogId = "888"
    """What CONNECTED_APP_ID holds for calls through an External Client App: its consumer's id,
    its own id, or nothing. Salesforce documents none of the three, so a client must bear all."""
    event_monitoring: bool = True
    """False: the free tier. No hourly files, few types, and only the logout stream."""


class World:
    """Acme's org at the time of ``clock``."""

    def __init__(self, clock: Clock, options: WorldOptions | None = None) -> None:
        self._clock = clock
        self.options = options or WorldOptions()
        self.facts: OrgFacts = story_acme.ACME
        self.pool_max: int = self.facts.pool_max
        self.channels: tuple[str, ...] = (
            ("/event/LoginEventStream", "/event/ApiEventStream", "/event/LogoutEventStream")
            if self.options.event_monitoring
            else ("/event/LogoutEventStream",)
        )
        self._own_requests: list[ApiRequest] = []
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The org's time in UTC."""
        return self._clock.now()

    def advance(self) -> None:
        """Bring the world to the clock's time: publish events, release log files."""

    def pool_used(self, at: datetime | None = None) -> int:
        """Calls that count against the API pool in the 24 hours up to ``at``, default now."""
        until = at or self.now()
        since = until - timedelta(hours=24)
        return sum(1 for r in self._own_requests if r.counted and since < r.at <= until)

    def limits(self, at: datetime | None = None) -> dict[str, tuple[int, int]]:
        """Every limit as (Max, Remaining), as ``/limits`` names them."""
        return {"DailyApiRequests": (self.pool_max, self.pool_max - self.pool_used(at))}

    def add_request(self, request: ApiRequest) -> None:
        """Record a request that a client just made."""
        self._own_requests.append(request)

    def add_login(self, login: LoginAttempt) -> None:
        """Record a request to the token endpoint."""

    def user_by_username(self, username: str) -> SimUser | None:
        """The user of that login name, whatever its case."""
        wanted = username.lower()
        return next((u for u in self.facts.users if u.username.lower() == wanted), None)

    def app_by_consumer_key(self, key: str) -> SimApp | None:
        """The app of that consumer key; the External Client App where a connected app was moved."""
        found = [app for app in self.facts.apps if app.consumer_key == key]
        return next(
            (app for app in found if app.kind == "external_client_app"), found[0] if found else None
        )

    def subscribe_listener(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called after events were published; returns how to stop that."""
        self._listeners.append(wake)
        return lambda: self._listeners.remove(wake)

    def events_after(self, channel: str, replay_id: int, limit: int) -> list[PublishedEvent]:
        """At most ``limit`` retained events of a channel with a greater replay id, in order."""
        return []

    def oldest_replay_id(self, channel: str) -> int | None:
        """The first replay id that a channel still retains; None when it retains nothing."""
        return None

    def newest_replay_id(self, channel: str) -> int | None:
        """The last replay id published on a channel; None when it retains nothing."""
        return None

    def log_files(self) -> list[SimLogFile]:
        """The EventLogFile records that exist now, oldest creation first."""
        return []

    def log_file_body(self, file_id: str) -> Iterator[bytes] | None:
        """A log file's CSV in chunks, the same bytes every time; None for an unknown id."""
        return None

    def table(self, sobject: str, tooling: bool = False) -> Table | None:
        """What SOQL sees under that name (any case); None for an unknown or unavailable type."""
        return None

    def truth(self, since: datetime, until: datetime) -> dict[str, object]:
        """What really happened in (since, until], as JSON-able values."""
        return {"pool_used": self.pool_used(), "pool_max": self.pool_max}
