"""A client that reads and writes one record a call, where one composite request would do."""

from types import MappingProxyType

from console.simulator.life.traffic import Call
from console.simulator.org.integration import CallShape, LoginHabit, Rhythm, SimIntegration
from console.simulator.org.story_apps import local_app
from console.simulator.org.story_people import service_user
from console.simulator.org.story_rhythms import OFFICE
from console.simulator.scenarios.calm_week import CALM_INTEGRATIONS, calm_facts_with
from console.simulator.scenarios.planting import planted_call
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_USER = service_user("badges", "Badge Sync", "Badges_API")
_APP = local_app(
    "connected_app",
    "Badge Sync",
    "2022-09-19T08:15:00",
    (_USER,),
    "api refresh_token",
    permission_set="Badges_API",
)
_READ = CallShape(1, "REST", "GET", "/v{v}/sobjects/Contact/{id}", "Contact", records=1024)
_WRITE = CallShape(
    1, "REST", "PATCH", "/v{v}/sobjects/Contact/{id}", "Contact", success=204, records=1024
)
_BADGES = SimIntegration(
    key="badges",
    name="Badge Sync",
    kind="connected_app",
    app=_APP,
    logs_app_name=True,
    users=(_USER,),
    addresses=("203.0.113.90",),
    user_agent="badge-sync/1.4 Go-http-client/2.0",
    api_version="60.0",
    rhythm=Rhythm(5_000, OFFICE, minutes=(0, 12), weekend=0.1),
    shapes=(_READ, _WRITE),
    login=LoginHabit(every_min=110),
    error_rate=0.004,
)
_RECORDS = 1_000
_EVERY_MS = 1_300
_WRITE_AFTER_MS = 240
_COMPOSITE_SIZE = 25
"""Subrequests that one composite request carries (REST API developer guide, Composite)."""


def _plot(opening: Opening) -> Plot:
    calls: list[Call] = []
    for record in range(_RECORDS):
        at_ms = opening.begin_ms + record * _EVERY_MS + 1
        calls.append(planted_call(_BADGES, _READ, at_ms, len(calls), record))
        calls.append(planted_call(_BADGES, _WRITE, at_ms + _WRITE_AFTER_MS, len(calls), record))
    incident = Incident(
        kind="single_record_calls",
        subject=_BADGES.name,
        since_ms=opening.begin_ms,
        until_ms=calls[-1].at_ms + 1,
        must_find="Badge Sync makes two calls for each contact that composite would bundle.",
        users=(_USER.username,),
        addresses=_BADGES.addresses,
        figures=MappingProxyType(
            {
                "calls": len(calls),
                "records": _RECORDS,
                "composite_requests_instead": -(-len(calls) // _COMPOSITE_SIZE),
            }
        ),
    )
    return Plot(calls=tuple(calls), incidents=(incident,))


CHATTY_CLIENT = Scenario(
    name="chatty-client",
    title="One record a call",
    description=(
        "Badge Sync reads a contact, writes it back, and goes to the next: thousands of calls a"
        " day. The episode is one run over 1,000 contacts in 22 minutes, 2,000 calls that 80"
        " composite requests would carry."
    ),
    facts=calm_facts_with((_USER,), (_APP,)),
    integrations=(*CALM_INTEGRATIONS, _BADGES),
    dead_credentials=False,
    plot=_plot,
)
