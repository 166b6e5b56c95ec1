"""Acme: Enterprise Edition, 15 licences, 115,000 API calls in any 24 hours."""

from datetime import UTC, datetime

from console.simulator.ids import long_id
from console.simulator.org import story_apps, story_people
from console.simulator.org.story import OrgFacts
from console.simulator.org.story_integrations import NAMED
from console.simulator.org.story_nameless import NAMELESS

ACME = OrgFacts(
    org_id=long_id("00DHs0000000AcM"),
    name="Acme",
    edition="Enterprise Edition",
    instance="DEU42",
    licences=story_people.FULL_LICENCES,
    created_at=datetime(2012, 4, 17, 9, 26, 11, tzinfo=UTC),
    users=story_people.PEOPLE,
    apps=story_apps.APPS,
    console_app=story_apps.CONSOLE_ECA,
    console_user=story_people.CONSOLE,
)

INTEGRATIONS = NAMED + NAMELESS
"""Everybody who calls by a program, orgwatch itself excepted: its calls are real."""
