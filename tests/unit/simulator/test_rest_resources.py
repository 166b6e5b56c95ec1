"""REST beyond queries: versions that come and go, batch, composite references, records, usage."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.oauth.options import OauthOptions
from console.simulator.org.permissions import Permission
from console.simulator.rest.options import RestOptions
from console.simulator.web.wire import Wire, WireOptions
from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

DATA = "/services/data"
V66 = f"{DATA}/v66.0"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_org() -> AsyncIterator[RunningOrg]:
    """An org with just enough of a past for these tests."""
    org = await serve(SimulateOptions(now=NOW, history=timedelta(hours=1)))
    yield org
    await org.stop()


def wire_of(visitor: Visitor) -> Wire:
    return visitor.org.server._wire


@pytest.fixture(autouse=True)
def same_rules(request: pytest.FixtureRequest) -> Any:
    """Every test finds the shared org's versions and switches as they were."""
    wire = wire_of(request.getfixturevalue("visitor"))
    before, rules = wire.options, replace(wire.versions)
    yield
    wire.options, wire.versions = before, rules


def set_rest(visitor: Visitor, **changed: Any) -> None:
    wire = wire_of(visitor)
    wire.options = replace(wire.options, rest=replace(wire.options.rest, **changed))


def used_calls(answer: httpx.Response) -> int:
    return int(answer.headers["sforce-limit-info"].split("=")[1].split("/")[0])


# --- versions ---


async def test_versions_are_retired_and_warned_of_while_the_org_runs(member: Visitor) -> None:
    rules = wire_of(member).versions
    old = f"{DATA}/v35.0/limits"
    assert "warning" not in (await member.http.get(old)).headers
    rules.warned_below = 41
    warned = await member.http.get(old)
    assert warned.headers["warning"].startswith('299 - "This API is deprecated')
    assert "warning" not in (await member.http.get(f"{DATA}/v41.0/limits")).headers
    rules.oldest = 41
    assert (await member.http.get(old)).status_code == 410
    listed = (await member.http.get(DATA)).json()
    assert listed[0]["version"] == "41.0"


async def test_latest_is_the_newest_version_where_there_is_such_a_name(member: Visitor) -> None:
    assert (await member.http.get(f"{DATA}/latest/limits")).status_code == 404
    wire_of(member).versions.latest_alias = True
    answer = await member.http.get(f"{DATA}/latest/")
    assert answer.json()["query"] == f"{DATA}/v68.0/query"
    assert (await member.http.get(f"{DATA}/latest/limits")).status_code == 200


# --- limits ---


async def test_limits_change_their_names_with_the_version(member: Visitor) -> None:
    old = (await member.http.get(f"{DATA}/v48.0/limits")).json()
    new = (await member.http.get(f"{DATA}/v49.0/limits")).json()
    assert set(old) - set(new) == {"DailyBulkApiRequests"}
    assert set(new) - set(old) == {"DailyBulkApiBatches"}
    assert len(new) >= 50


async def test_limits_of_an_org_with_event_add_on_and_app_quotas(member: Visitor) -> None:
    set_rest(member, event_add_on=True, app_quotas=True)
    body = (await member.http.get(f"{DATA}/v57.0/limits")).json()
    assert body["MonthlyPlatformEventsUsageEntitlement"]["Remaining"] < 0
    assert body["DailyApiRequests"]["MuleSoft ERP"] == {"Max": 0, "Remaining": 0}
    later = (await member.http.get(f"{DATA}/v58.0/limits")).json()
    assert set(later["DailyApiRequests"]) == {"Max", "Remaining"}
    early = (await member.http.get(f"{DATA}/v47.0/limits")).json()
    assert "MonthlyPlatformEvents" in early


