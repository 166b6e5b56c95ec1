"""The REST client against a scripted org: tokens, repetition, accounting, paging, streams."""

import asyncio
import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from console.errors import (
    ConfigurationError,
    OrgError,
    OrgRefused,
    OrgUnreachable,
    UnreadableAnswer,
)
from console.salesforce.deadlines import Deadlines
from console.salesforce.types import LimitHeader
from tests.unit.salesforce.scripted_org import START, Console, answering

LIMITS = {"DailyApiRequests": {"Max": 115000, "Remaining": 100000}}


async def test_200_readers_with_a_revoked_token_cause_one_login(console: Console) -> None:
    console.org.serve("/limits", LIMITS)
    await console.rest.get("/limits", purpose="limits")
    console.org.valid_tokens.clear()
    answers = await asyncio.gather(
        *(console.rest.get("/limits", purpose="limits") for _ in range(200))
    )
    assert answers == [LIMITS] * 200
    assert console.org.token_requests == 2


async def test_a_token_refused_twice_is_a_fault_and_no_loop(console: Console) -> None:
    console.org.serve(
        "/limits", console.org.error(401, "INVALID_SESSION_ID", "This session is not valid for use")
    )
    with pytest.raises(OrgRefused) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert caught.value.title == "The session may not use the API"
    assert console.org.token_requests == 2


async def test_no_more_than_four_requests_run_at_once(console: Console) -> None:
    running, most = 0, 0
    full, release = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 4:
            full.set()
        await release.wait()
        running -= 1
        return console.org.json(LIMITS)

    console.org.serve("/limits", slow)
    asking = [asyncio.create_task(console.rest.get("/limits", purpose="limits")) for _ in range(12)]
    await asyncio.wait_for(full.wait(), 5)
    release.set()
    await asyncio.gather(*asking)
    assert most == 4


async def test_every_answer_tells_the_pool_and_every_call_is_counted(console: Console) -> None:
    console.org.serve(
        "/limits", LIMITS, console.org.error(403, "INSUFFICIENT_ACCESS"), console.org.json(LIMITS)
    )
    await console.rest.get("/limits", purpose="limits")
    with pytest.raises(OrgRefused):
        await console.rest.get("/limits", purpose="limits")
    console.org.valid_tokens.clear()
    await console.rest.get("/limits", purpose="again")
    assert console.calls == [
        ("version", 0),
        ("limits", 1),
        ("limits", 1),
        ("again", 0),
        ("again", 1),
    ]
    assert LimitHeader(101, 115000, START) in console.limits
    assert len(console.limits) == 3


async def test_the_org_can_tell_our_calls_from_others(console: Console) -> None:
    console.org.serve("/limits", LIMITS)
    await console.rest.get("/limits", purpose="limits")
    sent = console.org.headers[-1]
    assert sent["Sforce-Call-Options"] == "client=orgwatch"
    assert sent["User-Agent"].startswith("orgwatch/")
    assert "gzip" in sent["Accept-Encoding"]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 420])
async def test_trouble_that_passes_is_met_with_patience(console: Console, status: int) -> None:
    console.org.serve("/limits", answering("", status), LIMITS)
    assert await console.rest.get("/limits", purpose="limits") == LIMITS
    assert all(0 <= wait <= 2 for wait in console.clock.waited_s)
    assert console.clock.waited_s


async def test_patience_ends_after_four_attempts(console: Console) -> None:
    console.org.serve("/limits", console.org.error(503, "SERVER_UNAVAILABLE"))
    with pytest.raises(OrgRefused) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert caught.value.title == "The org is too busy or under maintenance"
    assert console.org.asked.count("GET /services/data/v68.0/limits") == 4


async def test_retry_after_is_honoured(console: Console) -> None:
    console.org.serve(
        "/limits",
        console.org.error(503, "SERVER_UNAVAILABLE", **{"Retry-After": "17"}),
        LIMITS,
    )
    await console.rest.get("/limits", purpose="limits")
    assert console.clock.waited_s == [17.0]


