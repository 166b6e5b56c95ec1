"""Each fault as a client sees it: bytes on the socket, statuses, headers, ends of connections."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.unit.simulator.raw_line import RawAnswer, ask
from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS = "/services/data/v66.0/limits"
QUERY = "/services/data/v66.0/query"
TOKEN = "/services/oauth2/token"


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_stands_afterwards(visitor: Visitor) -> AsyncIterator[None]:
    """What a test leaves behind must not strike the next."""
    yield
    await visitor.http.delete("/__sim__/faults")


# --- in place of the answer ---


@pytest.mark.parametrize(
    ("fault", "status", "code", "headers"),
    [
        ({"kind": "http_error"}, 500, "UNKNOWN_EXCEPTION", {}),
        (
            {"kind": "http_error", "status": 401},
            401,
            "INVALID_SESSION_ID",
            {"www-authenticate": "Token"},
        ),
        ({"kind": "http_503", "retry_after_s": 7}, 503, "SERVER_UNAVAILABLE", {"retry-after": "7"}),
        ({"kind": "http_503"}, 503, "SERVER_UNAVAILABLE", {"retry-after": None}),
        ({"kind": "http_error", "status": 404}, 404, "NOT_FOUND", {}),
        (
            {"kind": "http_error", "status": 403, "error_code": "TXN_SECURITY_NO_ACCESS"},
            403,
            "TXN_SECURITY_NO_ACCESS",
            {},
        ),
        ({"kind": "limit_exceeded"}, 403, "REQUEST_LIMIT_EXCEEDED", {}),
        ({"kind": "limit_exceeded", "which": "concurrent"}, 403, "REQUEST_LIMIT_EXCEEDED", {}),
        ({"kind": "maintenance", "for_s": 60}, 503, "SERVER_UNAVAILABLE", {}),
    ],
)
async def test_errors_in_the_shape_of_the_rest_api(
    member: Visitor, fault: dict[str, Any], status: int, code: str, headers: dict[str, str | None]
) -> None:
    await member.fault(**fault)
    answer = await member.http.get(LIMITS)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    (error,) = answer.json()
    assert (error["errorCode"], bool(error["message"])) == (code, True)
    assert "sforce-limit-info" not in answer.headers
    for name, value in headers.items():
        assert answer.headers.get(name) == value


async def test_which_limit_is_exceeded_is_in_the_message(member: Visitor) -> None:
    messages = []
    for which in ("total", "concurrent"):
        await member.fault("limit_exceeded", which=which)
        messages.append((await member.http.get(LIMITS)).json()[0]["message"])
    assert messages == [
        "TotalRequests Limit exceeded.",
        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
    ]


async def test_retry_after_as_a_date_is_in_the_orgs_time(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.fault("http_503", retry_after_s=90, retry_after="date")
    answer = await visitor.http.get(LIMITS)
    assert parsedate_to_datetime(answer.headers["retry-after"]) == NOW + timedelta(seconds=90)


async def test_the_token_endpoint_has_errors_of_its_own_shape(visitor: Visitor) -> None:
    await visitor.fault("http_error", status=500, path=TOKEN)
    answer = await visitor.ask_token()
    assert answer.status_code == 500
    assert answer.json()["error"] == "unknown_exception"
    await visitor.fault("login_refused", error="server_error", error_description="try later")
    answer = await visitor.ask_token(assertion=visitor.assertion())
    assert answer.json() == {"error": "server_error", "error_description": "try later"}


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ({"kind": "http_html"}, 503, "down for maintenance"),
        ({"kind": "http_html", "status": 200}, 200, "down for maintenance"),
        ({"kind": "http_html", "page": "login"}, 200, 'type="password"'),
        ({"kind": "http_html", "page": "proxy"}, 407, "Proxy Authentication"),
        ({"kind": "http_error", "status": 502}, 502, "did not answer"),
        ({"kind": "http_error", "status": 420}, 420, "did not answer"),
    ],
)
async def test_html_where_json_is_expected(
    member: Visitor, fault: dict[str, Any], status: int, words: str
) -> None:
    await member.fault(**fault)
    answer = await ask(member, LIMITS)
    assert answer.status == status
    assert answer.header("content-type") == "text/html; charset=UTF-8"
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert words in answer.body.decode()
    assert (answer.header("proxy-authenticate") is not None) == (status == 407)


async def test_redirects_to_itself_and_elsewhere(member: Visitor) -> None:
    await member.fault("redirect", times=3)
    for _ in range(3):
        answer = await member.http.get(f"{LIMITS}?a=1")
        assert answer.status_code == 302
        assert answer.headers["location"] == f"{member.url}{LIMITS}?a=1"
    await member.fault("redirect", location="https://elsewhere.example/x", status=308)
    answer = await member.http.get(LIMITS)
    assert (answer.status_code, answer.headers["location"]) == (308, "https://elsewhere.example/x")


async def test_json_that_is_none(member: Visitor) -> None:
    await member.fault("invalid_json")
    await member.fault("empty_body", path=LIMITS)
    for body in (b'{"totalSize": 1, "done": tru', b""):
        answer = await ask(member, LIMITS)
        assert (answer.status, answer.body) == (200, body)
        assert answer.header("content-type") == "application/json;charset=UTF-8"


async def test_maintenance_lasts_as_long_as_it_was_said_to(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.fault("maintenance", for_s=600)
    for path in ("/services/data", "/cometd/66.0", "/id/x/y"):
        assert (await visitor.http.post(path, json=[])).status_code == 503
    await visitor.http.post("/__sim__/clock", json={"advance_s": 599})
    assert (await visitor.http.get("/services/data")).status_code == 503
    await visitor.http.post("/__sim__/clock", json={"advance_s": 1})
    assert (await visitor.http.get("/services/data")).status_code == 200


# --- on the line ---


async def whole(visitor: Visitor, path: str = LIMITS) -> RawAnswer:
    answer = await ask(visitor, path)
    assert (answer.status, answer.end) == (200, "open")
    return answer


@pytest.mark.parametrize("at_byte", [0, 1, 100])
async def test_a_truncated_body_whose_length_tells(member: Visitor, at_byte: int) -> None:
    right = await whole(member)
    await member.fault("truncate", at_byte=at_byte)
    answer = await ask(member, LIMITS)
    assert (answer.end, len(answer.body)) == ("closed", at_byte)
    assert right.body.startswith(answer.body)
    assert int(answer.header("content-length") or 0) == len(right.body)
    await member.fault("truncate", at_byte=at_byte)
    with pytest.raises(httpx.RemoteProtocolError):
        await member.http.get(LIMITS, headers={"Accept-Encoding": "identity"})


async def test_a_truncated_body_that_says_it_is_whole(member: Visitor) -> None:
    right = await whole(member)
    await member.fault("truncate", at_byte=100, length="lie")
    answer = await ask(member, LIMITS)
    assert (answer.end, answer.body) == ("open", right.body[:100])
    assert answer.header("content-length") == "100"
    await member.fault("truncate", at_byte=100, length="lie")
    plain = await member.http.get(LIMITS, headers={"Accept-Encoding": "identity"})
    assert plain.content == right.body[:100]
    assert (await member.http.get(LIMITS)).json()  # the connection goes on as if nothing were


async def test_a_log_file_cut_short_with_and_without_saying_so(member: Visitor) -> None:
    query = {"q": "SELECT LogFile FROM EventLogFile WHERE EventType = 'Login' LIMIT 1"}
    records = (await member.http.get(QUERY, params=query)).json()["records"]
    path = records[0]["LogFile"]
    identity = {"Accept-Encoding": "identity"}
    right = (await member.http.get(path, headers=identity)).content
    await member.fault("truncate", at_byte=300, length="lie", path="*/LogFile")
    assert (await member.http.get(path, headers=identity)).content == right[:300]
    await member.fault("truncate", at_byte=300, path="*/LogFile")
    with pytest.raises(httpx.RemoteProtocolError):
        await member.http.get(path, headers=identity)


@pytest.mark.parametrize("at_byte", [0, 9, 700])
async def test_a_connection_reset_at_a_byte(member: Visitor, at_byte: int) -> None:
    await member.fault("reset", at_byte=at_byte)
    answer = await ask(member, LIMITS)
    assert (answer.end, answer.size) == ("reset", at_byte)
    await member.fault("reset", at_byte=at_byte)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await member.http.get(LIMITS)


async def test_an_answer_that_stalls_and_is_then_cut(member: Visitor) -> None:
    await member.fault("stall", at_byte=50, delay_s=0.3)
    answer = await ask(member, LIMITS)
    assert (answer.end, answer.size) == ("closed", 50)
    await member.fault("stall", at_byte=50, delay_s=300)
    with pytest.raises(httpx.ReadTimeout):
        await member.http.get(LIMITS, timeout=0.2)


async def test_an_answer_that_drips(member: Visitor) -> None:
    right = await whole(member)
    await member.fault("drip", bytes=1000, pause_s=0.05)
    answer = await ask(member, LIMITS)
    assert answer.body == right.body
    pauses = right.size // 1000
    assert len(answer.arrivals) > pauses
    assert answer.arrivals[-1] - answer.arrivals[0] >= 0.05 * (pauses - 1)


async def test_a_large_answer_that_drips_holds_its_writer_back(member: Visitor) -> None:
    query = {"q": "SELECT LogFile FROM EventLogFile WHERE EventType = 'ApiTotalUsage' LIMIT 1"}
    records = (await member.http.get(QUERY, params=query)).json()["records"]
    path = records[0]["LogFile"]
    identity = {"Accept-Encoding": "identity"}
    right = (await member.http.get(path, headers=identity)).content
    await member.fault("drip", bytes=50_000, pause_s=0, path="*/LogFile")
    assert (await member.http.get(path, headers=identity)).content == right


async def test_a_slow_first_byte(member: Visitor) -> None:
    await member.fault("slow", delay_s=0.4, path=LIMITS)
    answer = await ask(member, LIMITS)
    assert answer.status == 200
    assert answer.arrivals[1] - answer.arrivals[0] >= 0.4


async def test_headers_that_lie_about_the_body(member: Visitor) -> None:
    await member.fault("wrong_content_type", content_type="text/plain")
    answer = await ask(member, LIMITS)
    assert answer.header("content-type") == "text/plain"
    assert json.loads(answer.body)
    await member.fault("wrong_gzip", times=2)
    answer = await ask(member, LIMITS)
    assert answer.header("content-encoding") == "gzip"
    assert json.loads(answer.body)
    with pytest.raises(httpx.DecodingError):
        await member.http.get(LIMITS)


# --- tokens, clock, org ---


async def test_a_token_that_dies_at_the_third_request(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    await visitor.fault("expire_token", after=2, path="/services/data")
    statuses = [(await visitor.http.get(LIMITS)).status_code for _ in range(4)]
    assert statuses == [200, 200, 401, 401]
    await visitor.log_in()
    assert (await visitor.http.get(LIMITS)).status_code == 200


async def test_revoked_tokens(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    answer = await visitor.http.post("/__sim__/faults", json={"kind": "revoke_tokens"})
    assert answer.json() == {"kind": "revoke_tokens", "struck": 1}
    assert (await visitor.http.get(LIMITS)).status_code == 401


async def test_a_skewed_clock_is_on_the_date_header_and_judges_assertions(
    open_org: OpenOrg,
) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.fault("clock_skew", seconds=600)
    answer = await visitor.ask_token(assertion=visitor.assertion())
    assert answer.json()["error_description"] == "expired authorization code"
    assert parsedate_to_datetime(answer.headers["date"]) == NOW + timedelta(seconds=600)


async def test_versions_retire_while_the_org_runs(open_org: OpenOrg) -> None:
    visitor = await open_org()
    await visitor.log_in()
    old = LIMITS.replace("66.0", "50.0")
    assert (await visitor.http.get(old)).status_code == 200
    await visitor.fault("retire_versions", below=60)
    assert (await visitor.http.get(old)).status_code == 410
    listed = (await visitor.http.get("/services/data")).json()
    assert listed[0]["version"] == "60.0"
    await visitor.fault("retire_versions", below=0)
    assert (await visitor.http.get(old)).status_code == 200


async def test_query_locators_vanish(member: Visitor) -> None:
    query = {"q": "SELECT Id FROM LoginHistory"}
    page = await member.http.get(
        QUERY, params=query, headers={"Sforce-Query-Options": "batchSize=200"}
    )
    following = page.json()["nextRecordsUrl"]
    await member.fault("vanish_locators")
    answer = await member.http.get(following)
    assert answer.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


@pytest.mark.parametrize("how", ["grown", "gone"])
async def test_a_log_file_that_changes_between_list_and_download(
    open_org: OpenOrg, how: str
) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.log_in()
    query = {"q": "SELECT LogFile FROM EventLogFile WHERE EventType = 'Login' LIMIT 1"}
    (record,) = (await visitor.http.get(QUERY, params=query)).json()["records"]
    before = (await visitor.http.get(record["LogFile"])).text
    await visitor.fault("change_log_file", how=how)
    answer = await visitor.http.get(record["LogFile"])
    if how == "gone":
        assert answer.status_code == 404
    else:
        assert answer.text.count("\n") == before.count("\n") + 1


@pytest.mark.parametrize(
    ("kind", "permission", "statuses"),
    [
        ("withhold_permission", "ViewSetup", [200, 403]),
        ("grant_permission", "ViewSetup", [200] * 2),
    ],
)
async def test_permissions_change_by_fault(
    open_org: OpenOrg, kind: str, permission: str, statuses: list[int]
) -> None:
    visitor = await open_org()
    await visitor.log_in()
    found = [(await visitor.http.get(LIMITS)).status_code]
    await visitor.fault(kind, permission=permission)
    found.append((await visitor.http.get(LIMITS)).status_code)
    assert found == statuses
    answer = await visitor.http.post("/__sim__/faults", json={"kind": kind, "permission": "Fly"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("permission must be one of: ")


async def test_no_fault_strikes_the_control_endpoint(visitor: Visitor) -> None:
    await visitor.fault("http_503", times=None)
    await visitor.fault("reset", times=None)
    assert (await visitor.http.get("/__sim__/now")).status_code == 200
    with pytest.raises(httpx.TransportError):
        await visitor.http.get("/services/data")


async def test_faults_end_with_their_span_of_the_orgs_time(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.fault("http_503", in_s=60, for_s=60, times=None)
    statuses = []
    for _ in range(3):
        statuses.append((await visitor.http.get("/services/data")).status_code)
        await visitor.http.post("/__sim__/clock", json={"advance_s": 60})
    assert statuses == [200, 503, 200]
    now = (await visitor.http.get("/__sim__/now")).json()["now"]
    assert datetime.fromisoformat(now) == NOW + timedelta(seconds=180)


async def test_held_polls_are_reset(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0, hold_s=60)
    await visitor.log_in()
    handshake = {"channel": "/meta/handshake", "supportedConnectionTypes": ["long-polling"]}
    reply = await visitor.http.post("/cometd/66.0", json=[handshake])
    client_id = reply.json()[0]["clientId"]
    cookies = "; ".join(c.split(";")[0] for c in reply.headers.get_list("set-cookie"))
    visitor.http.cookies.clear()
    visitor.http.headers["Cookie"] = cookies
    connect = [{"channel": "/meta/connect", "clientId": client_id}]
    await visitor.http.post("/cometd/66.0", json=connect)
    held = asyncio.create_task(visitor.http.post("/cometd/66.0", json=connect))
    session = visitor.org.server._book.find(client_id)
    assert session is not None
    async with asyncio.timeout(10):
        while not session.lines:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    control = await visitor.http.post("/__sim__/faults", json={"kind": "reset_polls"})
    assert control.json() == {"kind": "reset_polls", "struck": 1}
    with pytest.raises(httpx.ReadError):
        await held
    async with asyncio.timeout(10):
        while session.holding:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