async def test_limits_need_permissions(member: Visitor) -> None:
    access = member.org.world.access
    path = f"{V66}/limits"
    try:
        access.grant(Permission.MANAGE_USERS)
        assert "DataStorageMB" in (await member.http.get(path)).json()
        access.withhold(Permission.MANAGE_USERS)
        assert "DataStorageMB" not in (await member.http.get(path)).json()
        access.withhold(Permission.VIEW_SETUP)
        refused = await member.http.get(path)
        assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS")
        access.withhold(Permission.API_ENABLED)
        refused = await member.http.get(f"{V66}/")
        assert refused.json()[0]["errorCode"] == "API_DISABLED_FOR_ORG"
    finally:
        access.grant(Permission.VIEW_SETUP, Permission.API_ENABLED)


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("bursts", r"api-usage=\d+/115000; api-bursts=0/750"),
        ("per_app", r"api-usage=\d+/115000; per-app-api-usage=\d+/115000\(appName=orgwatch\)"),
    ],
)
async def test_other_forms_of_the_limit_header(member: Visitor, form: str, pattern: str) -> None:
    set_rest(member, limit_header=form)
    answer = await member.http.get(f"{V66}/")
    assert re.fullmatch(pattern, answer.headers["sforce-limit-info"])


async def test_developer_edition_stops_at_its_limit(member: Visitor) -> None:
    world = member.org.world
    facts, most = world.facts, world.pool_max
    try:
        world.pool_max = world.pool_used() - 1
        assert (await member.http.get(f"{V66}/")).status_code == 200
        world.facts = replace(facts, edition="Developer Edition")
        refused = await member.http.get(f"{V66}/")
        assert refused.json()[0]["message"] == "TotalRequests Limit exceeded."
    finally:
        world.facts, world.pool_max = facts, most


async def test_long_requests_crowd_out_new_ones(open_org: OpenOrg) -> None:
    rest = RestOptions(most_long_running=2, long_running_after_s=0.05)
    visitor = await open_org(history=timedelta(0), wire=WireOptions(rest=rest))
    await visitor.log_in()
    await visitor.fault("slow", times=2, delay_s=30, path=f"{V66}/limits")
    slow = [asyncio.create_task(visitor.http.get(f"{V66}/limits")) for _ in range(2)]
    wire = wire_of(visitor)
    async with asyncio.timeout(10):
        while wire.running.long_running() < 2:
            await visitor.http.get("/__sim__/now")
    refused = await visitor.http.get(f"{V66}/")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.json()[0]["message"].startswith("ConcurrentRequests")
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    async with asyncio.timeout(10):
        while wire.running.long_running():
            await visitor.http.get("/__sim__/now")
    assert (await visitor.http.get(f"{V66}/")).status_code == 200


# --- batch and composite ---


async def batch(visitor: Visitor, *urls: str, **options: object) -> httpx.Response:
    body = {"batchRequests": [{"method": "GET", "url": url} for url in urls], **options}
    return await visitor.http.post(f"{V66}/composite/batch", json=body)


async def test_each_part_of_a_batch_costs_a_call(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0, history=timedelta(0))
    await visitor.log_in()
    before = used_calls(await visitor.http.get(f"{V66}/"))
    answer = await batch(visitor, "v66.0/limits", "v60.0/sobjects", "v66.0/sobjects/User")
    body = answer.json()
    assert body["hasErrors"] is False
    assert [part["statusCode"] for part in body["results"]] == [200, 200, 200]
    assert body["results"][0]["result"]["DailyApiRequests"]["Max"] == 115_000
    assert used_calls(answer) == before + 3
    composite = {"compositeRequest": [
        {"method": "GET", "url": f"{V66}/sobjects", "referenceId": f"r{n}"} for n in range(3)
    ]}  # fmt: skip
    answer = await visitor.http.post(f"{V66}/composite", json=composite)
    assert used_calls(answer) == before + 4