async def test_a_server_that_wants_long_peace_is_left_alone(console: Console) -> None:
    console.org.serve(
        "/limits", console.org.error(503, "SERVER_UNAVAILABLE", **{"Retry-After": "120"})
    )
    with pytest.raises(OrgRefused) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert caught.value.retry_after_s == 120
    assert console.clock.waited_s == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "MALFORMED_QUERY"), (403, "REQUEST_LIMIT_EXCEEDED"), (404, "NOT_FOUND"), (410, "")],
)
async def test_what_does_not_pass_is_asked_once(console: Console, status: int, code: str) -> None:
    console.org.serve("/limits", console.org.error(status, code))
    with pytest.raises(OrgRefused):
        await console.rest.get("/limits", purpose="limits")
    assert console.org.asked.count("GET /services/data/v68.0/limits") == 1


async def test_a_connection_that_breaks_is_tried_again(console: Console) -> None:
    async def rude(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    console.org.serve("/limits", rude, LIMITS)
    assert await console.rest.get("/limits", purpose="limits") == LIMITS
    assert console.calls.count(("limits", 1)) == 2, "the lost request may have been counted"


async def test_an_answer_that_trickles_for_ever_is_ended(connect: Any) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.02)
        except ConnectionError:
            return response

    async with connect(deadlines=Deadlines(whole_s=0.2)) as console:
        console.org.serve("/limits", trickle)
        with pytest.raises(OrgUnreachable) as caught:
            await console.rest.get("/limits", purpose="limits")
    assert caught.value.title == "The org did not answer in time"


async def test_a_web_page_with_status_200_is_no_answer(console: Console) -> None:
    console.org.serve("/limits", answering("<!doctype html><title>Login</title>"))
    with pytest.raises(OrgError) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert caught.value.title == "A web page came instead of an answer"


