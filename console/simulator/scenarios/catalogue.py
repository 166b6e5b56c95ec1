"""Every story that a simulated org can play, by the name under which ``--scenario`` knows it."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from console.errors import ConfigurationError
from console.simulator.scenarios.acme import ACME
from console.simulator.scenarios.scenario import Scenario

DEFAULT = ACME.name
"""The story that plays unless another is asked for."""

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (ACME,)}
)


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
