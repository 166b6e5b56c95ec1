"""A store with a fixed morning in it: the same records on every machine, in the same order.

Unlike a collected store it holds nothing that depends on when an answer came: pictures of it are
the same everywhere. Names and texts include what goes wrong easily: long, wide, and hostile.
"""

import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from store import (
    apps,
    console_state,
    coverage,
    limit_samples,
    posture,
    source_access,
    stream_events,
)
from store.access_records import AccessProbe, Readable, SourceAccess
from store.log_ingest import ingest
from store.posture_records import (
    HeldPermission,
    IntegrationUser,
    LoginSum,
    OrgCertificate,
    PostureSnapshot,
    TokenSum,
)
from store.records import (
    AppKind,
    AppRecord,
    AppSnapshot,
    CoverageHour,
    CoverageState,
    LimitSample,
    LogFile,
    LoginState,
    OrgIdentity,
    OwnCalls,
    PoolSample,
    ReplayPosition,
    StreamEvent,
    TaskPhase,
    TaskState,
    UserRecord,
)
from store.writer import open_writer

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
LOGS_UNTIL = datetime(2026, 11, 16, 4, tzinfo=UTC)
HOURS = 18
POOL_USED, POOL_MAX = 1_630, 2_000
CHANNELS = ("/event/LoginEventStream", "/event/ApiEventStream")


class Caller(NamedTuple):
    """One integration as its log rows name it, with its calls in each hour of the day."""

    app: str
    app_id: str
    user: str
    client: str
    family: str
    version: str
    address: str
    by_day: int
    by_night: int


CALLERS = (
    Caller("MuleSoft ERP", "0H4000000000001", "svc-erp", "mulesoft/10", "REST", "58.0", "203.0.113.11", 20, 22),
    Caller("Data Warehouse Loader of the Group", "0H4000000000002", "svc-dwh", "", "BULK_API2", "60.0", "198.51.100.20", 2, 31),
    Caller("Order Sync", "0xI000000000003", "svc-orders", "acme-orders/5", "REST", "62.0", "203.0.113.20", 17, 4),
    Caller("Billing Sync", "0H4000000000004", "svc-billing", "", "SOAP", "39.0", "203.0.113.41", 6, 3),
    Caller("Billing Sync", "0xI000000000005", "svc-billing", "", "REST", "62.0", "203.0.113.41", 3, 1),
    Caller("倉庫スキャナー", "0H4000000000006", "svc-scan", "AcmeScan/3.1", "REST", "45.0", "192.0.2.71", 5, 0),
    Caller("", "", "svc-forms", "WebForms", "REST", "61.0", "192.0.2.80", 4, 1),
    Caller("[bold]Not\u202emarkup[/]", "0H4000000000007", "svc-odd", "", "REST", "60.0", "2001:db8::7", 1, 1),
)  # fmt: skip

LIMITS = {
    "DailyApiRequests": (POOL_MAX, POOL_MAX - POOL_USED),
    "DataStorageMB": (1_000, 55),
    "DailyWorkflowEmails": (15_000, 2_400),
    "DailyAsyncApexExecutions": (250_000, 97_000),
    "FileStorageMB": (10_000, 4_760),
    "DailyBulkV2QueryJobs": (10_000, 8_800),
    "ConcurrentSyncReportRuns": (20, -1),
    "HourlyTimeBasedWorkflow": (1_000, 1_000),
    "MassEmail": (5_000, 5_000),
    "SingleEmail": (5_000, 4_400),
    "PrivateConnectOutboundCalloutHourlyLimitMB": (0, 0),
    **{f"HourlyPublishedExampleEvents{number:02}": (500, 480) for number in range(40)},
}

_HEADER = (
    "EVENT_TYPE,TIMESTAMP_DERIVED,REQUEST_ID,ORGANIZATION_ID,USER_ID,API_FAMILY,API_VERSION,"
    "API_RESOURCE,CLIENT_NAME,HTTP_METHOD,CLIENT_IP,COUNTS_AGAINST_API_LIMIT,CONNECTED_APP_ID,"
    "ENTITY_NAME,STATUS_CODE,CONNECTED_APP_NAME,USER_NAME\n"
)