async def test_damaged_compression_is_no_traceback(console: Console) -> None:
    async def damaged(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\x1f\x8b broken", headers={"Content-Encoding": "gzip"})

    console.org.serve("/limits", damaged)
    with pytest.raises(OrgError) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert caught.value.title == "The answer could not be decompressed"


async def test_a_query_is_read_to_its_last_page(console: Console) -> None:
    locator = "/services/data/v68.0/query/01gRO0000016PIAYA2-2"
    console.org.serve(
        "/query",
        {
            "totalSize": 3,
            "done": False,
            "nextRecordsUrl": locator,
            "records": [{"Id": "1"}, {"Id": "2"}],
        },
    )
    console.org.serve(locator, {"totalSize": 3, "done": True, "records": [{"Id": "3"}]})
    records = await console.rest.query("SELECT Id FROM User", purpose="users")
    assert [record["Id"] for record in records] == ["1", "2", "3"]
    assert console.calls.count(("users", 1)) == 2


async def test_a_list_that_would_be_cut_short_is_refused(console: Console) -> None:
    console.org.serve(
        "/query",
        {"totalSize": 9, "done": True, "records": [{"Id": str(number)} for number in range(9)]},
    )
    assert len(await console.rest.query("SELECT Id FROM User", purpose="u", max_records=9)) == 9
    with pytest.raises(OrgRefused) as caught:
        await console.rest.query("SELECT Id FROM User", purpose="u", max_records=8)
    assert caught.value.code == "TOO_MANY_RECORDS"


@pytest.mark.parametrize(
    "page",
    [
        {"done": False, "records": []},
        {"done": False, "nextRecordsUrl": "https://evil.example/", "records": []},
        {"done": False, "nextRecordsUrl": "//evil.example/x", "records": []},
        {"done": False, "nextRecordsUrl": "/services/data/../../x", "records": []},
        {"done": True, "records": [1]},
        {"done": True, "records": None},
        [],
        None,
        "records",
    ],
)
async def test_a_page_of_another_shape_is_refused(console: Console, page: Any) -> None:
    console.org.serve("/query", answering(json.dumps(page), content_type="application/json"))
    with pytest.raises(OrgError) as caught:
        await console.rest.query("SELECT Id FROM User", purpose="users")
    assert caught.value.title == "The org's answer has another shape than documented"


async def test_pages_that_never_end_are_ended(console: Console) -> None:
    here, there = (f"/services/data/v68.0/query/01gRO0000016PIAYA2-{n}" for n in (1, 2))
    page = {"totalSize": 1, "done": False, "nextRecordsUrl": here, "records": [{"Id": "1"}]}
    console.org.serve("/query", page)
    console.org.serve(there, page)
    console.org.serve(here, page | {"nextRecordsUrl": there})
    with pytest.raises(OrgRefused):
        await console.rest.query("SELECT Id FROM User", purpose="users", max_records=50)
    assert len(console.calls) < 60


async def test_a_page_that_leads_to_itself_is_no_answer(console: Console) -> None:
    here = "/services/data/v68.0/query/01gRO0000016PIAYA2-1"
    page = {"totalSize": 1, "done": False, "nextRecordsUrl": here, "records": [{"Id": "1"}]}
    console.org.serve("/query", page)
    console.org.serve(here, page)
    with pytest.raises(UnreadableAnswer):
        await console.rest.query("SELECT Id FROM User", purpose="users")
    assert console.calls.count(("users", 1)) == 2


async def test_a_query_whose_cursor_is_gone_is_asked_once_more(console: Console) -> None:
    here = "/services/data/v68.0/query/01gRO0000016PIAYA2-1"
    first = {"totalSize": 2, "done": False, "nextRecordsUrl": here, "records": [{"Id": "1"}]}
    console.org.serve("/query", first)
    gone = console.org.error(404, "INVALID_QUERY_LOCATOR", "Invalid query locator")
    console.org.serve(here, gone, {"totalSize": 2, "done": True, "records": [{"Id": "2"}]})
    records = await console.rest.query("SELECT Id FROM User", purpose="users")
    assert [record["Id"] for record in records] == ["1", "2"]
    console.org.serve(here, gone)
    with pytest.raises(OrgRefused) as caught:
        await console.rest.query("SELECT Id FROM User", purpose="again")
    assert caught.value.title == "The rest of the query is gone"
    assert console.calls.count(("again", 1)) == 4


async def test_many_queries_go_five_to_a_call(console: Console) -> None:
    console.org.serve_tables({name: [{"Id": name}] for name in "ABCDEFG"})
    outcomes = await console.rest.query_many(
        {name: f"SELECT Id FROM {name}" for name in "ABCDEFG"}, purpose="apps"
    )
    assert outcomes == {name: [{"Id": name}] for name in "ABCDEFG"}
    assert console.calls == [("version", 0), ("apps", 1), ("apps", 1)]


@pytest.mark.parametrize(("code", "sent"), [("A_NEW_CODE", 2), ("INVALID_TYPE", 1)])
async def test_a_refusal_that_nobody_knows_is_asked_once_more(
    console: Console, code: str, sent: int
) -> None:
    console.org.serve("/limits", console.org.error(400, code, "new words"))
    with pytest.raises(OrgRefused) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert "new words" in caught.value.detail
    assert console.calls.count(("limits", 1)) == sent


async def test_the_tooling_api_has_its_own_query(console: Console) -> None:
    console.org.serve("/tooling/query", {"size": 0, "done": True, "records": []})
    assert await console.rest.query("SELECT Id FROM X", purpose="x", tooling=True) == []


async def test_a_count_is_read_from_the_total(console: Console) -> None:
    console.org.serve("/query", {"totalSize": 4711, "done": True, "records": []})
    assert await console.rest.count("SELECT COUNT() FROM OauthToken", purpose="x") == 4711


async def test_five_queries_cost_one_call_and_fail_one_by_one(console: Console) -> None:
    console.org.serve_tables({"A": [{"Id": "a"}], "B": "INVALID_TYPE", "C": []})
    outcomes = await console.rest.query_together(
        {name: f"SELECT Id FROM {name}" for name in "ABC"}, purpose="apps"
    )
    assert outcomes["A"] == [{"Id": "a"}]
    assert outcomes["C"] == []
    refused = outcomes["B"]
    assert isinstance(refused, OrgRefused)
    assert refused.code == "INVALID_TYPE"
    assert console.calls == [("version", 0), ("apps", 1)]


async def test_a_composite_query_with_pages_is_read_to_its_end(console: Console) -> None:
    locator = "/services/data/v68.0/query/01gRO0000016PIAYA2-1"
    first = {"totalSize": 2, "done": False, "nextRecordsUrl": locator, "records": [{"Id": "1"}]}
    console.org.serve(
        "/composite",
        {"compositeResponse": [{"body": first, "httpStatusCode": 200, "referenceId": "q0"}]},
    )
    console.org.serve(locator, {"totalSize": 2, "done": True, "records": [{"Id": "2"}]})
    outcomes = await console.rest.query_together({"A": "SELECT Id FROM A"}, purpose="apps")
    assert outcomes == {"A": [{"Id": "1"}, {"Id": "2"}]}


@pytest.mark.parametrize(
    "body", [{}, [], {"compositeResponse": []}, {"compositeResponse": [{"referenceId": "q0"}]}]
)
async def test_a_composite_answer_of_another_shape_is_refused(console: Console, body: Any) -> None:
    console.org.serve("/composite", answering(json.dumps(body), content_type="application/json"))
    with pytest.raises(OrgError) as caught:
        await console.rest.query_together({"A": "SELECT Id FROM A"}, purpose="apps")
    assert caught.value.title == "The org's answer has another shape than documented"


async def test_six_queries_do_not_fit(console: Console) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        await console.rest.query_together(dict.fromkeys("ABCDEF", "SELECT"), purpose="x")


LOG_FILE = "/services/data/v68.0/sobjects/EventLogFile/0ATxx/LogFile"


async def downloaded(console: Console) -> list[bytes]:
    async with console.rest.stream(LOG_FILE, purpose="log files") as pieces:
        return [piece async for piece in pieces]


async def test_a_log_file_comes_in_pieces_and_decompressed(console: Console) -> None:
    content = b"".join(b'"ApiTotalUsage","%d"\n' % number for number in range(200_000))

    async def log_file(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Encoding": "gzip", **console.org.limit_header()}
        )
        await response.prepare(request)
        packed = gzip.compress(content)
        for start in range(0, len(packed), 10_000):
            await response.write(packed[start : start + 10_000])
        return response

    console.org.serve(LOG_FILE, log_file)
    received = await downloaded(console)
    assert b"".join(received) == content
    assert len(received) > 10
    assert console.calls[-1] == ("log files", 1)


async def test_a_log_file_that_breaks_off_is_not_taken_for_whole(console: Console) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    console.org.serve(LOG_FILE, half)
    with pytest.raises(OrgUnreachable):
        await downloaded(console)


async def test_a_stream_left_early_frees_its_place(console: Console) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 100_000)
        except ConnectionError:
            return response

    console.org.serve(LOG_FILE, endless)
    for _ in range(10):
        async with console.rest.stream(LOG_FILE, purpose="log files") as pieces:
            await anext(aiter(pieces))
    console.org.serve("/limits", LIMITS)
    assert await asyncio.wait_for(console.rest.get("/limits", purpose="limits"), 5) == LIMITS


