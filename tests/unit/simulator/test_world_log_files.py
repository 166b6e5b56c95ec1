"""Event log files hold exactly what happened, appear late as real ones do, and never change."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from console.simulator.life.client_acts import LoginAttempt
from console.simulator.logs.columns import FREE_TYPES
from console.simulator.logs.quirks import LogQuirks
from console.simulator.world import EcaLogId, SimLogFile, World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock
from tests.unit.simulator.test_world_window import request_at

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YESTERDAY = NOON.replace(hour=0, minute=0, second=0, microsecond=0) - DAY


@pytest.fixture(scope="module")
def world() -> World:
    """Acme at noon, its hourly files from yesterday's first hour on; tests here only read."""
    return World(SteppedClock(), WorldOptions(history=timedelta(hours=36)))


def body(world: World, file: SimLogFile) -> bytes:
    chunks = world.log_file_body(file.file_id)
    assert chunks is not None
    return b"".join(chunks)


def rows(world: World, file: SimLogFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(world, file).decode())))


def files_of(world: World, event_type: str, interval: str) -> list[SimLogFile]:
    return [f for f in world.log_files() if (f.event_type, f.interval) == (event_type, interval)]


def integrations(truth: dict[str, object]) -> dict[tuple[str, str], dict[str, int]]:
    entries = truth["integrations"]
    assert isinstance(entries, list)
    return {(e["kind"], e["name"]): e for e in entries if e["calls"]}


def test_files_appear_three_to_six_hours_after_their_hour_and_a_day_file_the_next_day(
    world: World,
) -> None:
    for file in world.log_files():
        delay = file.created_at - file.log_date - file.covers
        latest = timedelta(hours=10) if file.sequence > 1 else timedelta(hours=6)
        assert timedelta(hours=3) <= delay <= latest
        assert file.created_at <= NOON
    newest = max(file.log_date for file in files_of(world, "ApiTotalUsage", "Hourly"))
    assert NOON - 7 * HOUR < newest < NOON - 3 * HOUR
    assert [f.log_date for f in files_of(world, "ApiTotalUsage", "Daily")] == [YESTERDAY]


def test_an_hours_files_hold_exactly_the_calls_of_the_hour(world: World) -> None:
    by_hour: dict[datetime, list[SimLogFile]] = {}
    for file in files_of(world, "ApiTotalUsage", "Hourly"):
        by_hour.setdefault(file.log_date, []).append(file)
    complete = [hour for hour in by_hour if world.now() - hour > timedelta(hours=11)][:6]
    assert any(len(by_hour[hour]) == 2 for hour in complete)
    for hour in complete:
        files = by_hour[hour]
        found = [row for file in files for row in rows(world, file)]
        told = integrations(world.truth(hour, hour + HOUR))
        assert len(found) == sum(entry["calls"] for entry in told.values())
        failed = sum(int(row["STATUS_CODE"]) >= 400 for row in found)
        assert failed == sum(entry["errors"] for entry in told.values())
        counted = sum(row["COUNTS_AGAINST_API_LIMIT"] == "1" for row in found)
        assert counted == sum(entry["counted_calls"] for entry in told.values())
        users = Counter(row["USER_NAME"] for row in found)
        billing = [
            told["connected_app", "Billing Sync"],
            told["external_client_app", "Billing Sync"],
        ]
        assert users["svc-billing@acme.example"] == sum(entry["calls"] for entry in billing)


def test_the_daily_file_is_the_hourly_files_together(world: World) -> None:
    day = [f for f in files_of(world, "ApiTotalUsage", "Daily") if f.log_date == YESTERDAY]
    hours = [
        f
        for f in files_of(world, "ApiTotalUsage", "Hourly")
        if 0 <= (f.log_date - YESTERDAY) / DAY < 1
    ]
    assert len({f.log_date for f in hours}) == 24
    lines = [line for f in hours for line in body(world, f).splitlines()[1:]]
    daily_lines = body(world, day[0]).splitlines()[1:]
    assert sorted(daily_lines) == sorted(lines)


