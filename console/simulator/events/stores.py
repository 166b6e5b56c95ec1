"""The stores of streamed events: what was published, kept as rows that SOQL reads.

Most are big objects; those of threat detection are standard objects with a number of their own
(securityImplGuide/real-time-event-monitoring-data-storage). The key prefixes of the latter are
published nowhere. ApiEvent, LoginEvent and LogoutEvent are in `tables_events`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from console.simulator.events.act_payloads import ToldAct, event_name, event_number, of_act
from console.simulator.events.publisher import created_ms_of, told_acts
from console.simulator.ids import record_id
from console.simulator.life.minute_tables import MinuteRows
from console.simulator.life.org_acts import bulk_step_of
from console.simulator.life.traffic import Call
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS
from console.simulator.objects.events import stored
from console.simulator.objects.tables import BigObjectRules, Field, FieldType, Row, Table, columns

_KEPT = 180 * 24 * 60 * MINUTE_MS
"""Stores keep six months."""
_FRAME = "Id EventIdentifier EventDate CreatedDate UserId Username LoginKey SessionKey SourceIp"
_POLICY = "PolicyId PolicyOutcome EvaluationTime"
_SESSION = "RelatedEventIdentifier LoginHistoryId SessionLevel"
_ANOMALY = f"{_FRAME} {_POLICY} Score Summary"
_TYPES: dict[str, FieldType] = {
    "Id": "id",
    "EventDate": "datetime",
    "CreatedDate": "datetime",
    "LastViewedDate": "datetime",
    "LastReferencedDate": "datetime",
    "UserId": "reference",
    "LoginHistoryId": "reference",
    "ReportId": "reference",
    "PolicyId": "reference",
    "EvaluationTime": "double",
    "RowsProcessed": "double",
    "Score": "double",
    "NumberOfColumns": "int",
    "Sequence": "int",
    "IsScheduled": "boolean",
    "HasExternalUsers": "boolean",
    "Query": "textarea",
    "Records": "textarea",
    "SecurityEventData": "textarea",
    "Summary": "textarea",
}


@dataclass(frozen=True, slots=True)
class _Store:
    """A store and what it keeps."""

    event: str
    fields: str
    is_big: bool = True


_STORES = {
    "LoginAsEvent": _Store(
        "LoginAsEventStream",
        f"{_FRAME} {_SESSION} DelegatedUsername DelegatedOrganizationId Application Browser"
        " LoginAsCategory LoginType Platform TargetUrl UserType",
    ),
    "ReportEvent": _Store(
        "ReportEventStream",
        f"{_FRAME} {_POLICY} {_SESSION} ActionName BotId BotSessionIdentifier PlannerId"
        " ColumnHeaders DashboardId DashboardName Description DisplayedFieldEntities EventSource"
        " ExecutionIdentifier ExportFileFormat Format GroupedColumnHeaders IsScheduled Name"
        " NumberOfColumns Operation OwnerId QueriedEntities Records ReportId RowsProcessed Scope"
        " Sequence",
    ),
    "BulkApiResultEventStore": _Store("BulkApiResultEvent", f"{_FRAME} {_POLICY} {_SESSION} Query"),
    "PermissionSetEventStore": _Store(
        "PermissionSetEvent",
        f"{_FRAME} {_POLICY} {_SESSION} EventSource HasExternalUsers ImpactedUserIds Operation"
        " ParentIdList ParentNameList PermissionExpirationList PermissionList PermissionType"
        " UserCount",
    ),
    "ApiAnomalyEventStore": _Store(
        "ApiAnomalyEvent",
        f"{_ANOMALY} SecurityEventData Operation QueriedEntities RequestIdentifier RowsProcessed"
        " Uri UserAgent",
        is_big=False,
    ),
    "ReportAnomalyEventStore": _Store(
        "ReportAnomalyEvent", f"{_ANOMALY} SecurityEventData Report", is_big=False
    ),
    "LoginAnomalyEventStore": _Store(
        "LoginAnomalyEvent", f"{_ANOMALY} SecurityEventData", is_big=False
    ),
    "SessionHijackingEventStore": _Store(
        "SessionHijackingEvent",
        f"{_ANOMALY} SecurityEventData CurrentIp PreviousIp CurrentPlatform PreviousPlatform"
        " CurrentScreen PreviousScreen CurrentUserAgent PreviousUserAgent CurrentWindow"
        " PreviousWindow",
        is_big=False,
    ),
    "CredentialStuffingEventStore": _Store(
        "CredentialStuffingEvent",
        f"{_ANOMALY} AcceptLanguage LoginType LoginUrl UserAgent",
        is_big=False,
    ),
}


def event_stores(sources: LogSources, since_ms: int, now: Callable[[], datetime]) -> list[Table]:
    """The stores of everything but calls, logins and logouts, back to ``since_ms``."""
    return [_table(name, store, sources, since_ms, now) for name, store in _STORES.items()]


def _table(
    name: str,
    store: _Store,
    sources: LogSources,
    since_ms: int,
    now: Callable[[], datetime],
) -> Table:
    bulk = sources.calls_with(lambda shape: shape.family == "Bulk")

    def of_minute(minute: int, now_ms: int) -> Iterator[Row]:
        if store.event == "BulkApiResultEvent":
            steps = (bulk_step_of(Call(*raw)) for raw in bulk(minute))
            acts: list[ToldAct] = [s for s in steps if s is not None and s.step == "results_read"]
        else:
            acts = [a for a in told_acts(sources.acts, minute) if event_name(a) == store.event]
        for act in reversed(acts):
            created_ms = created_ms_of(act)
            if created_ms <= now_ms:
                yield _row(name, store, act, created_ms)

    rows = MinuteRows(of_minute, lambda now_ms: max(since_ms, now_ms - _KEPT), now)
    return Table(
        name,
        _fields(name, store),
        rows.all,
        "",
        big_object=BigObjectRules() if store.is_big else None,
        slices=rows.slices("EventDate"),
    )


def _fields(name: str, store: _Store) -> dict[str, Field]:
    text = store.fields
    if not store.is_big:
        text += f" {_number_field(name)} LastViewedDate LastReferencedDate"
    wanted = text.split()
    types = {field: kind for field, kind in _TYPES.items() if field in wanted}
    return columns(text, **types)


def _number_field(name: str) -> str:
    """The autonumber of a standard object's store: ``ApiAnomalyEventNumber``."""
    return name.removesuffix("Store") + "Number"


def _row(name: str, store: _Store, act: ToldAct, created_ms: int) -> Row:
    row = stored(of_act(act, created_ms), act.at_ms, created_ms)
    if store.is_big:
        return row
    number = event_number(act)
    return {
        **row,
        "Id": record_id("0Ab", name, number),
        _number_field(name): f"{number % 1_000_000:08d}",
        "LastViewedDate": None,
        "LastReferencedDate": None,
    }
