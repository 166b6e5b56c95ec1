"""Acme without its old troubles: what every story about one incident happens in."""

from dataclasses import replace

from console.simulator.org import story_apps as apps
from console.simulator.org import story_people as people
from console.simulator.org.integration import SimIntegration
from console.simulator.org.story import OrgFacts, SimApp, SimUser
from console.simulator.org.story_acme import ACME, INTEGRATIONS
from console.simulator.scenarios.scenario import Scenario

_MOST_ERRORS = 0.008
_OLDEST_VERSION = "58.0"
_FULLEST_LIMIT = 0.55
"""Far from what a console warns of, also at its busiest."""
_GONE_APPS = (apps.HR, apps.FAX)
_GONE_USERS = (people.HR,)


def _calmed(integration: SimIntegration) -> SimIntegration:
    return replace(
        integration,
        error_rate=min(integration.error_rate, _MOST_ERRORS),
        api_version=max(integration.api_version, _OLDEST_VERSION, key=float),
    )


CALM_FACTS = replace(
    ACME,
    apps=tuple(app for app in ACME.apps if app not in _GONE_APPS),
    users=tuple(user for user in ACME.users if user not in _GONE_USERS),
    fullest_limit_share=_FULLEST_LIMIT,
)
"""Acme, rid of the feed that was never installed, of the forgotten fax gateway, and of the storage
that is nearly full."""

CALM_INTEGRATIONS = tuple(
    _calmed(integration) for integration in INTEGRATIONS if integration.app not in _GONE_APPS
)
"""Acme's integrations with few errors and without API versions that retire."""


def calm(key: str) -> SimIntegration:
    """The calm integration of that key."""
    return next(one for one in CALM_INTEGRATIONS if one.key == key)


def calm_facts_with(users: tuple[SimUser, ...] = (), app_list: tuple[SimApp, ...] = ()) -> OrgFacts:
    """The calm org with some more users and apps."""
    return replace(
        CALM_FACTS, users=(*CALM_FACTS.users, *users), apps=(*CALM_FACTS.apps, *app_list)
    )


CALM_WEEK = Scenario(
    name="calm-week",
    title="Nothing is wrong",
    description=(
        "Fifteen integrations go about their business with the variance that every week has:"
        " busy middays, quiet nights, a bad password now and then. A console that raises an alarm"
        " here cries wolf; that users have wide permissions and apps still have to move is a"
        " finding, and no alarm. All other stories about a single incident happen in this org."
    ),
    facts=CALM_FACTS,
    integrations=CALM_INTEGRATIONS,
    dead_credentials=False,
)
