"""The payloads of events about acts other than calls and logins, field for field.

Field sets: the platform events reference, page by page (LoginAsEventStream, ReportEventStream,
BulkApiResultEvent, PermissionSetEvent and the threat detection events). How PermissionSetEvent
writes its lists is shown nowhere; JSON arrays are assumed. LoginAs' LoginType is assumed too.
"""

import json
from typing import assert_never

from console.simulator.dice import mixed
from console.simulator.events.payloads import LOGIN_HOST, NO_AGENT, NO_POLICY, Payload, shared
from console.simulator.keys import login_history_id, request_id, session_key, uuid_text
from console.simulator.life.acts import (
    AnomalyFeature,
    AnomalyFound,
    BulkJobStep,
    LoginAs,
    PermissionChange,
    ReportExport,
)
from console.simulator.org.story_acme import ACME

ToldAct = LoginAs | ReportExport | BulkJobStep | PermissionChange | AnomalyFound
"""The acts of which events tell."""
_ROWS_SHOWN = 3


def event_name(act: ToldAct) -> str:
    """The name of the event about an act, which is its channel's last part."""
    match act:
        case LoginAs():
            return "LoginAsEventStream"
        case ReportExport():
            return "ReportEventStream"
        case BulkJobStep():
            return "BulkApiResultEvent"
        case PermissionChange():
            return "PermissionSetEvent"
        case AnomalyFound():
            return _ANOMALIES[act.kind]
    assert_never(act)


def event_number(act: ToldAct) -> int:
    """What names the event; for reading bulk results not the number of the call that did it."""
    return mixed(act.number, 43) if isinstance(act, BulkJobStep) else act.number


def of_act(act: ToldAct, created_ms: int) -> Payload:
    """What the event about an act says."""
    match act:
        case LoginAs():
            return _of_login_as(act, created_ms)
        case ReportExport():
            return _of_report(act, created_ms)
        case BulkJobStep():
            return _of_bulk_result(act, created_ms)
        case PermissionChange():
            return _of_permission_change(act, created_ms)
        case AnomalyFound():
            return _of_anomaly(act, created_ms)
    assert_never(act)


_ANOMALIES = {
    "api_anomaly": "ApiAnomalyEvent",
    "report_anomaly": "ReportAnomalyEvent",
    "session_hijacking": "SessionHijackingEvent",
    "credential_stuffing": "CredentialStuffingEvent",
    "login_anomaly": "LoginAnomalyEvent",
}


def _who(act: ToldAct) -> Payload:
    return {
        "UserId": act.by.user.user_id,
        "Username": act.by.user.username,
        "LoginKey": session_key(act.by.session, 11),
        "SessionKey": session_key(act.by.session, 13),
        "SourceIp": act.by.source_ip,
    }


def _session(act: ToldAct) -> Payload:
    return {
        "LoginHistoryId": login_history_id(act.by.session),
        "SessionLevel": "STANDARD",
    }


def _of_login_as(act: LoginAs, created_ms: int) -> Payload:
    return {
        **shared(event_number(act), act.at_ms, created_ms),
        "UserId": act.target.user_id,
        "Username": act.target.username,
        "DelegatedUsername": act.by.user.username,
        "DelegatedOrganizationId": ACME.org_id,
        "Application": "Browser",
        "Browser": act.by.browser,
        "LoginAsCategory": "OrgAdmin",
        "LoginHistoryId": login_history_id(act.number),
        "LoginKey": session_key(act.number, 11),
        "LoginType": "SysAdmin Switch",
        "Platform": act.by.platform,
        "SessionKey": None,
        "SessionLevel": "STANDARD",
        "SourceIp": act.by.source_ip,
        "TargetUrl": "/home/home.jsp",
        "UserType": act.target.user_type,
    }