def fill_still_store(path: Path) -> None:
    """Create the store at ``path`` and write the morning into it."""
    with open_writer(path) as writer:
        for write in (
            _write_console,
            _write_limits,
            _write_logs,
            _write_stream,
            _write_apps,
            _write_probe,
            _write_posture,
        ):
            writer.submit(write).result(timeout=60)


def _user_id(name: str) -> str:
    names = [caller.user for caller in CALLERS]
    return f"005000000000{names.index(name) if name in names else 99:03}"


def _write_console(connection: sqlite3.Connection) -> None:
    identity = OrgIdentity("acme", "00D000000000001EAA", "Acme", "Enterprise Edition", None, 15)
    console_state.record_identity(connection, identity)
    login = LoginState(
        username="watch@acme.example",
        last_request_at=NOW - timedelta(minutes=34),
        obtained_at=NOW - timedelta(minutes=34),
        expires_at=NOW + timedelta(minutes=86),
        expiry_source="introspection",
        error=None,
        key_in_use="first",
        certificate_until=NOW + timedelta(days=201),
    )
    console_state.record_login(connection, login)
    stream = TaskState("stream", TaskPhase.RUNNING, NOW - timedelta(hours=26), "", None, NOW)
    console_state.record_task(connection, stream)
    console_state.record_heartbeat(connection, NOW)
    own = (("limits", 9), ("log files", 6))
    console_state.record_own_calls(connection, [OwnCalls(NOW, *one) for one in own])
    whole_hour = NOW.replace(minute=0)
    hours = [whole_hour - timedelta(hours=n) for n in range(25)]
    ledger = [
        CoverageHour(f"stream:{channel}", hour, CoverageState.COMPLETE, 4, "", NOW)
        for channel in CHANNELS
        for hour in hours
    ]
    ledger += [
        CoverageHour("log:ApiTotalUsage", hour, CoverageState.PENDING, None, "not due yet", NOW)
        for hour in hours
        if hour >= LOGS_UNTIL
    ]
    coverage.record_hours(connection, ledger)


