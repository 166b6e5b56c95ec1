"""An app that nobody has used for more than a year wakes up."""

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from console.simulator.life.logins import planted_program_login
from console.simulator.moments import MINUTE_MS
from console.simulator.org.call_shapes import query
from console.simulator.org.integration import LoginHabit, SimIntegration
from console.simulator.org.story_apps import local_app
from console.simulator.org.story_people import service_user
from console.simulator.scenarios.calm_week import CALM_INTEGRATIONS, calm_facts_with
from console.simulator.scenarios.planting import NO_RHYTHM, planted_call
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_USER = service_user("quotes", "Quote Export", "Quotes_API")
_LAST_USED = datetime(2024, 12, 3, 7, 41, 19, tzinfo=UTC)
_APP = replace(
    local_app(
        "connected_app",
        "Quote Export",
        "2017-03-28T10:05:00",
        (_USER,),
        "api refresh_token",
        flow="web_server",
        pre_authorized_only=False,
        token_uses=6_402,
    ),
    last_used_at=_LAST_USED,
)
_READ = query(1, "SELECT Id, Name, Email, Phone FROM Contact", (1_000, 2_000))
_QUOTES = SimIntegration(
    key="quotes",
    name="Quote Export",
    kind="connected_app",
    app=_APP,
    logs_app_name=True,
    users=(_USER,),
    addresses=("198.51.100.150",),
    user_agent="Apache-HttpClient/4.5.2 (Java/1.8.0_181)",
    api_version="44.0",
    rhythm=NO_RHYTHM,
    shapes=(_READ,),
    login=LoginHabit(every_min=115, sub_type="OAuth Refresh Token"),
    error_rate=0.0,
    episode_only=True,
)
_CALLS = 220
_EVERY_MS = 7_000


def _plot(opening: Opening) -> Plot:
    login = planted_program_login(_QUOTES, opening.begin_ms + 3_140)
    calls = tuple(
        planted_call(_QUOTES, _READ, opening.begin_ms + MINUTE_MS + n * _EVERY_MS, n)
        for n in range(_CALLS)
    )
    incident = Incident(
        kind="dormant_app_woke",
        subject=_APP.name,
        since_ms=login.at_ms,
        until_ms=calls[-1].at_ms + 1,
        must_find="Quote Export, unused since December 2024, logged in and reads contacts.",
        users=(_USER.username,),
        addresses=_QUOTES.addresses,
        figures=MappingProxyType(
            {
                "logins": 1,
                "calls": len(calls),
                "rows_read": sum(call.rows for call in calls),
                "last_used_before": _LAST_USED.isoformat().replace("+00:00", "Z"),
            }
        ),
    )
    return Plot(calls=calls, logins=(login,), incidents=(incident,))


DORMANT_APP = Scenario(
    name="dormant-app",
    title="A forgotten app wakes",
    description=(
        "Quote Export last got a token in December 2024; its refresh token never expired and"
        " nobody took its access away. Now it logs in from its old network and reads contacts for"
        " half an hour, which it never did before."
    ),
    facts=calm_facts_with((_USER,), (_APP,)),
    integrations=(*CALM_INTEGRATIONS, _QUOTES),
    dead_credentials=False,
    plot=_plot,
)