@pytest.mark.parametrize("event_type", ["ApiTotalUsage", "Login", "Logout"])
def test_bytes_are_the_same_each_time_and_as_long_as_the_record_says(
    world: World, event_type: str
) -> None:
    table = world.table("eventlogfile")
    assert table is not None
    lengths = {row["Id"]: row["LogFileLength"] for row in table.rows()}
    for file in [f for f in world.log_files() if f.event_type == event_type][:9]:
        first = body(world, file)
        assert first == body(world, file)
        assert lengths[file.file_id] == len(first)
        header = next(csv.reader(io.StringIO(first.decode())))
        assert ",".join(header) == file.field_names
        assert len(file.field_types.split(",")) == len(header)
        assert file.sequence == 0 or all(
            file.log_date <= parsed(row["TIMESTAMP_DERIVED"]) < file.log_date + HOUR
            for row in rows(world, file)
        )


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_values_are_written_as_salesforce_writes_them(world: World) -> None:
    file = files_of(world, "ApiTotalUsage", "Hourly")[0]
    text = body(world, file).decode()
    assert text.endswith('"\n')
    assert "\r" not in text
    for line in text.splitlines()[:50]:
        assert line.startswith('"')
        assert line.count('","') == 17
    row = rows(world, file)[0]
    assert len(row["ORGANIZATION_ID"]) == len(row["USER_ID"]) == 15
    assert row["TIMESTAMP"][:8] == f"{file.log_date:%Y%m%d}"
    moment = parsed(row["TIMESTAMP_DERIVED"])
    assert row["TIMESTAMP"] == f"{moment:%Y%m%d%H%M%S}.{moment.microsecond // 1000:03d}"


def test_real_requests_and_logins_come_into_the_log_with_their_hour() -> None:
    clock = SteppedClock()
    world = World(clock, WorldOptions(history=timedelta(hours=1)))
    hostile = 'cli"ent,\n\x1b[31m'
    world.add_request(request_at(world, client_name=hostile, status=404))
    world.add_login(LoginAttempt(clock.at, "ORGWATCH@acme.example", "orgwatch", "127.0.0.1"))
    clock.step(timedelta(hours=8))
    hour = NOON.replace(minute=0, second=0, microsecond=0)
    calls = [f for f in files_of(world, "ApiTotalUsage", "Hourly") if f.log_date == hour]
    mine = [row for f in calls for row in rows(world, f) if row["CLIENT_NAME"] == hostile]
    assert [row["STATUS_CODE"] for row in mine] == ["404"]
    assert mine[0]["CONNECTED_APP_ID"] == world.facts.console_app.consumer_id[:15]
    logins = [f for f in files_of(world, "Login", "Hourly") if f.log_date == hour]
    found = [row["USER_NAME"] for f in logins for row in rows(world, f)]
    assert found.count("orgwatch@acme.example") == 1
    size = {f["id"]: f for f in world.truth(hour, clock.at)["log_files"]}  # type: ignore[attr-defined]
    assert size[calls[0].file_id]["bytes"] == len(body(world, calls[0]))


def test_the_log_only_names_the_app_where_salesforce_would() -> None:
    columns = {}
    forms: tuple[EcaLogId, ...] = ("888", "0xI", "empty")
    for form in forms:
        world = World(SteppedClock(), WorldOptions(history=timedelta(hours=7), eca_log_id=form))
        found = rows(world, files_of(world, "ApiTotalUsage", "Hourly")[0])
        ids = {
            row["CONNECTED_APP_ID"] for row in found if row["USER_NAME"].startswith("svc-orders")
        }
        assert all(not row["CONNECTED_APP_NAME"] for row in found if row["CONNECTED_APP_ID"] == "")
        assert len(ids) == 1
        columns[form] = ids.pop()
    assert (columns["888"][:3], columns["0xI"][:3], columns["empty"]) == ("888", "0xI", "")


def test_the_free_tier_has_daily_files_of_free_types_for_a_day() -> None:
    clock = SteppedClock()
    options = WorldOptions(history=timedelta(minutes=1), event_monitoring=False)
    world = World(clock, options)
    assert {f.interval for f in world.log_files()} == {"Daily"}
    assert {f.event_type for f in world.log_files()} <= FREE_TYPES
    first = {f.file_id for f in world.log_files()}
    clock.step(timedelta(days=2))
    assert first.isdisjoint(f.file_id for f in world.log_files())
    assert world.log_files()


def test_files_leave_after_their_retention() -> None:
    clock = SteppedClock()
    quirks = LogQuirks(retention=timedelta(days=2))
    world = World(clock, WorldOptions(history=timedelta(minutes=1), log_quirks=quirks))
    first = world.log_files()[0]
    clock.at = first.created_at + timedelta(days=2)
    assert first in world.log_files()
    clock.step(timedelta(seconds=1))
    assert first not in world.log_files()
    assert world.log_file_body(first.file_id) is None


def test_ids_are_taken_in_both_lengths_and_unknown_ones_refused(world: World) -> None:
    file = world.log_files()[0]
    short = world.log_file_body(file.file_id[:15])
    assert short is not None
    assert b"".join(short) == body(world, file)
    assert world.log_file_body("0AT000000000000AAA") is None
