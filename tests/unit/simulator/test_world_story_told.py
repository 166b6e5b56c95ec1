"""An episode is told the same by pool, stream, store, login history, log files and truth."""

import csv
import io
from datetime import timedelta
from itertools import takewhile
from typing import Any

import pytest

from console.simulator.life.rolling_window import RollingWindow
from console.simulator.life.stage import set_stage
from console.simulator.logs.quirks import NO_QUIRKS
from console.simulator.moments import MINUTE_MS, from_ms, to_ms
from console.simulator.org.permissions import Permission
from console.simulator.scenarios.scenario import Incident
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock

EIGHT_HOURS_AGO = timedelta(hours=-8)


@pytest.fixture(scope="module")
def world() -> World:
    """The org in which a dormant app woke eight hours ago, so that its log files exist."""
    return World(
        SteppedClock(),
        WorldOptions(
            scenario="dormant-app",
            episode_at=EIGHT_HOURS_AGO,
            history=timedelta(hours=8, minutes=30),
            log_quirks=NO_QUIRKS,
        ),
    )


@pytest.fixture(scope="module")
def incident(world: World) -> Incident:
    (found,) = world._stage.plot.incidents
    return found


@pytest.fixture(scope="module")
def logged(world: World, incident: Incident) -> list[dict[str, str]]:
    """The rows of the app's user in the hourly ApiTotalUsage files."""
    files = [
        file
        for file in world.log_files()
        if (file.event_type, file.interval) == ("ApiTotalUsage", "Hourly")
        and incident.since_ms - 60 * MINUTE_MS < to_ms(file.log_date) < incident.until_ms
    ]
    rows: list[dict[str, str]] = []
    for file in files:
        text = b"".join(world.log_file_body(file.file_id) or ()).decode()
        rows += [
            row
            for row in csv.DictReader(io.StringIO(text))
            if row["USER_NAME"] == incident.users[0]
        ]
    return rows


@pytest.fixture(scope="module")
def streamed(world: World, incident: Incident) -> list[Any]:
    """The payloads of the read events about the app's user."""
    events = world.events_after("/event/ApiEventStream", 0, 3_000)
    assert to_ms(events[-1].published_at) > incident.until_ms + MINUTE_MS
    return [event.payload for event in events if event.payload["Username"] in incident.users]


def test_the_pool_holds_the_episodes_calls(world: World, incident: Incident) -> None:
    calm = set_stage("calm-week", 7, to_ms(NOON), None, 1.0)
    usual = RollingWindow(calm.traffic.count, calm.traffic.counted_times)
    for at_ms, extra in ((incident.since_ms, 0), (incident.until_ms, incident.figures["calls"])):
        assert world.pool_used(from_ms(at_ms)) - usual.used(at_ms) == extra


def test_log_files_and_stream_carry_the_same_requests(
    incident: Incident, logged: list[dict[str, str]], streamed: list[Any]
) -> None:
    assert len(logged) == len(streamed) == incident.figures["calls"]
    assert {row["REQUEST_ID"] for row in logged} == {one["RequestIdentifier"] for one in streamed}
    assert {row["CLIENT_IP"] for row in logged} == set(incident.addresses)
    assert sum(one["RowsProcessed"] for one in streamed) == incident.figures["rows_read"]


def test_login_history_and_the_calls_share_one_session(
    world: World, incident: Incident, streamed: list[Any]
) -> None:
    history = world.table("LoginHistory")
    assert history is not None
    user = next(one for one in world.facts.users if one.username == incident.users[0])
    begins = from_ms(incident.since_ms - 1_000)
    recent = takewhile(lambda row: row["LoginTime"] >= begins, history.rows())  # type: ignore[operator]
    (login,) = [row for row in recent if row["UserId"] == user.user_id]
    assert (login["Status"], login["Application"]) == ("Success", incident.subject)
    assert {one["LoginHistoryId"] for one in streamed} == {login["Id"]}


def test_truth_tells_the_episode_by_name_and_in_its_sums(world: World, incident: Incident) -> None:
    truth = world.truth(NOON - timedelta(hours=9), NOON, with_log_files=False)
    assert truth["scenario"] == "dormant-app"
    assert truth["planted"] == [incident.as_document()]
    entries: Any = truth["integrations"]
    (entry,) = [each for each in entries if each["name"] == incident.subject]
    assert entry["calls"] == incident.figures["calls"]
    assert entry["by_address"] == {incident.addresses[0]: incident.figures["calls"]}
    assert entry["rows_read"] == incident.figures["rows_read"]
    before = world.truth(NOON - timedelta(hours=9), world.episode_began_at, with_log_files=False)
    assert before["planted"] == []


def test_permissions_go_one_by_one_and_one_that_was_given_back_stays() -> None:
    clock = SteppedClock()
    options = WorldOptions(scenario="missing-permissions", history=timedelta(minutes=1))
    world = World(clock, options)
    lost: list[int] = []
    for _ in range(12):
        lost.append(len(world.access.withheld))
        told = world.truth(NOON, world.now() + timedelta(days=1), with_log_files=False)
        assert set(told["permissions_lost"]) == {p.value for p in world.access.withheld}  # type: ignore[call-overload]
        clock.step(timedelta(minutes=15))
        world.advance()
    assert lost == [*range(11), 10]
    world.access.grant(Permission.API_ENABLED)
    clock.step(timedelta(hours=1))
    world.advance()
    assert Permission.API_ENABLED not in world.access.withheld


def test_an_org_without_event_monitoring_streams_logouts_alone() -> None:
    options = WorldOptions(scenario="no-event-monitoring", history=timedelta(minutes=1))
    world = World(SteppedClock(), options)
    assert world.channels == ("/event/LogoutEventStream",)
    assert {file.interval for file in world.log_files()} == {"Daily"}


def test_scale_multiplies_traffic_and_pool_alike() -> None:
    one, ten = (
        World(SteppedClock(), WorldOptions(history=timedelta(minutes=1), scale=scale))
        for scale in (1.0, 10.0)
    )
    assert ten.pool_max == 10 * one.pool_max
    assert 9.8 < ten.pool_used() / one.pool_used() < 10.2