def _write_limits(connection: sqlite3.Connection) -> None:
    for number in range(72):
        at = NOW - timedelta(minutes=5 * number)
        limit_samples.record_pool(connection, PoolSample(POOL_USED - 7 * number, POOL_MAX, at))
    for number in reversed(range(12)):
        at = NOW - timedelta(minutes=30 * number)
        samples = [
            LimitSample(name, most, min(left + number * most // 60, most), at)
            for name, (most, left) in LIMITS.items()
        ]
        limit_samples.record_limits(connection, samples)


def _write_logs(connection: sqlite3.Connection) -> None:
    for number in range(HOURS):
        hour = LOGS_UNTIL - timedelta(hours=HOURS - number)
        file = LogFile("ApiTotalUsage", "Hourly", hour, 1, f"0AT{hour:%d%H}", "org",
                       f"usage-{hour:%d-%H}", hour, None)  # fmt: skip
        result = ingest(connection, file, io.BytesIO((_HEADER + _log_rows(hour)).encode()))
        coverage.record_hours(connection, coverage.hours_of_file(result, NOW))


def _log_rows(hour: datetime) -> str:
    rows = []
    for place, caller in enumerate(CALLERS):
        for call in range(caller.by_day if 7 <= hour.hour < 19 else caller.by_night):
            at = hour + timedelta(minutes=1 + call, milliseconds=place)
            status = 500 if call % 19 == 18 else 200
            rows.append(
                f"ApiTotalUsage,{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3]
                + f"Z,{hour:%d%H}-{place}-{call},00D000000000001,{_user_id(caller.user)},"
                f"{caller.family},{caller.version},/query,{caller.client},GET,{caller.address},1,"
                f"{caller.app_id},Account,{status},{caller.app},{caller.user}@acme.example\n"
            )
    return "".join(rows)


def _write_stream(connection: sqlite3.Connection) -> None:
    events = [_event(number) for number in range(90)]
    positions = [ReplayPosition(channel, "1090", NOW) for channel in CHANNELS]
    stream_events.record_events(connection, events, positions)


def _event(number: int) -> StreamEvent:
    """An API call, or every ninth a login, of which some fail; the last one at `NOW` - 2 s."""
    at = NOW - timedelta(seconds=2 + 31 * (89 - number))
    caller = CALLERS[number * 5 % len(CALLERS)]
    is_login = number % 9 == 0
    channel = CHANNELS[not is_login]
    name = channel.rpartition("/")[2]
    payload = {
        "EventIdentifier": f"id-{number}",
        "EventDate": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
        "Username": f"{caller.user}@acme.example",
        "SourceIp": caller.address,
        "Records": '{"totalSize":2,"records":[{"Id":"001000000000001"},{"Id":"001000000000002"}]}',
        "Query": "SELECT Id, Name, [Custom__c] FROM Account WHERE Name LIKE 'Ａcme%' ORDER BY Name",
        "Unset": None,
    }
    envelope = {"schema": "s", "payload": payload, "event": {"replayId": 1_001 + number}}
    return StreamEvent(
        channel=channel,
        replay_id=str(1_001 + number),
        event_uuid=f"00000000-0000-4000-8000-{number:012}",
        event_type=name,
        occurred_at=at,
        received_at=at,
        payload_json=json.dumps(envelope, ensure_ascii=False),
        user_id=_user_id(caller.user),
        username=f"{caller.user}@acme.example",
        source_ip=caller.address,
        app_name=caller.app or None,
        client=caller.client or None,
        api_type=None if is_login else caller.family,
        api_version=None if is_login else caller.version,
        operation=None if is_login else "Query",
        entities=None if is_login else "Account",
        rows=None if is_login else number * 37 % 500,
        status=_login_status(number) if is_login else None,
        request_id=f"request-{number}",
    )


def _login_status(number: int) -> str:
    return "LOGIN_ERROR_INVALID_PASSWORD" if number % 18 == 0 else "Success"


def _write_apps(connection: sqlite3.Connection) -> None:
    users = [
        UserRecord(_user_id(caller.user), f"{caller.user}@acme.example", caller.user, True,
                   "API Only", "Standard")
        for caller in CALLERS
    ]  # fmt: skip
    apps.record_users(connection, users, NOW)
    inventory = [_app(caller.app, caller.app_id) for caller in CALLERS if caller.app_id]
    inventory += [_app("HR Feed", None), _app("Vendor Suite", "0H4000000000008", "vendor")]
    inventory += [
        _app(f"Quiet App {number:02}", f"0H40000000001{number:02}") for number in range(9)
    ]
    hidden = {"BlacklistedConsumer": "needs the permission View Setup"}
    apps.record_snapshot(
        connection, AppSnapshot(NOW - timedelta(minutes=20), tuple(inventory), hidden)
    )


SOURCES = (
    ("limits", "Limits of the org", Readable.YES, None),
    ("log_files", "Event log files", Readable.YES, None),
    ("hourly_log_files", "Hourly event log files", Readable.YES, None),
    (
        "event_log_objects",
        "Event log objects",
        Readable.NO,
        "Event Log Objects (Event Monitoring) switched on",
    ),
    ("login_history", "Login history of others", Readable.YES, None),
    ("permission_sets", "Permission sets", Readable.YES, None),
    ("oauth_tokens", "OAuth tokens of others", Readable.YES, None),
    ("sessions", "Sessions of others", Readable.UNKNOWN, None),
    ("certificates", "Certificates", Readable.NO, "the permission View Setup and Configuration"),
    ("stream:LoginEventStream", "Stream LoginEventStream", Readable.YES, None),
    ("stream:ApiEventStream", "Stream ApiEventStream", Readable.YES, None),
)


def _write_probe(connection: sqlite3.Connection) -> None:
    said = {
        Readable.YES: "the org answered",
        Readable.NO: "The object is not there for this user (INVALID_TYPE)",
        Readable.UNKNOWN: "no session of another user is listed",
    }
    probe = AccessProbe(
        taken_at=NOW - timedelta(minutes=50),
        username="watch@acme.example",
        sources=tuple(
            SourceAccess(name, title, readable, missing, said[readable])
            for name, title, readable, missing in SOURCES
        ),
        permissions=(("API Enabled", True), ("View Setup and Configuration", False)),
        licences=(("Salesforce", 15, 11), ("Salesforce Integration", 20, 11)),
    )
    source_access.record_probe(connection, probe)


def _write_posture(connection: sqlite3.Connection) -> None:
    callers = {caller.user: caller for caller in CALLERS}
    snapshot = PostureSnapshot(
        taken_at=NOW - timedelta(minutes=45),
        logins_since=NOW - timedelta(days=30),
        users=tuple(_integration_user(place, name) for place, name in enumerate(callers)),
        logins=tuple(_login_sum(caller) for caller in callers.values()),
        tokens=tuple(_token_sum(caller) for caller in callers.values() if caller.app),
        grants=(),
        certificates=(
            OrgCertificate("Single Sign-On of 2023", NOW - timedelta(days=41), 2_048, False),
        ),
        not_visible={"SetupEntityAccess": "needs the permission View Setup and Configuration"},
    )
    posture.record_posture(connection, snapshot)


def _integration_user(place: int, name: str) -> IntegrationUser:
    """Every third one holds a full licence and an administrator's permissions."""
    is_broad = place % 3 == 0
    profile = "Integration Legacy" if is_broad else "Minimum Access"
    through = f"profile {profile}"
    held = ("Modify All Data", "View All Data") if is_broad else ("API Only User",)
    return IntegrationUser(
        user_id=_user_id(name),
        username=f"{name}@acme.example",
        name=name,
        is_active=True,
        profile=profile,
        licence="Salesforce" if is_broad else "Salesforce Integration",
        last_login_at=NOW - timedelta(hours=7 * place + 1),
        is_frozen=False,
        permissions=tuple(HeldPermission(label, through) for label in held),
        permission_set_licences=(),
    )


def _login_sum(caller: Caller) -> LoginSum:
    is_soap = caller.family == "SOAP"
    return LoginSum(
        user_id=_user_id(caller.user),
        application=caller.app or "N/A",
        login_type="Other Apex API" if is_soap else "Remote Access 2.0",
        login_sub_type="SOAP API Login" if is_soap else "OAuth JWT Bearer",
        source_ip=caller.address,
        status="Success",
        logins=12,
        last_at=NOW - timedelta(hours=5),
    )


def _token_sum(caller: Caller) -> TokenSum:
    used = NOW - timedelta(days=120 if caller.user == "svc-dwh" else 1)
    return TokenSum(_user_id(caller.user), caller.app, 2, 1_240, used)


def _app(name: str, app_id: str | None, namespace: str | None = None) -> AppRecord:
    is_new = app_id is not None and app_id.startswith("0xI")
    kind = AppKind.EXTERNAL_CLIENT_APP if is_new else AppKind.CONNECTED_APP
    return AppRecord(
        kind=kind if app_id else AppKind.UNINSTALLED,
        app_id=app_id,
        name=name,
        developer_name=None,
        consumer_id=None,
        pre_authorized_only=is_new if app_id else None,
        enabled=True if app_id else None,
        scopes=("api", "full") if name == "MuleSoft ERP" else ("api",) if app_id else None,
        refresh_token_policy="infinite" if app_id else None,
        token_users=3,
        token_uses=1_240,
        last_used_at=NOW - timedelta(hours=7),
        created_at=datetime(2024, 2, 29, 12, tzinfo=UTC) if app_id else None,
        namespace=namespace,
        evidence={"tokens": "3 users hold one (OauthToken)"},
    )
