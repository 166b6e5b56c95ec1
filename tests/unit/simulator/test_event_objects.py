"""Streamed events, their stores and the event log objects tell the same acts in the real fields."""

import csv
import io
import json
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from console.simulator.events.act_payloads import event_name, of_act
from console.simulator.life.acts import (
    AnomalyFeature,
    AnomalyFound,
    LoginAs,
    Performer,
    PermissionChange,
    ReportExport,
)
from console.simulator.moments import to_ms
from console.simulator.objects.tables import Row, Table
from console.simulator.org.settings import REAL_TIME_EVENTS
from console.simulator.org.story_people import ADMIN, AGENTS
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
BY = Performer(ADMIN, 7, "192.0.2.5", "Mozilla/5.0", "Chrome 142", "Linux")
COMMON: dict[str, Any] = {"at_ms": to_ms(NOON), "number": 11, "by": BY}
FEATURES = (
    AnomalyFeature("rowCount", "600000", 0.95),
    AnomalyFeature("ipAddress", "198.51.100.9", 0.0023, "203.0.113.5"),
)


@pytest.fixture(scope="module")
def world() -> World:
    """Eight hours up to the evening with a stolen token in them; tests that share it only read."""
    options = WorldOptions(
        history=timedelta(hours=8), scenario="stolen-token", episode_at=timedelta(minutes=-170)
    )
    return World(SteppedClock(NOON + timedelta(hours=5, minutes=13)), options)


def table(world: World, name: str) -> Table:
    found = world.table(name)
    assert found is not None, name
    return found


def rows(world: World, name: str, most: int = 100_000) -> list[Row]:
    return list(islice(table(world, name).rows(), most))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples at {SAMPLES}")
@pytest.mark.parametrize(
    ("name", "store"),
    [
        ("ApiEventStream-query", "ApiEvent"),
        ("ApiEventStream-querymore", "ApiEvent"),
        ("BulkApiResultEvent", "BulkApiResultEventStore"),
        ("LoginEventStream-failure", "LoginEvent"),
        ("LoginEventStream-success", "LoginEvent"),
        ("LogoutEventStream", "LogoutEvent"),
        ("ReportEventStream-export", "ReportEvent"),
    ],
)
def test_events_and_stores_have_the_fields_and_types_of_a_real_record(
    world: World, name: str, store: str
) -> None:
    sample = json.loads((SAMPLES / f"appomni-rtem-{name}.json").read_text())["data"]["payload"]
    channel = f"/event/{name.partition('-')[0]}"
    event = dict(world.events_after(channel, 0, 1)[0].payload)
    assert set(sample) - {"attributes", "Id"} <= set(event)
    for field, value in sample.items():
        ours = event.get(field)
        if value is not None and ours is not None:
            assert type(ours) is type(value), field
    assert set(sample) - {"attributes"} <= set(table(world, store).fields)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples at {SAMPLES}")
def test_login_event_has_all_columns_of_a_row_read_from_a_real_org(world: World) -> None:
    (sample,) = json.loads((SAMPLES / "sfdcassets-LoginEvent-soql.json").read_text())
    row = dict(rows(world, "LoginEvent", 1)[0])
    assert set(sample) <= set(row)
    assert row["Id"] == sample["Id"]


@pytest.mark.parametrize(
    ("act", "event", "says"),
    [
        (
            LoginAs(target=AGENTS[0], **COMMON),
            "LoginAsEventStream",
            {"Username": AGENTS[0].username, "DelegatedUsername": ADMIN.username},
        ),
        (
            ReportExport(
                report_id="00OHs000000abcDMAQ", report_name="Open orders", entities=("Case",),
                columns=("A", "B"), rows=20_680, **COMMON,
            ),
            "ReportEventStream",
            {"ColumnHeaders": "[A, B]", "NumberOfColumns": 2, "RowsProcessed": 20680.0},
        ),
        (
            PermissionChange(
                operation="AssignedToUsers", permission_set_id="0PSHs000000abcDOAQ",
                permission_set="Full", permissions=("ModifyAllData",), affected=AGENTS[:1],
                **COMMON,
            ),
            "PermissionSetEvent",
            {"PermissionList": '["ModifyAllData"]', "UserCount": "1", "EventSource": "Lightning"},
        ),
        (
            AnomalyFound(
                kind="api_anomaly", score=0.95, summary="many", features=FEATURES[:1],
                operation="Query", entities=("Contact",), rows=600_000, **COMMON,
            ),
            "ApiAnomalyEvent",
            {
                "Score": 0.95,
                "SecurityEventData": '[{"featureName":"rowCount","featureValue":"600000",'
                '"featureContribution":"95.00 %"}]',
            },
        ),
        (
            AnomalyFound(
                kind="session_hijacking", score=0.9, summary="moved", features=FEATURES[1:],
                **COMMON,
            ),
            "SessionHijackingEvent",
            {"CurrentIp": "198.51.100.9", "PreviousIp": "203.0.113.5", "CurrentScreen": None},
        ),
        (
            AnomalyFound(kind="credential_stuffing", score=1.0, summary="sprayed", **COMMON),
            "CredentialStuffingEvent",
            {"Score": 1.0, "LoginType": "Application", "Username": ADMIN.username},
        ),
        (
            AnomalyFound(
                kind="report_anomaly", score=0.8, summary="large", report_id="00O1", **COMMON
            ),
            "ReportAnomalyEvent",
            {"Report": "00O1", "SecurityEventData": "[]"},
        ),
    ],
)  # fmt: skip
def test_an_act_is_told_in_the_fields_that_its_store_keeps(
    world: World, act: Any, event: str, says: dict[str, object]
) -> None:
    payload = of_act(act, to_ms(NOON) + 3_000)
    assert event_name(act) == event
    assert says.items() <= payload.items()
    fields = set(table(world, REAL_TIME_EVENTS[event]).fields)
    own = {field for field in fields if field.endswith("Number") or field.startswith("Last")}
    assert set(payload) - {"CreatedById"} == fields - own - {"Id"}


