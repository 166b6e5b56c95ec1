"""Somebody guesses at the password of a person whom it would hurt to lose."""

from types import MappingProxyType

from console.simulator.life.logins import DESKS, Desk, browser_login
from console.simulator.org.story_people import STANDARD_PROFILE, org_user
from console.simulator.scenarios.calm_week import CALM_INTEGRATIONS, calm_facts_with
from console.simulator.scenarios.planting import off_the_edge
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

VIP = org_user("helena.voss@acme.example", "Helena Voss (CFO)", STANDARD_PROFILE)
_OWN_DESK = Desk(VIP, "192.0.2.9", "Safari 26", "Mac OSX")
_ELSEWHERE = Desk(VIP, "198.18.2.9", "Chrome 139", "Windows 10")
_OFFSETS_MS = (1_200, 32_400, 68_900, 113_050, 159_700)


def _plot(opening: Opening) -> Plot:
    logins = tuple(
        browser_login(_ELSEWHERE, off_the_edge(opening.begin_ms + offset_ms), "Invalid password")
        for offset_ms in _OFFSETS_MS
    )
    incident = Incident(
        kind="failed_logins",
        subject=VIP.username,
        since_ms=logins[0].at_ms,
        until_ms=logins[-1].at_ms + 1,
        must_find="Five logins of the CFO failed within three minutes, from a network new to her.",
        users=(VIP.username,),
        addresses=(_ELSEWHERE.address,),
        figures=MappingProxyType(
            {
                "failed_logins": len(logins),
                "successful_logins": 0,
                "span_ms": logins[-1].at_ms - logins[0].at_ms,
            }
        ),
    )
    return Plot(logins=logins, incidents=(incident,))


VIP_FAILED_LOGINS = Scenario(
    name="vip-failed-logins",
    title="Five failed logins of the CFO",
    description=(
        "Helena Voss, the CFO, logs in every morning from her desk. Then five logins with her user"
        " name fail within three minutes, from a hotel's network and with another browser. None"
        " gets in. helena.voss@acme.example belongs on the list of very important persons."
    ),
    facts=calm_facts_with((VIP,)),
    integrations=CALM_INTEGRATIONS,
    desks=(*DESKS, _OWN_DESK),
    dead_credentials=False,
    plot=_plot,
)
