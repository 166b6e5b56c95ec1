"""A real store with a small day in it, written by the store's own functions.

Three integrations made 770 logged calls in 22 whole hours; the pool counts 820 of 1,000, so 50
calls are not in the logs. One limit is critical; one user failed to log in four times.
"""

import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store import console_state, coverage, limit_samples, stream_events
from store.log_ingest import ingest
from store.records import (
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
)
from store.writer import open_writer

NOW = datetime(2026, 11, 16, 12, 4, 31, tzinfo=UTC)
LOGS_UNTIL = NOW.replace(hour=11, minute=0, second=0)
CALLS_PER_HOUR = {"MuleSoft ERP": 20, "Data Loader": 10, "Web Shop": 5}
HOURS = 22
POOL_USED = 820
POOL_MAX = 1_000
LOGIN_CHANNEL = "/event/LoginEventStream"

_USAGE_HEADER = (
    "EVENT_TYPE,TIMESTAMP_DERIVED,REQUEST_ID,ORGANIZATION_ID,USER_ID,API_FAMILY,API_VERSION,"
    "API_RESOURCE,CLIENT_NAME,HTTP_METHOD,CLIENT_IP,COUNTS_AGAINST_API_LIMIT,CONNECTED_APP_ID,"
    "ENTITY_NAME,STATUS_CODE,CONNECTED_APP_NAME,USER_NAME\n"
)


def fill_store(path: Path) -> None:
    """Create the store at ``path`` and write the day into it."""
    with open_writer(path) as writer:
        writer.submit(_write_all).result(timeout=30)


def failed_login(number: int, at: datetime, username: str = "ceo@acme.example") -> StreamEvent:
    """One login that the org refused."""
    return StreamEvent(
        channel=LOGIN_CHANNEL,
        replay_id=str(number),
        event_uuid=f"uuid-{number}",
        event_type="LoginEventStream",
        occurred_at=at,
        received_at=at,
        payload_json=json.dumps({"Username": username}),
        username=username,
        source_ip="198.51.100.7",
        status="LOGIN_ERROR_INVALID_PASSWORD",
    )


def record_event(connection: sqlite3.Connection, event: StreamEvent) -> None:
    """Store one event with its position."""
    position = ReplayPosition(event.channel, event.replay_id or "", event.received_at)
    stream_events.record_events(connection, [event], [position])


def _write_all(connection: sqlite3.Connection) -> None:
    console_state.record_identity(
        connection,
        OrgIdentity("acme", "00D000000000001EAA", "Acme", "Enterprise Edition", None, 15),
    )
    _write_console(connection)
    _write_limits(connection)
    for hour in range(HOURS):
        _write_log(connection, LOGS_UNTIL - timedelta(hours=HOURS - hour))
    for number in range(4):
        record_event(connection, failed_login(number, NOW - timedelta(seconds=90 - number * 10)))


def _write_console(connection: sqlite3.Connection) -> None:
    login = LoginState("watch@acme.example", NOW, NOW - timedelta(minutes=34), None, None, None)
    console_state.record_login(connection, login)
    stream = TaskState("stream", TaskPhase.RUNNING, NOW - timedelta(hours=1), "", None, NOW)
    console_state.record_task(connection, stream)
    console_state.record_heartbeat(connection, NOW)
    own = OwnCalls(NOW.replace(second=0), "limits", 7)
    console_state.record_own_calls(connection, [own])
    hours = (NOW.replace(minute=0, second=0) - timedelta(hours=n) for n in range(25))
    stream_hours = [
        CoverageHour(f"stream:{LOGIN_CHANNEL}", hour, CoverageState.COMPLETE, 4, "", NOW)
        for hour in hours
    ]
    coverage.record_hours(connection, stream_hours)


def _write_limits(connection: sqlite3.Connection) -> None:
    for minutes in range(180, -1, -5):
        at = NOW - timedelta(minutes=minutes)
        limit_samples.record_pool(connection, PoolSample(POOL_USED - minutes, POOL_MAX, at))
    table = {
        "DailyApiRequests": (POOL_MAX, POOL_MAX - POOL_USED),
        "DailyBulkV2QueryJobs": (100, 8),
        "DataStorageMB": (1_000, 750),
        "SingleEmail": (5_000, 5_000),
        "PrivateConnectOutboundCalloutHourlyLimitMB": (0, 0),
    }
    limit_samples.record_limits(
        connection, [LimitSample(name, *figures, NOW) for name, figures in table.items()]
    )


def _write_log(connection: sqlite3.Connection, hour: datetime) -> None:
    lines = [
        f"ApiTotalUsage,{hour + timedelta(minutes=1, seconds=number):%Y-%m-%dT%H:%M:%S.000Z},"
        f"{app}-{hour:%H}-{number},00D000000000001,00500000000000{index},REST,60.0,/query,"
        f"client,GET,203.0.113.{index},1,0H400000000000{index},Account,"
        f"{500 if app == 'Data Loader' and number < 3 else 200},{app},svc{index}@acme.example\n"
        for index, (app, calls) in enumerate(CALLS_PER_HOUR.items())
        for number in range(calls)
    ]
    file = LogFile(
        "ApiTotalUsage", "Hourly", hour, 1, f"0AT{hour:%d%H}", "org", f"usage-{hour:%H}", hour, None
    )
    body = io.BytesIO((_USAGE_HEADER + "".join(lines)).encode())
    result = ingest(connection, file, body)
    coverage.record_hours(connection, coverage.hours_of_file(result, NOW))
