"""Every story that a simulated org can play, by the name under which ``--scenario`` knows it."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from console.errors import ConfigurationError
from console.simulator.scenarios.acme import ACME
from console.simulator.scenarios.calm_week import CALM_WEEK
from console.simulator.scenarios.chatty_client import CHATTY_CLIENT
from console.simulator.scenarios.dormant_app import DORMANT_APP
from console.simulator.scenarios.migration import MIGRATION
from console.simulator.scenarios.missing_permissions import MISSING_PERMISSIONS
from console.simulator.scenarios.no_event_monitoring import NO_EVENT_MONITORING
from console.simulator.scenarios.off_hours import OFF_HOURS
from console.simulator.scenarios.password_spray import PASSWORD_SPRAY
from console.simulator.scenarios.rest_loads import REST_LOADS
from console.simulator.scenarios.retry_storm import RETRY_STORM
from console.simulator.scenarios.runaway_etl import RUNAWAY_ETL
from console.simulator.scenarios.scenario import Scenario
from console.simulator.scenarios.stolen_token import STOLEN_TOKEN
from console.simulator.scenarios.vip_failed_logins import VIP_FAILED_LOGINS

DEFAULT = ACME.name
"""The story that plays unless another is asked for."""

_ALL = (
    ACME,
    CALM_WEEK,
    RUNAWAY_ETL,
    RETRY_STORM,
    CHATTY_CLIENT,
    REST_LOADS,
    VIP_FAILED_LOGINS,
    PASSWORD_SPRAY,
    STOLEN_TOKEN,
    DORMANT_APP,
    OFF_HOURS,
    MIGRATION,
    NO_EVENT_MONITORING,
    MISSING_PERMISSIONS,
)
SCENARIOS: Mapping[str, Scenario] = MappingProxyType({each.name: each for each in _ALL})


def scenario_named(name: str) -> Scenario:
    """The story of that name; raises ConfigurationError that names the nearest."""
    found = SCENARIOS.get(name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, SCENARIOS, n=1, cutoff=0.3)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise ConfigurationError(
        f"There is no scenario {name}",
        "A simulated org plays one of the stories that it knows.",
        f"{hint}Known: {', '.join(SCENARIOS)}.",
    )
