"""What a story is: an org, what is planted in it and when, and what a console must find there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from console.simulator.life.acts import OrgAct
from console.simulator.life.logins import DESKS, Desk, Login
from console.simulator.life.traffic import Call
from console.simulator.moments import iso_ms
from console.simulator.org import story_acme
from console.simulator.org.integration import RhythmChange, SimIntegration
from console.simulator.org.story import OrgFacts

USUAL_BEGIN = timedelta(minutes=10)
"""How long after the org's opening an episode begins unless somebody asks otherwise."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One planted thing that a console must find, with the figures that it must find."""

    kind: str
    """What it is, in snake_case: ``retry_storm``."""
    subject: str
    """The integration's name, else the username that it is about."""
    since_ms: int
    until_ms: int
    """First moment after the last act."""
    must_find: str
    """A sentence: what a person who looks at the org should be told."""
    users: tuple[str, ...] = ()
    """Usernames."""
    addresses: tuple[str, ...] = ()
    figures: Mapping[str, int | float | str] = field(default_factory=lambda: MappingProxyType({}))
    """Exact numbers of this run, by names that explain themselves."""

    def as_document(self) -> dict[str, object]:
        """The incident as truth tells it."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "since": iso_ms(self.since_ms),
            "until": iso_ms(self.until_ms),
            "must_find": self.must_find,
            "users": list(self.users),
            "addresses": list(self.addresses),
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """What an episode is planted into."""

    seed: int
    opened_ms: int
    """The org's time at its start."""
    begin_ms: int
    """When the episode begins, a whole minute; before ``opened_ms`` where asked for."""
    scale: float = 1.0
    """How many times their usual calls the integrations make."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that is planted: exact acts, changed rhythms, and what they amount to.

    Planted calls belong to integrations of the scenario; those that exist for the episode only
    have a rhythm of no calls.
    """

    changes: tuple[RhythmChange, ...] = ()
    calls: tuple[Call, ...] = ()
    logins: tuple[Login, ...] = ()
    acts: tuple[OrgAct, ...] = ()
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class PermissionStep:
    """A permission that orgwatch's user loses."""

    after: timedelta
    """How long after the episode's beginning."""
    permission: str
    """API name, as in `console.simulator.org.permissions`: ``ViewEventLogFiles``."""


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """A trouble that begins by itself."""

    after: timedelta
    """How long after the episode's beginning."""
    document: Mapping[str, object]
    """As ``POST /__sim__/faults`` takes it."""


@dataclass(frozen=True, slots=True)
class AppStanding:
    """Where one app stands on the way to an External Client App."""

    app: str
    """Name of the connected app, or of the External Client App where there is only that."""
    state: int
    """0 to 9, the row of the rubric of states."""
    title: str
    blocked_from_simple_move: bool = False
    """The rubric's 3b."""
    counterpart: str | None = None
    """Developer name of the External Client App."""
    match: str | None = None
    """What shows the pair to be one: ``consumer_key`` or ``name``."""
    blockers: tuple[str, ...] = ()

    def as_document(self) -> dict[str, object]:
        """The app's standing as truth tells it."""
        return {
            "app": self.app,
            "state": self.state,
            "title": self.title,
            "blocked_from_simple_move": self.blocked_from_simple_move,
            "counterpart": self.counterpart,
            "match": self.match,
            "blockers": list(self.blockers),
        }


def nothing(opening: Opening) -> Plot:
    """The plot of an org in which nothing particular happens."""
    del opening
    return Plot()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story of a simulated org."""

    name: str
    """As ``--scenario`` takes it, in kebab-case."""
    title: str
    """A few words for a list."""
    description: str
    """Two to five sentences for a person who chooses."""
    facts: OrgFacts = story_acme.ACME
    integrations: tuple[SimIntegration, ...] = story_acme.INTEGRATIONS
    """Everybody who calls by a program, those who exist for the episode only among them."""
    desks: tuple[Desk, ...] = DESKS
    """The workplaces of people."""
    dead_credentials: bool = True
    """Whether a fax gateway and a handheld keep knocking with credentials that died long ago."""
    plot: Callable[[Opening], Plot] = nothing
    """Plants the episode. The same opening gives the same plot."""
    begins: timedelta = USUAL_BEGIN
    """When the episode begins, from the org's opening on; negative for the past."""
    event_monitoring: bool = True
    """Whether the org has bought Event Monitoring."""
    permission_steps: tuple[PermissionStep, ...] = ()
    faults: tuple[ScriptedFault, ...] = ()
    standings: tuple[AppStanding, ...] = ()
    """Where each app stands, for stories about migration."""