async def test_what_a_batch_refuses_part_by_part(member: Visitor) -> None:
    urls = ("v67.0/limits", "v33.0/limits", "v66.0/nothing", "https://example.com/", "v66.0/limits")
    answer = await batch(member, *urls)
    assert answer.json()["hasErrors"] is True
    statuses = [part["statusCode"] for part in answer.json()["results"]]
    assert statuses == [400, 400, 404, 404, 200]
    halted = await batch(member, "v66.0/limits", "v66.0/no", "v66.0/limits", haltOnError=True)
    last = halted.json()["results"][-1]
    assert last["statusCode"] == 412
    assert last["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


@pytest.mark.parametrize("body", [{}, {"batchRequests": []}, {"batchRequests": [{}] * 26}])
async def test_a_malformed_batch_is_refused_whole(member: Visitor, body: object) -> None:
    answer = await member.http.post(f"{V66}/composite/batch", json=body)
    assert answer.status_code == 400


async def test_later_parts_of_a_composite_use_earlier_answers(member: Visitor) -> None:
    query = "SELECT+Id+FROM+User+WHERE+Username='orgwatch@acme.example'"
    requests = [
        ("found", f"{V66}/query?q={query}"),
        ("person", f"{V66}/sobjects/User/@{{found.records[0].Id}}?fields=Username,ProfileId"),
        ("profile", f"{V66}/sobjects/Profile/@{{person.ProfileId}}"),
        ("lost", f"{V66}/sobjects/Profile/@{{person.Nothing}}"),
        ("after", f"{V66}/sobjects/Profile/@{{lost.Id}}"),
    ]
    body = {
        "compositeRequest": [
            {"method": "GET", "url": url, "referenceId": name} for name, url in requests
        ]
    }
    answer = await member.http.post(f"{V66}/composite", json=body)
    parts = {part["referenceId"]: part for part in answer.json()["compositeResponse"]}
    assert parts["person"]["body"]["Username"] == "orgwatch@acme.example"
    assert parts["profile"]["body"]["Name"] == member.org.world.facts.console_user.profile
    for name in ("lost", "after"):
        assert parts[name]["body"][0]["errorCode"] == "PROCESSING_HALTED"


async def test_the_members_of_the_composite_family(member: Visitor) -> None:
    body = (await member.http.get(f"{V66}/composite")).json()
    assert set(body) == {"tree", "batch", "sobjects", "graph"}


# --- records ---


async def test_records_by_their_ids(member: Visitor) -> None:
    facts = member.org.world.facts
    users = {user.user_id: user.username for user in facts.users}
    first, second = list(users)[:2]
    one = (await member.http.get(f"{V66}/sobjects/User/{first}")).json()
    assert one["attributes"] == {"type": "User", "url": f"{V66}/sobjects/User/{first}"}
    assert one["Username"] == users[first]
    short = await member.http.get(f"{V66}/sobjects/User/{first[:15]}?fields=Username")
    assert set(short.json()) <= {"attributes", "Id", "Username"}
    unknown = "005000000000000AAA"
    wished = {"ids": f"{second},{unknown},{first}", "fields": "Username"}
    path = f"{V66}/composite/sobjects/User"
    several = (await member.http.get(path, params=wished)).json()
    assert [record and record["Username"] for record in several] == [
        users[second],
        None,
        users[first],
    ]
    posted = {"ids": [second, unknown, first], "fields": ["Username"]}
    assert (await member.http.post(path, json=posted)).json() == several


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("User/005000000000000AAA", 404),
        ("User/x'%20OR%20Id%20!=%20'", 404),
        ("Nothing/005000000000000AAA", 404),
        ("LoginEvent/000000000000000AAA", 404),
        ("User/005000000000000AAA/LogFile", 404),
    ],
)
async def test_records_that_are_not_there(member: Visitor, path: str, status: int) -> None:
    assert (await member.http.get(f"{V66}/sobjects/{path}")).status_code == status


async def test_a_column_that_is_not_there(member: Visitor) -> None:
    user_id = member.org.world.facts.console_user.user_id
    for wished in ("Nope", "Id FROM User --"):
        path = f"{V66}/sobjects/User/{user_id}"
        answer = await member.http.get(path, params={"fields": wished})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


async def test_the_schema_that_an_event_names(member: Visitor) -> None:
    world = member.org.world
    channel = "/event/ApiEventStream"
    newest = world.newest_replay_id(channel)
    assert newest is not None
    (event,) = world.events_after(channel, newest - 1, 1)
    schema = (await member.http.get(f"{V66}/event/eventSchema/{event.schema}")).json()
    assert schema["uuid"] == event.schema
    compact = await member.http.get(
        f"{V66}/sobjects/ApiEventStream/eventSchema", params={"payloadFormat": "COMPACT"}
    )
    assert {field["name"] for field in compact.json()["fields"]} == set(event.payload)
    assert (await member.http.get(f"{V66}/event/eventSchema/x")).status_code == 404