async def test_a_log_file_that_is_refused_says_so(console: Console) -> None:
    with pytest.raises(OrgRefused) as caught:
        await downloaded(console)
    assert caught.value.title == "The org has no such resource"


async def test_the_newest_shared_version_is_spoken(console: Console) -> None:
    assert str(await console.rest.api_version()) == "68.0"
    assert "Authorization" not in console.org.headers[-1]
    versions = await asyncio.gather(*(console.rest.api_version() for _ in range(20)))
    assert {str(version) for version in versions} == {"68.0"}
    assert console.org.asked.count("GET /services/data") == 1


async def test_the_configured_version_is_spoken(connect: Any) -> None:
    async with connect(api_version="61.0") as console:
        console.org.serve("/services/data/v61.0/limits", LIMITS)
        assert await console.rest.get("/limits", purpose="limits") == LIMITS


@pytest.mark.parametrize("version", ["20.0", "99.0", "newest"])
async def test_a_version_that_is_not_offered_is_a_configuration_fault(
    connect: Any, version: str
) -> None:
    async with connect(api_version=version) as console:
        with pytest.raises(ConfigurationError) as caught:
            await console.rest.api_version()
    assert version in caught.value.meaning


async def test_the_pool_is_stamped_with_the_orgs_time(console: Console) -> None:
    console.org.serve("/limits", LIMITS)
    console.clock.advance(minutes=7)
    await console.rest.get("/limits", purpose="limits")
    assert console.limits[-1].at == START + timedelta(minutes=7)


async def test_the_own_user_is_known_from_the_login(console: Console) -> None:
    assert await console.rest.own_user_id() == "005xx0000000009AAA"
