"""A token is taken from an integration and used from elsewhere."""

from types import MappingProxyType

from console.simulator.dice import mixed
from console.simulator.life.acts import AnomalyFeature, AnomalyFound, Performer
from console.simulator.life.traffic import Call
from console.simulator.moments import MINUTE_MS
from console.simulator.org.call_shapes import query
from console.simulator.org.integration import CallShape, LoginHabit, SimIntegration
from console.simulator.scenarios.calm_week import CALM_FACTS, CALM_INTEGRATIONS, calm
from console.simulator.scenarios.planting import NO_RHYTHM, planted_call
from console.simulator.scenarios.scenario import Incident, Opening, Plot, Scenario

_VICTIM = calm("orders")
_TABLES = ("Account", "Contact", "Lead", "Opportunity", "Case", "Order", "User", "Contract")
_TAKEN = {
    "Contact": "SELECT Id, Name, Email, Phone, MailingCity FROM Contact",
    "Account": "SELECT Id, Name, AnnualRevenue, OwnerId FROM Account",
    "Opportunity": "SELECT Id, Name, Amount, StageName, CloseDate FROM Opportunity",
}
_LOOK = CallShape(1, "REST", "GET", "/v{v}/sobjects", "")
_LIMITS = CallShape(1, "REST", "GET", "/v{v}/limits", "")
_DESCRIBES = tuple(
    CallShape(1, "REST", "GET", f"/v{{v}}/sobjects/{table}/describe", table) for table in _TABLES
)
_COUNTS = tuple(query(1, f"SELECT COUNT() FROM {table}", (1, 1)) for table in _TABLES)  # noqa: S608
_REFUSED = CallShape(1, "REST", "GET", "/v{v}/query", "Payslip__c", success=400)


def _bulk(method: str, tail: str, table: str, rows: int = 0, success: int = 200) -> CallShape:
    read, soql = ("Query", _TAKEN[table]) if rows else ("", "")
    resource = f"/v{{v}}/jobs/query{tail}"
    return CallShape(1, "Bulk", method, resource, table, read, soql, (rows, rows), success)


_CREATES = tuple(_bulk("POST", "", table) for table in _TAKEN)
_POLL = _bulk("GET", "/{id}", "")
_RESULTS = tuple(_bulk("GET", "/{id}/results", table, rows=50_000) for table in _TAKEN)
_DELETE = _bulk("DELETE", "/{id}", "", success=204)
_PAGES = 4
"""Pages of results that are taken of each table."""

_THIEF = SimIntegration(
    key="thief",
    name="Order Sync (stolen token)",
    kind="external_client_app",
    app=_VICTIM.app,
    users=_VICTIM.users,
    addresses=("198.18.0.66",),
    user_agent="python-requests/2.28.2",
    api_version="59.0",
    rhythm=NO_RHYTHM,
    shapes=(_LOOK,),
    login=LoginHabit(every_min=_VICTIM.login.every_min),
    error_rate=0.0,
    episode_only=True,
    borrows_from=_VICTIM,
)
_Step = tuple[CallShape, int | None]
"""What is called, and the number of the record or job that it is about."""


def _reconnaissance() -> list[_Step]:
    steps: list[_Step] = [(_LIMITS, None), (_LOOK, None)]
    for describe, count in zip(_DESCRIBES, _COUNTS, strict=True):
        steps += [(describe, None), (count, None)]
    return [*steps, (_REFUSED, None), (_REFUSED, None)]


def _export() -> list[_Step]:
    steps: list[_Step] = [(create, job) for job, create in enumerate(_CREATES)]
    for job, results in enumerate(_RESULTS):
        steps += [(_POLL, job)] * 3 + [(results, job)] * _PAGES
    return steps


_PHASES = (
    (0, 11_000, _reconnaissance()),
    (9 * MINUTE_MS, 19_000, _export()),
    (26 * MINUTE_MS, 4_000, [(_DELETE, job) for job in range(len(_TAKEN))]),
)
"""When each phase begins, how many milliseconds apart its calls are, and the calls."""


def _plot(opening: Opening) -> Plot:
    calls: list[Call] = []
    for offset_ms, every_ms, steps in _PHASES:
        at_ms = opening.begin_ms + offset_ms + 2_300
        for shape, record in steps:
            calls.append(planted_call(_THIEF, shape, at_ms, len(calls), record))
            at_ms += every_ms
    incident = Incident(
        kind="stolen_token",
        subject=_VICTIM.name,
        since_ms=calls[0].at_ms,
        until_ms=calls[-1].at_ms + 1,
        must_find=(
            "A session of Order Sync is used from a new network with a new client: it looks at"
            " every table, exports three in bulk, and deletes the jobs."
        ),
        users=tuple(user.username for user in _VICTIM.users),
        addresses=_THIEF.addresses,
        figures=MappingProxyType(_figures(calls)),
    )
    return Plot(calls=tuple(calls), acts=(_anomaly(calls),), incidents=(incident,))


def _figures(calls: list[Call]) -> dict[str, int | float | str]:
    return {
        "calls": len(calls),
        "failed_calls": sum(call.failed for call in calls),
        "tables_described": len(_DESCRIBES),
        "tables_exported": len(_TAKEN),
        "rows_exported": sum(call.rows for call in calls if call.shape in _RESULTS),
        "bulk_jobs_created": len(_CREATES),
        "bulk_jobs_deleted": sum(call.shape is _DELETE for call in calls),
        "logins": 0,
        "user_agent": _THIEF.user_agent,
    }


def _anomaly(calls: list[Call]) -> AnomalyFound:
    """What Salesforce's threat detection says of the largest read."""
    last = [call for call in calls if call.shape in _RESULTS][-1]
    rows = sum(call.rows for call in calls if call.shape in _RESULTS)
    return AnomalyFound(
        at_ms=last.at_ms,
        number=mixed(last.number, 9),
        by=Performer(last.user, last.session, last.client_ip, _THIEF.user_agent),
        kind="api_anomaly",
        score=0.9512,
        summary=f"API was generated with an unusually high number of rows ({rows})",
        features=(
            AnomalyFeature("rowCount", str(rows), 0.72),
            AnomalyFeature("autonomousSystem", "Benchmark Hosting", 0.19),
            AnomalyFeature("userAgent", _THIEF.user_agent, 0.09),
        ),
        operation="Query",
        entities=tuple(_TAKEN),
        rows=rows,
    )


STOLEN_TOKEN = Scenario(
    name="stolen-token",
    title="A token used from elsewhere",
    description=(
        "An access token of Order Sync turns up on another network, in another client, without a"
        " login. In half an hour its new owner reads the limits, describes and counts eight tables,"
        " is refused a ninth, exports contacts, accounts and opportunities by Bulk API 2.0, and"
        " deletes the jobs. The real Order Sync goes on calling in the same session."
    ),
    facts=CALM_FACTS,
    integrations=(*CALM_INTEGRATIONS, _THIEF),
    dead_credentials=False,
    plot=_plot,
)
