"""A few passwords are tried on everybody, from one address."""

from types import MappingProxyType

from console.simulator.dice import mixed
from console.simulator.life.acts import AnomalyFound
from console.simulator.life.logins import SUCCESS, Desk, Login, browser_login
from console.simulator.life.org_acts import performer_of
from console.simulator.org import story_people as people
from console.simulator.org.story import SimUser
from console.simulator.scenarios.calm_week import CALM_FACTS, CALM_INTEGRATIONS
from console.simulator.scenarios.planting import off_the_edge
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_ADDRESS = "198.18.1.20"
_ROUNDS = 2
_EVERY_MS, _SPREAD_MS = 26_000, 9_000
_GUESSED = people.AGENTS[1]
"""Whose password the second round finds."""


def _targets() -> tuple[SimUser, ...]:
    spared = (people.AUTOMATED_PROCESS, people.CONSOLE)
    return tuple(user for user in CALM_FACTS.users if user.is_active and user not in spared)


def _plot(opening: Opening) -> Plot:
    targets = _targets()
    logins: list[Login] = []
    for attempt in range(_ROUNDS * len(targets)):
        user = targets[attempt % len(targets)]
        chance = mixed(opening.seed, attempt) % _SPREAD_MS
        at_ms = off_the_edge(opening.begin_ms + attempt * _EVERY_MS + chance)
        guessed = user is _GUESSED and attempt >= len(targets)
        desk = Desk(user, _ADDRESS, "Chrome 120", "Linux")
        logins.append(browser_login(desk, at_ms, SUCCESS if guessed else "Invalid password"))
    entered = next(login for login in logins if login.succeeded)
    found = AnomalyFound(
        at_ms=entered.at_ms,
        number=mixed(entered.number, 9),
        by=performer_of(entered),
        kind="credential_stuffing",
        score=1.0,
        summary="Successful login from Credential Stuffing attack.",
    )
    incident = Incident(
        kind="password_spray",
        subject=_ADDRESS,
        since_ms=logins[0].at_ms,
        until_ms=logins[-1].at_ms + 1,
        must_find=(
            f"One address tried to log in as {len(targets)} users and got in as"
            f" {_GUESSED.username}."
        ),
        users=tuple(user.username for user in targets),
        addresses=(_ADDRESS,),
        figures=MappingProxyType(
            {
                "users": len(targets),
                "failed_logins": sum(not login.succeeded for login in logins),
                "successful_logins": sum(login.succeeded for login in logins),
                "entered_as": _GUESSED.username,
            }
        ),
    )
    return Plot(logins=tuple(logins), acts=(found,), incidents=(incident,))


PASSWORD_SPRAY = Scenario(
    name="password-spray",
    title="A few passwords tried on everybody",
    description=(
        "From one address that nobody at Acme uses, every user's login is tried twice within a"
        " quarter of an hour, service accounts included. No user fails often enough to be locked."
        " The second password fits one of them."
    ),
    facts=CALM_FACTS,
    integrations=CALM_INTEGRATIONS,
    dead_credentials=False,
    plot=_plot,
)
