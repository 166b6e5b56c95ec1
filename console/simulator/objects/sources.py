"""What the tables of an org's objects are worked out from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from console.simulator.life.org_acts import OrgActs
from console.simulator.life.recent_logins import RecentLogins
from console.simulator.objects.tables import Table
from console.simulator.org.access import Access
from console.simulator.org.story import OrgFacts, SimApp

LastUsed = Callable[[SimApp, str], datetime | None]
"""When a user, by username, last got a token through an app."""


@dataclass(frozen=True, slots=True)
class OrgSources:
    """One org's facts, and what it is asked for while rows are read."""

    facts: OrgFacts
    seed: int
    now: Callable[[], datetime]
    access: Access
    last_used: LastUsed
    recent_logins: RecentLogins
    acts: OrgActs
    since: datetime
    """How far back acts and logins are told."""
    tables: Callable[[bool], Iterable[Table]]
    """Every table of the org, those of the Tooling API for True."""
