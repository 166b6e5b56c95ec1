"""An integration: somebody's program that calls the org in a rhythm of its own."""

from dataclasses import dataclass
from typing import Literal

from console.simulator.org.story import SimApp, SimUser

TrueKind = Literal["external_client_app", "connected_app", "client", "user", "unresolved"]
"""What an integration is: ``unresolved`` calls through an app that the org does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class CallShape:
    """One kind of call that an integration makes. Equal only to itself."""

    weight: int
    """Relative frequency among the integration's shapes."""
    family: str
    """``REST``, ``SOAP``, ``Bulk`` or ``ApexREST``."""
    method: str
    resource: str
    """As ApiTotalUsage has it; ``{v}`` stands for the API version, ``{id}`` for a record id."""
    entity: str = ""
    read: str = ""
    """``Query``, ``QueryMore`` for a read that the API event stream carries."""
    query: str = ""
    rows: tuple[int, int] = (0, 0)
    """Fewest and most rows that it reads or writes, where that is known."""
    success: int = 200
    """The status of its answer unless the integration's error rate strikes."""
    records: int = 16
    """How many different records ``{id}`` stands for, at most 1,024."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When an integration calls, in UTC."""

    calls_per_day: int
    """On an ordinary weekday."""
    hours: tuple[int, ...]
    """24 relative weights."""
    minutes: tuple[int, int] = (0, 60)
    """The part of each hour in which it calls: first minute, and the first no longer in it."""
    weekend: float = 1.0
    """Share of the weekday's calls made on Saturdays and Sundays."""

    def per_minute(self, weekend: bool) -> tuple[float, ...]:
        """Expected calls in each of a day's 1,440 minutes."""
        first, end = self.minutes
        a_day = self.calls_per_day * (self.weekend if weekend else 1.0)
        unit = a_day / (sum(self.hours) * (end - first))
        return tuple(
            self.hours[minute // 60] * unit if first <= minute % 60 < end else 0.0
            for minute in range(1440)
        )


@dataclass(frozen=True, slots=True)
class LoginHabit:
    """How an integration gets its sessions."""

    every_min: int
    """Minutes between two logins of one user."""
    login_type: str = "Remote Access 2.0"
    sub_type: str | None = None
    """Label as in LoginHistory; Salesforce documents none for the JWT bearer flow."""
    api_type: str = "N/A"
    application: str | None = None
    """LoginHistory's Application where it is not the app's name; ``N/A`` for SOAP."""
    is_api_call: bool = False
    """True for SOAP ``login()``, which is itself a call that counts."""


@dataclass(frozen=True, slots=True, eq=False)
class SimIntegration:
    """Who calls, through what, from where, how often, and what it calls. Equal only to itself."""

    key: str
    """Unique; seeds the integration's chances."""
    name: str
    kind: TrueKind
    users: tuple[SimUser, ...]
    addresses: tuple[str, ...]
    api_version: str
    rhythm: Rhythm
    shapes: tuple[CallShape, ...]
    login: LoginHabit
    app: SimApp | None = None
    logs_app_name: bool = False
    """Whether CONNECTED_APP_NAME is filled; in real orgs it is not always."""
    client_name: str = ""
    user_agent: str = ""
    counts: bool = True
    """Whether its calls use up the pool; those of Salesforce's mobile app do not."""
    error_rate: float = 0.01
    error_statuses: tuple[int, ...] = (400, 404, 500, 503)
    soap_type: str = "P"
    """API_TYPE of its SOAP calls: ``P`` partner, ``E`` enterprise WSDL."""
    episode_only: bool = False
    """It exists for a scenario's episode only: no rhythm, every call and login planted, and one
    session for each of its users."""
    borrows_from: "SimIntegration | None" = None
    """The integration whose sessions it uses without logging in: a token taken from there. Its
    users are the same."""

    @property
    def logs_in_by_itself(self) -> bool:
        """Whether it asks for new sessions in the rhythm of its login habit."""
        return not self.episode_only and self.borrows_from is None


@dataclass(frozen=True, slots=True)
class RhythmChange:
    """For some whole minutes an integration keeps to another rhythm."""

    integration: SimIntegration
    first_minute: int
    """Since 1970."""
    end_minute: int
    """The first minute that is as usual again."""
    factor: float = 1.0
    """What each minute's expected calls are multiplied by."""
    extra_per_minute: float = 0.0
    """Expected calls on top of that, whatever the hour."""

    @property
    def is_silence(self) -> bool:
        """Whether the integration neither calls nor logs in."""
        return not self.factor and not self.extra_per_minute

    def covers(self, minute: int) -> bool:
        """Whether that minute since 1970 is changed."""
        return self.first_minute <= minute < self.end_minute


def is_silenced(
    changes: tuple[RhythmChange, ...], integration: SimIntegration, minute: int
) -> bool:
    """Whether one of the changes silences the integration in that minute."""
    return any(
        change.integration is integration and change.is_silence and change.covers(minute)
        for change in changes
    )