# --- usage of apps ---


async def test_tokens_of_an_app_end_when_they_are_deleted(open_org: OpenOrg) -> None:
    oauth = OauthOptions(app_policies={})
    visitor = await open_org(speed=0.0, history=timedelta(0), wire=WireOptions(oauth=oauth))
    await visitor.log_in()
    usage = f"{V66}/apps/oauth/usage"
    (app,) = [
        app
        for app in (await visitor.http.get(usage)).json()["apps"]
        if app["developerName"] == "Marketing_Hub"
    ]
    (user,) = (await visitor.http.get(app["usageDetailsUrl"])).json()["users"]
    assert user["useCount"] == 9_120
    tokens = f"{usage}/{app['identifier']}/{user['userIdentifier']}/tokens"
    (token,) = (await visitor.http.get(tokens)).json()["tokens"]
    assert (token["username"], token["accessTokenFormat"]) == (user["username"], "Opaque")
    assert (await visitor.http.delete(token["revocationUrl"])).status_code == 204
    assert (await visitor.http.get(tokens)).json()["tokens"] == []
    assert (await visitor.http.delete(token["revocationUrl"])).status_code == 404
    listed = (await visitor.http.get(usage)).json()["apps"]
    assert app["identifier"] not in {each["identifier"] for each in listed}
    own = next(each.app_id for each in visitor.org.world.facts.apps if each.name == "orgwatch")
    assert (await visitor.http.delete(f"{usage}/{own}/tokens")).status_code == 204
    assert (await visitor.http.get(f"{V66}/")).status_code == 401


async def test_usage_is_younger_than_some_versions(member: Visitor) -> None:
    assert (await member.http.get(f"{DATA}/v58.0/apps/oauth/usage")).status_code == 404
    assert (await member.http.get(f"{V66}/apps/oauth/usage/0xI/users")).status_code == 404


# --- form of requests and answers ---


async def test_a_compressed_request_is_read(member: Visitor) -> None:
    part = {"method": "GET", "url": f"{V66}/sobjects", "referenceId": "a"}
    body = gzip.compress(json.dumps({"compositeRequest": [part]}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await member.http.post(f"{V66}/composite", content=body, headers=headers)
    assert answer.json()["compositeResponse"][0]["httpStatusCode"] == 200


async def test_json_for_peoples_eyes(member: Visitor) -> None:
    plain = await member.http.get(f"{V66}/")
    pretty = await member.http.get(f"{V66}/", headers={"X-PrettyPrint": "1"})
    assert pretty.json() == plain.json()
    assert pretty.text.startswith('{\n  "')


async def test_headers_that_are_too_long_as_a_whole(member: Visitor) -> None:
    wide = {f"X-Wide-{n}": "x" * 4_000 for n in range(5)}
    answer = await member.http.get(f"{V66}/limits", headers=wide)
    assert answer.status_code == 431


async def test_head_and_the_methods_that_are_allowed(member: Visitor) -> None:
    head = await member.http.head(f"{V66}/sobjects/User/describe")
    assert (head.status_code, head.content) == (200, b"")
    for path in ("sobjects/User", "query"):
        answer = await member.http.post(f"{V66}/{path}", json={})
        assert (answer.status_code, answer.headers["allow"]) == (405, "HEAD,GET")


async def test_answers_set_the_cookies_of_a_real_org(member: Visitor) -> None:
    answer = await member.http.get(f"{V66}/")
    names = {cookie.split("=")[0] for cookie in answer.headers.get_list("set-cookie")}
    assert names == {"CookieConsentPolicy", "LSKey-c$CookieConsentPolicy", "BrowserId"}
    assert answer.headers["x-request-id"] == answer.headers["x-sfdc-request-id"]
