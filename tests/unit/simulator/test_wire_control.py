"""The control endpoint: ground truth, faults, tallies."""

import asyncio

import pytest

from tests.unit.simulator.visitor import OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS = "/services/data/v66.0/limits"


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


async def test_a_span_without_an_end_is_the_last_day(member: Visitor) -> None:
    truth = (await member.http.get("/__sim__/truth")).json()
    assert truth["since"][:16] == "2026-03-10T09:30"
    answer = await member.http.get("/__sim__/truth", params={"since": "yesterday"})
    assert (answer.status_code, answer.text) == (400, "since must be an ISO 8601 time")


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


async def test_503_with_and_without_a_wish(member: Visitor) -> None:
    await member.fault("http_503", times=2, retry_after_s=7, path="/services/data")
    for _ in range(2):
        answer = await member.http.get(LIMITS)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert answer.json()[0]["errorCode"] == "SERVER_UNAVAILABLE"
        assert "sforce-limit-info" not in answer.headers
    assert (await member.http.get(LIMITS)).status_code == 200
    await member.fault("http_503")
    assert "retry-after" not in (await member.http.get(LIMITS)).headers


async def test_html_where_json_is_expected(member: Visitor) -> None:
    await member.fault("http_html", status=200)
    answer = await member.http.get(LIMITS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_a_slow_answer(member: Visitor) -> None:
    await member.fault("slow", delay_s=0.4)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await member.http.get(LIMITS)).status_code == 200
    assert loop.time() - began >= 0.4


async def test_revoked_tokens(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    answer = await visitor.http.post("/__sim__/faults", json={"kind": "revoke_tokens"})
    assert answer.json() == {"kind": "revoke_tokens", "struck": 1}
    assert (await visitor.http.get(LIMITS)).status_code == 401
    await visitor.log_in()
    assert (await visitor.http.get(LIMITS)).status_code == 200


async def test_standing_faults_are_listed_and_cleared(member: Visitor) -> None:
    await member.fault("http_503", times=3, path="/cometd")
    await member.fault("clock_skew", seconds=-90)
    listed = (await member.http.get("/__sim__/faults")).json()
    assert listed == {
        "standing": [{"kind": "http_503", "remaining": 3, "path": "/cometd"}],
        "clock_skew_s": -90.0,
    }
    assert (await member.http.delete("/__sim__/faults")).status_code == 204
    cleared = (await member.http.get("/__sim__/faults")).json()
    assert cleared == {"standing": [], "clock_skew_s": 0.0}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "earthquake"}, "kind must be one of: revoke_tokens"),
        ({}, "kind must be one of"),
        ({"kind": "slow", "delay": 1}, "unknown key: delay"),
        ({"kind": "slow", "delay_s": "long"}, "delay_s must be a number from 0 to 300"),
        ({"kind": "http_503", "times": 0}, "times must be a number from 1"),
        ({"kind": "http_503", "times": True}, "times must be a number from 1"),
        ({"kind": "http_503", "path": 5}, "path must be a string"),
        ([], "must be a JSON object"),
    ],
)
async def test_a_fault_that_is_not_understood_says_why(
    visitor: Visitor, body: object, words: str
) -> None:
    answer = await visitor.http.post("/__sim__/faults", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


async def test_web_pages_cannot_steer_the_org(visitor: Visitor) -> None:
    for path in ("/__sim__/stop", "/__sim__/faults"):
        answer = await visitor.http.post(path, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
