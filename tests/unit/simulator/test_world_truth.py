"""Pool, log, stream and truth are four tellings of the same thing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from console.simulator.life.client_acts import LoginAttempt
from console.simulator.world import EcaLogId, World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, HurryingClock, SteppedClock
from tests.unit.simulator.test_world_window import request_at

DAY = timedelta(days=1)


def told(world: World, back: timedelta = DAY) -> dict[str, Any]:
    return json.loads(
        json.dumps(world.truth(world.now() - back, world.now(), with_log_files=False))
    )


@pytest.fixture(scope="module")
def world() -> World:
    """Acme at noon, with three real requests and a login."""
    world = World(SteppedClock())
    world.add_login(LoginAttempt(NOON, "orgwatch@acme.example", "orgwatch", "127.0.0.1"))
    world.add_request(request_at(world))
    world.add_request(request_at(world, status=404))
    world.add_request(request_at(world, counted=False, app=None, client_name="probe"))
    return world


def test_the_pool_is_the_sum_of_the_integrations(world: World) -> None:
    truth = told(world)
    assert truth["pool_used"] == world.pool_used() == truth["counted_calls"]
    assert truth["counted_calls"] == sum(e["counted_calls"] for e in truth["integrations"])
    assert truth["calls"] - truth["counted_calls"] == sum(
        e["calls"] for e in truth["integrations"] if e["name"] in ("Salesforce for iOS", "probe")
    )


def test_hours_line_up_and_add_up(world: World) -> None:
    truth = told(world)
    assert len(truth["hours"]) == 25
    for entry in truth["integrations"]:
        assert len(entry["by_hour"]) == 25
        assert sum(entry["by_hour"]) == entry["counted_calls"]
        assert entry["errors"] <= entry["calls"]


def test_shorter_spans_add_up_to_the_longer_one(world: World) -> None:
    cut = NOON - timedelta(hours=7, minutes=21, seconds=3)
    spans = ((NOON - DAY, NOON), (NOON - DAY, cut), (cut, NOON))
    whole, *parts = (world.truth(*span, with_log_files=False) for span in spans)
    for key in ("calls", "counted_calls", "errors"):
        assert whole[key] == sum(int(str(part[key])) for part in parts)


def test_real_requests_are_an_integration_of_their_own(world: World) -> None:
    truth = told(world)
    assert truth["own_requests"] == {
        "calls": 3,
        "counted_calls": 2,
        "errors": 1,
        "by_client": {"orgwatch": 2, "probe": 1},
    }
    mine = {e["name"]: e for e in truth["integrations"] if e["real"]}
    assert set(mine) == {"orgwatch", "probe"}
    assert (mine["orgwatch"]["kind"], mine["orgwatch"]["errors"]) == ("external_client_app", 1)
    assert (mine["probe"]["kind"], mine["probe"]["counted_calls"]) == ("client", 0)


def test_events_are_counted_as_they_are_delivered() -> None:
    world = World(SteppedClock(), WorldOptions(history=timedelta(hours=1)))
    world.add_login(LoginAttempt(NOON, "orgwatch@acme.example", "orgwatch", "127.0.0.1"))
    counts = told(world)["events"]
    for channel in world.channels:
        assert counts[channel] == len(world.events_after(channel, 0, 1_000_000))


def test_logins_are_those_of_login_history(world: World) -> None:
    table = world.table("LoginHistory")
    assert table is not None
    rows = [row for row in table.rows() if row["LoginTime"] >= NOON - DAY]  # type: ignore[operator]
    logins = told(world)["logins"]
    assert abs(logins["total"] - len(rows)) <= 1
    assert logins["failed"] == sum(row["Status"] != "Success" for row in rows)
    assert logins["by_application"]["orgwatch"] == 1


def test_apps_are_counted_by_kind(world: World) -> None:
    assert told(world)["apps"] == {
        "connected_app": 8,
        "external_client_app": 6,
        "uninstalled": 1,
    }


@pytest.mark.parametrize(
    ("form", "kind", "name"),
    [
        ("888", "external_client_app", "Order Sync"),
        ("0xI", "external_client_app", "Order Sync"),
        ("empty", "client", "acme-orders/5"),
    ],
)
def test_truth_says_what_the_log_lets_one_see(form: EcaLogId, kind: str, name: str) -> None:
    world = World(SteppedClock(), WorldOptions(history=timedelta(minutes=5), eca_log_id=form))
    entries = told(world, timedelta(hours=1))["integrations"]
    orders = next(e for e in entries if e["name"] == "Order Sync")
    assert (orders["kind"], orders["seen_kind"], orders["seen_name"]) == (
        "external_client_app",
        kind,
        name,
    )
    hr = next(e for e in entries if e["name"] == "HR Feed")
    assert (hr["kind"], hr["logged_app_id"][:3]) == ("unresolved", "888")
    assert (hr["seen_kind"], hr["seen_name"]) == ("user", "svc-hr@acme.example")


def test_the_future_is_not_told(world: World) -> None:
    truth = world.truth(NOON - timedelta(hours=1), NOON + DAY)
    assert truth["calls"] == world.truth(NOON - timedelta(hours=1), NOON)["calls"]


def test_truth_is_of_one_moment_however_fast_the_clock_runs() -> None:
    world = World(HurryingClock(), WorldOptions(history=timedelta(minutes=1)))
    first = world.now()
    since = first + timedelta(seconds=7) - DAY
    truth = world.truth(since, first + DAY, with_log_files=False)
    assert truth["pool_used"] == truth["counted_calls"]
    assert truth["as_of"] == truth["until"]
