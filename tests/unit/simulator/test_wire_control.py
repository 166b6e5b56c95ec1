"""The control endpoint: ground truth, faults, tallies."""

import asyncio
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.simulator.faults.documents import fault_from
from console.simulator.scenarios.catalogue import SCENARIOS
from console.simulator.scenarios.scenario import ScriptedFault
from console.simulator.web.server import _script
from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS = "/services/data/v66.0/limits"
FAULTS = "/__sim__/faults"
PERMISSIONS = "/__sim__/permissions"
CLOCK = "/__sim__/clock"


async def test_the_truth_counts_what_clients_really_did(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.log_in()
    for _ in range(3):
        await visitor.http.get(LIMITS)
    await visitor.http.get(LIMITS, headers={"Authorization": "Bearer wrong"})
    span = {"since": "2026-03-11T09:00:00Z", "until": "2026-03-11T09:30:01Z"}
    truth = (await visitor.http.get("/__sim__/truth", params=span)).json()
    assert truth["schema"] == "orgwatch/simulate-truth/1"
    assert truth["own_requests"]["calls"] == 3
    (own,) = (i for i in truth["integrations"] if i["user"] == "orgwatch@acme.example")
    assert (own["calls"], own["name"]) == (3, "orgwatch")
    (scanner,) = (i for i in truth["integrations"] if i["name"] == "AcmeScan/3.1")
    assert scanner["configured_name"] == "Warehouse Scanner"
    assert own["configured_name"] == "orgwatch"


async def test_a_span_without_an_end_is_the_last_day(open_org: OpenOrg) -> None:
    member = await open_org(scale=0.01, speed=0.0)
    truth = (await member.http.get("/__sim__/truth")).json()
    assert truth["since"][:16] == "2026-03-10T09:30"
    answer = await member.http.get("/__sim__/truth", params={"since": "yesterday"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "since must be an ISO 8601 time"}


async def test_the_truth_without_log_files(open_org: OpenOrg) -> None:
    member = await open_org(scale=0.01, speed=0.0)
    whole = (await member.http.get("/__sim__/truth")).json()
    parts = (await member.http.get("/__sim__/truth", params={"log_files": "no"})).json()
    assert whole.pop("log_files")
    assert parts.pop("log_files") == []
    assert parts == whole
    answer = await member.http.get("/__sim__/truth", params={"log_files": "some"})
    assert (answer.status_code, answer.json()["error"]) == (400, "log_files must be yes or no")


async def test_the_orgs_time(visitor: Visitor) -> None:
    now = (await visitor.http.get("/__sim__/now")).json()["now"]
    assert now.startswith("2026-03-11T09:3")
    assert now.endswith("Z")


async def test_requests_are_tallied_by_path_and_client(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    named = {"Sforce-Call-Options": "client=orgwatch/1; defaultNamespace=x"}
    await visitor.http.get(LIMITS, headers=named)
    await visitor.http.get(f"{LIMITS}?x=1", headers={"User-Agent": "curl/8"})
    tally = (await visitor.http.get("/__sim__/requests")).json()
    assert tally["by_path"] == {"/services/oauth2/token": 1, LIMITS: 2}
    assert tally["by_client"]["orgwatch/1"] == 1
    assert tally["by_client"]["curl/8"] == 1
    assert tally["total"] == 3


async def test_standing_faults_are_listed_counted_and_cleared(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    await visitor.fault("http_503", times=3, path="/services/data", retry_after_s=7)
    await visitor.fault("clock_skew", seconds=-90)
    await visitor.fault("lose_events", channel="/event/ApiEventStream")
    await visitor.http.get(LIMITS)
    listed = (await visitor.http.get(FAULTS)).json()
    (standing,) = listed["standing"]
    begins_at = standing.pop("begins_at")
    assert begins_at.startswith("2026-03-11T09:30:0")
    assert standing == {
        "id": 1,
        "kind": "http_503",
        "remaining": 2,
        "path": "/services/data",
        "struck": 1,
        "status": 503,
        "retry_after_s": 7,
        "retry_after": "seconds",
    }
    assert listed["stream"] == [{"kind": "lose_events", "channel": "/event/ApiEventStream"}]
    assert listed["struck"] == {"clock_skew": 1, "http_503": 1, "lose_events": 1}
    assert listed["clock_skew_s"] == -90.0
    assert (await visitor.http.delete(FAULTS)).status_code == 204
    cleared = (await visitor.http.get(FAULTS)).json()
    assert (cleared["standing"], cleared["stream"], cleared["clock_skew_s"]) == ([], [], 0.0)
    assert cleared["struck"] == listed["struck"]


async def test_one_fault_is_taken_down_by_its_number(open_org: OpenOrg) -> None:
    visitor = await open_org()
    for path in ("/a", "/b"):
        await visitor.fault("slow", path=path)
    assert (await visitor.http.delete(f"{FAULTS}/1")).status_code == 204
    assert [f["path"] for f in (await visitor.http.get(FAULTS)).json()["standing"]] == ["/b"]
    for number in ("1", "x", "²"):
        answer = await visitor.http.delete(f"{FAULTS}/{number}")
        assert (answer.status_code, "no fault" in answer.json()["error"]) == (404, True)


async def test_permissions_are_taken_and_given_back(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    assert (await visitor.http.get(LIMITS)).status_code == 200
    answer = await visitor.http.post(PERMISSIONS, json={"withhold": ["ViewSetup"]})
    assert answer.json()["withheld"] == ["ViewSetup"]
    assert "ViewSetup" not in answer.json()["granted"]
    assert (await visitor.http.get(LIMITS)).status_code == 403
    answer = await visitor.http.post(PERMISSIONS, json={"grant": ["ViewSetup"]})
    assert answer.json() == (await visitor.http.get(PERMISSIONS)).json()
    assert answer.json()["username"] == "orgwatch@acme.example"
    assert (await visitor.http.get(LIMITS)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (PERMISSIONS, {"withhold": ["Fly"]}, "permission must be one of: "),
        (PERMISSIONS, {"withhold": "ViewSetup"}, "withhold must be a list"),
        (PERMISSIONS, {"take": []}, "withhold"),
        (CLOCK, {}, "advance_s"),
        (CLOCK, {"advance_s": -1}, "advance_s must be a number from 0"),
        (CLOCK, {"speed": "fast"}, "speed must be a number from 0"),
        (CLOCK, [1], "must be a JSON object"),
    ],
)
async def test_what_is_not_understood_gets_a_sentence(
    visitor: Visitor, path: str, body: object, words: str
) -> None:
    answer = await visitor.http.post(path, json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def clock_in_settings(visitor: Visitor) -> dict[str, Any]:
    text = Path(visitor.org.announcement["config_file"]).read_text("utf-8")
    return dict(tomllib.loads(text)["org"]["acme"]["simulated_time"])


async def test_a_frozen_clock_is_stepped(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    before = visitor.org.world.newest_replay_id("/event/ApiEventStream")
    answer = await visitor.http.post(CLOCK, json={"advance_s": 5400})
    assert answer.json() == {"now": "2026-03-11T11:00:00Z", "speed": 0.0}
    assert (visitor.org.world.newest_replay_id("/event/ApiEventStream") or 0) > (before or 0)
    assert clock_in_settings(visitor)["org_origin"] == NOW + timedelta(hours=1.5)


async def test_a_clock_that_runs_is_set_forward_and_hurried(open_org: OpenOrg) -> None:
    visitor = await open_org()
    said = (await visitor.http.post(CLOCK, json={"advance_s": 60, "speed": 5000})).json()
    assert said["speed"] == 5000
    earliest = NOW + timedelta(minutes=2)
    async with asyncio.timeout(10):
        while visitor.org.world.now() < earliest:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_the_truth_of_no_time_at_all_is_refused(visitor: Visitor) -> None:
    span = {"since": "2026-03-11T09:00:00Z", "until": "2026-03-11T08:00:00Z"}
    answer = await visitor.http.get("/__sim__/truth", params=span)
    assert (answer.status_code, answer.json()["error"]) == (400, "since must not be after until")


async def test_web_pages_cannot_steer_the_org(visitor: Visitor) -> None:
    for path in ("/__sim__/stop", "/__sim__/faults"):
        answer = await visitor.http.post(path, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert "web pages" in answer.json()["error"]


async def test_a_storys_faults_are_caused_at_their_hours(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    server = visitor.org.server
    world = server._wire.world
    document = {"kind": "http_503", "path": "/cometd"}
    fault = ScriptedFault(timedelta(minutes=5), document)
    world.scenario = replace(world.scenario, faults=(fault,))
    script = _script(server._runner.app, server._wire)
    assert script.play_until(world.episode_began_at + timedelta(minutes=4)) == 0
    assert script.play_until(world.episode_began_at + timedelta(minutes=5)) == 1
    (standing,) = (await visitor.http.get(FAULTS)).json()["standing"]
    assert (standing["kind"], standing["path"]) == ("http_503", "/cometd")


async def test_every_storys_faults_can_be_caused() -> None:
    for story in SCENARIOS.values():
        for fault in story.faults:
            assert fault_from(fault.document, NOW).kind


async def test_a_retry_storm_refuses_real_clients_too_while_it_lasts(open_org: OpenOrg) -> None:
    visitor = await open_org(
        scenario="retry-storm", episode_at=timedelta(minutes=5), speed=0.0, scale=0.3
    )
    await visitor.log_in()
    no_order = "/services/data/v66.0/sobjects/Order/801000000000001"
    statuses = []
    for advance_s in (0, 301, 1_800):
        await visitor.http.post(CLOCK, json={"advance_s": advance_s})
        statuses.append((await visitor.http.get(no_order)).status_code)
    assert statuses == [404, 503, 404]
