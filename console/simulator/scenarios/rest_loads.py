"""Loads of many thousand records through REST that belong on the Bulk API."""

from types import MappingProxyType

from console.simulator.life.logins import planted_program_login
from console.simulator.life.traffic import Call
from console.simulator.moments import MINUTE_MS
from console.simulator.org.integration import CallShape, LoginHabit, SimIntegration
from console.simulator.org.story_apps import local_app
from console.simulator.org.story_people import service_user
from console.simulator.scenarios.calm_week import CALM_INTEGRATIONS, calm_facts_with
from console.simulator.scenarios.planting import NO_RHYTHM, planted_call
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_USER = service_user("leads", "Lead Import", "Leads_API")
_APP = local_app(
    "connected_app",
    "Lead Import",
    "2024-05-06T13:30:00",
    (_USER,),
    "api refresh_token",
    permission_set="Leads_API",
)
_PAGE = 2_000
_SOQL = "SELECT Id, Email, Company FROM Lead"
_CREATE = CallShape(1, "REST", "POST", "/v{v}/sobjects/Lead", "Lead", rows=(1, 1), success=201)
_COLLECTION = CallShape(
    1, "REST", "POST", "/v{v}/composite/sobjects", "Lead", rows=(200, 200), success=200
)
_QUERY = CallShape(1, "REST", "GET", "/v{v}/query", "Lead", "Query", _SOQL, rows=(_PAGE, _PAGE))
_NEXT_PAGE = CallShape(
    1, "REST", "GET", "/v{v}/query/{id}", "Lead", "QueryMore", _SOQL, rows=(_PAGE, _PAGE)
)
_IMPORT = SimIntegration(
    key="leads",
    name="Lead Import",
    kind="connected_app",
    app=_APP,
    logs_app_name=True,
    users=(_USER,),
    addresses=("203.0.113.77",),
    user_agent="python-requests/2.32.3",
    api_version="62.0",
    rhythm=NO_RHYTHM,
    shapes=(_CREATE, _COLLECTION, _QUERY, _NEXT_PAGE),
    login=LoginHabit(every_min=115),
    error_rate=0.0,
    episode_only=True,
)
_STEPS = (
    (_CREATE, 2_600, 650),
    (_COLLECTION, 60, 2_400),
    (_QUERY, 1, 900),
    (_NEXT_PAGE, 24, 1_100),
)
"""What is called, how often, and how many milliseconds apart, one step after the other."""


def _plot(opening: Opening) -> Plot:
    calls: list[Call] = []
    at_ms = opening.begin_ms + MINUTE_MS
    login = planted_program_login(_IMPORT, opening.begin_ms + 7_350)
    for shape, count, every_ms in _STEPS:
        for _ in range(count):
            calls.append(planted_call(_IMPORT, shape, at_ms, len(calls)))
            at_ms += every_ms
    written = sum(call.rows for call in calls if not call.shape.read)
    incident = Incident(
        kind="rest_load",
        subject=_IMPORT.name,
        since_ms=opening.begin_ms,
        until_ms=calls[-1].at_ms + 1,
        must_find="Lead Import writes and reads far more than 2,000 records through REST.",
        users=(_USER.username,),
        addresses=_IMPORT.addresses,
        figures=MappingProxyType(
            {
                "calls": len(calls),
                "records_written": written,
                "records_read": sum(call.rows for call in calls if call.shape.read),
                "single_record_creates": 2_600,
                "bulk_jobs_instead": 2,
            }
        ),
    )
    return Plot(calls=tuple(calls), logins=(login,), incidents=(incident,))


REST_LOADS = Scenario(
    name="rest-loads",
    title="Mass loads through REST",
    description=(
        "Lead Import writes 14,600 leads in half an hour, 2,600 of them one by one and the rest in"
        " collections of 200, and then reads 50,000 back in pages of 2,000. Loads above"
        " 2,000 records belong on the Bulk API, where two jobs would have done."
    ),
    facts=calm_facts_with((_USER,), (_APP,)),
    integrations=(*CALM_INTEGRATIONS, _IMPORT),
    dead_credentials=False,
    plot=_plot,
)
