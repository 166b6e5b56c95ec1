"""What may differ between two simulated orgs."""

from dataclasses import dataclass, field
from datetime import timedelta

from console.simulator.logs.app_columns import EcaLogId
from console.simulator.logs.quirks import LogQuirks
from console.simulator.org.permissions import Feature, Permission

HISTORY = timedelta(hours=24)
"""How far back an org reaches unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """What may differ between two simulated orgs."""

    seed: int = 7
    history: timedelta = HISTORY
    """How far back streamed events and hourly log files reach when the world opens. Daily files
    and logins begin with the UTC day in which that is, and with yesterday at the latest."""
    eca_log_id: EcaLogId = "888"
    """What CONNECTED_APP_ID holds for calls through an External Client App: its consumer's id,
    its own id, or nothing. Salesforce documents none of the three, so a client must bear all."""
    event_monitoring: bool = True
    """False: the free tier. No hourly files, few types, and only the logout stream."""
    log_quirks: LogQuirks = field(default_factory=LogQuirks)
    """What is odd about the log files, and how often."""
    withheld: frozenset[Permission] = frozenset()
    """Permissions that the console's user lacks; `World.access` changes them later."""
    missing_features: frozenset[Feature] = frozenset({Feature.API_ACCESS_CONTROL})
    """What the org does not have, besides Event Monitoring where that is False."""
    scenario: str = "acme"
    """Name of the story, one of `console.simulator.scenarios.catalogue.SCENARIOS`."""
    episode_at: timedelta | None = None
    """When the story's episode begins, from the opening on; negative for the past, so that log
    files of it exist already. None takes the story's own beginning."""
    scale: float = 1.0
    """How many times the usual calls the integrations make; the pool grows with it."""