@pytest.mark.parametrize(
    ("channel", "store"),
    [
        ("ReportEventStream", "ReportEvent"),
        ("BulkApiResultEvent", "BulkApiResultEventStore"),
        ("ApiAnomalyEvent", "ApiAnomalyEventStore"),
        ("LogoutEventStream", "LogoutEvent"),
    ],
)
def test_a_store_keeps_what_was_streamed(world: World, channel: str, store: str) -> None:
    opened = world.now() - timedelta(hours=8)
    streamed = {
        e.payload["EventIdentifier"] for e in world.events_after(f"/event/{channel}", 0, 10_000)
    }
    stored = [row for row in rows(world, store) if row["CreatedDate"] > opened]  # type: ignore[operator]
    assert streamed
    assert {row["EventIdentifier"] for row in stored} == streamed
    moments = [row["EventDate"] for row in stored]
    assert moments == sorted(moments, reverse=True)  # type: ignore[type-var]


def test_anomalies_are_reported_minutes_after_what_they_are_about(world: World) -> None:
    (event,) = world.events_after("/event/ApiAnomalyEvent", 0, 10)
    happened = datetime.fromisoformat(str(event.payload["EventDate"]))
    assert timedelta(minutes=8) <= event.published_at - happened <= timedelta(minutes=26)


def test_event_log_objects_hold_the_log_rows_of_half_an_hour_ago() -> None:
    clock = SteppedClock(NOON - timedelta(hours=12))
    world = World(clock, WorldOptions(history=timedelta(hours=2)))
    hour = clock.at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    slices = table(world, "ApiTotalUsageEventLog").slices
    assert slices is not None
    newest = next(iter(slices.rows(None, None)))["Timestamp"]
    assert timedelta(minutes=25) <= clock.at - newest < timedelta(minutes=46)  # type: ignore[operator]
    clock.step(timedelta(hours=10))
    files = [
        file
        for file in world.log_files()
        if (file.event_type, file.interval, file.log_date) == ("ApiTotalUsage", "Hourly", hour)
    ]
    bodies = [b"".join(world.log_file_body(file.file_id) or ()).decode() for file in files]
    logged = [row for body in bodies for row in csv.DictReader(io.StringIO(body, newline=""))]
    read = [dict(row) for row in slices.rows(hour, hour + timedelta(minutes=59, seconds=59))]
    assert len(read) == len(logged) > 0
    by_id = {row["REQUEST_ID"]: row for row in logged}
    for row in read:
        line = by_id[str(row["RequestIdentifier"])]
        assert row["ApiResource"] == line["API_RESOURCE"]
        assert row["StatusCode"] == int(line["STATUS_CODE"])
        assert row["IsApiLimitCounted"] == (line["COUNTS_AGAINST_API_LIMIT"] == "1")
        assert str(row["UserIdentifier"])[:15] == line["USER_ID"]
        assert len(str(row["UserIdentifier"])) == 18


def test_every_row_of_every_event_log_object_has_its_fields(world: World) -> None:
    objects = [one for name, one in world._tables.items() if name.endswith("eventlog")]
    assert len(objects) == 13
    filled = 0
    for one in objects:
        assert one.event_log_object is not None
        for row in islice(one.rows(), 20):
            assert set(row) == set(one.fields)
            filled += 1
    assert filled > 100


def test_without_event_monitoring_there_is_neither_store_nor_log_object() -> None:
    free = World(SteppedClock(), WorldOptions(history=timedelta(minutes=5), event_monitoring=False))
    assert free.table("LoginEventLog") is None
    assert free.table("ReportEvent") is None
    assert free.table("LoginHistory") is not None