def _of_report(act: ReportExport, created_ms: int) -> Payload:
    from_api = act.source == "API"
    rows = [{"datacells": [f"{name} {n}" for name in act.columns]} for n in range(_ROWS_SHOWN)]
    shown = rows[: act.rows]
    return {
        **shared(event_number(act), act.at_ms, created_ms),
        **NO_POLICY,
        **NO_AGENT,
        **_who(act),
        **_session(act),
        "ColumnHeaders": f"[{', '.join(act.columns)}]",
        "DashboardId": None,
        "DashboardName": None,
        "Description": None,
        "DisplayedFieldEntities": f"[{', '.join(name.upper() for name in act.entities)}]",
        "EventSource": act.source,
        "ExecutionIdentifier": uuid_text(act.number, 33),
        "ExportFileFormat": act.file_format,
        "Format": "Tabular",
        "GroupedColumnHeaders": None,
        "IsScheduled": False,
        "Name": act.report_name,
        "NumberOfColumns": len(act.columns),
        "Operation": "ReportExportedUsingExcelConnector" if from_api else "ReportExported",
        "OwnerId": act.by.user.user_id,
        "QueriedEntities": ",".join(act.entities),
        "Records": json.dumps({"totalSize": len(shown), "rows": shown}, separators=(",", ":")),
        "ReportId": act.report_id,
        "RowsProcessed": float(act.rows),
        "Scope": "organization",
        "Sequence": 1,
    }


def _of_bulk_result(act: BulkJobStep, created_ms: int) -> Payload:
    return {
        **shared(event_number(act), act.at_ms, created_ms),
        **NO_POLICY,
        **_who(act),
        **_session(act),
        "Query": act.query,
    }


def _of_permission_change(act: PermissionChange, created_ms: int) -> Payload:
    return {
        **shared(event_number(act), act.at_ms, created_ms),
        **NO_POLICY,
        **_who(act),
        **_session(act),
        "EventSource": act.source,
        "HasExternalUsers": False,
        "ImpactedUserIds": json.dumps([user.user_id for user in act.affected]),
        "Operation": act.operation,
        "ParentIdList": json.dumps([act.permission_set_id]),
        "ParentNameList": json.dumps([act.permission_set]),
        "PermissionExpirationList": None,
        "PermissionList": json.dumps(list(act.permissions)),
        "PermissionType": "UserPermission",
        "UserCount": str(len(act.affected)),
    }


def _of_anomaly(act: AnomalyFound, created_ms: int) -> Payload:
    frame: Payload = {
        **shared(event_number(act), act.at_ms, created_ms),
        **NO_POLICY,
        **_who(act),
        "Score": act.score,
        "Summary": act.summary,
    }
    del frame["RelatedEventIdentifier"]
    if act.kind == "credential_stuffing":
        return {
            **frame,
            "AcceptLanguage": "en-US;q=0.8, en;q=0.6",
            "LoginType": "Application",
            "LoginUrl": LOGIN_HOST,
            "UserAgent": act.by.user_agent,
        }
    told = [_told_feature(feature, act.kind == "session_hijacking") for feature in act.features]
    frame["SecurityEventData"] = json.dumps(told, separators=(",", ":"))
    if act.kind == "session_hijacking":
        return {**frame, **_hijacked(act)}
    if act.kind == "api_anomaly":
        return {
            **frame,
            "Operation": act.operation,
            "QueriedEntities": ",".join(act.entities),
            "RequestIdentifier": request_id(act.number),
            "RowsProcessed": float(act.rows),
            "Uri": "/services/data/v66.0/query",
            "UserAgent": act.by.user_agent,
        }
    return {**frame, "Report": act.report_id} if act.kind == "report_anomaly" else frame


def _told_feature(feature: AnomalyFeature, is_hijacking: bool) -> dict[str, str]:
    share = f"{feature.share * 100:.2f} %"
    if is_hijacking:
        return {
            "featureName": feature.name,
            "featureContribution": share,
            "previousValue": feature.previous,
            "currentValue": feature.value,
        }
    return {
        "featureName": feature.name,
        "featureValue": feature.value,
        "featureContribution": share,
    }


def _hijacked(act: AnomalyFound) -> Payload:
    """What was before and what is now; None where no feature tells."""
    told = {feature.name: feature for feature in act.features}
    names = {
        "Ip": "ipAddress",
        "Platform": "platform",
        "Screen": "screen",
        "UserAgent": "userAgent",
        "Window": "window",
    }
    payload: Payload = {}
    for field, name in names.items():
        feature = told.get(name)
        payload[f"Current{field}"] = feature.value if feature else None
        payload[f"Previous{field}"] = feature.previous if feature else None
    payload["CurrentIp"] = payload["CurrentIp"] or act.by.source_ip
    return payload
