"""Whatever bytes come, the simulated org answers as an org does, and goes on answering."""

import json
from itertools import product

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.simulator.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOAP_ACTION = {"SOAPAction": '""'}
V = "/services/data/v66.0"
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader>'
    "<sessionId>{token}</sessionId></SessionHeader></e:Header><e:Body>"
    '<listMetadata xmlns="http://soap.sforce.com/2006/04/metadata">{inner}</listMetadata>'
    "</e:Body></e:Envelope>"
)
POSTED = (
    "/services/oauth2/token",
    "/services/oauth2/revoke",
    "/services/oauth2/introspect",
    "/services/oauth2/userinfo",
    f"{V}/composite",
    f"{V}/composite/batch",
    f"{V}/composite/sobjects/User",
    f"{V}/jobs/query",
    "/services/Soap/m/66.0",
    "/services/Soap/u/66.0",
    "/cometd/66.0",
    "/__sim__/clock",
    "/__sim__/faults",
    "/__sim__/permissions",
)
BODIES = {
    "nothing": b"",
    "bytes of no encoding": b"\xff\xfe\xfd",
    "null": b"null",
    "endless lists": b"[" * 100_000,
    "endless objects": b'{"a":' * 50_000,
    "a number of 5,000 digits": b'{"a": ' + b"9" * 5_000 + b"}",
    "a number beyond doubles": b'{"a": 1e999, "kind": NaN, "advance_s": Infinity}',
    "half a surrogate pair": rb'{"q": "\ud83d", "kind": "\udfff", "query": "\ud83d"}',
    "lists where objects belong": b'{"compositeRequest": [[]], "batchRequests": [null]}',
    "a percent sign alone": b"grant_type=%&client_id=%ff&token=%c3%28",
    "a form of many fields": b"a=1&" * 20_000,
    "a million letters": b"x" * 1_000_001,
    "entities": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
}
ADDRESSES = (
    "/__sim__/truth?since=9999-12-31T23:59:59-23:59",
    "/__sim__/truth?until=0001-01-01T00:00:00%2b23:59",
    "/__sim__/faults/%D9%A6",
    f"{V}/query?q=SELECT+Id+FROM+User+LIMIT+{'9' * 5_000}",
    f"{V}/query?q=SELECT+Id+FROM+User+WHERE+{'NOT(' * 2_000}",
    f"{V}/query?q=SELECT+Id+FROM+User+WHERE+CreatedDate%3ELAST_N_DAYS:{'9' * 20}",
    f"{V}/query?q=SELECT+Id+FROM+User+WHERE+CreatedDate%3E9999-12-31T23:59:59-12:00",
    f"{V}/query?q=SELECT+Id+FROM+User+WHERE+Name='%ED%A0%80'",
    f"{V}/query/0r8-{'9' * 5_000}",
    f"{V}/sobjects/%ff%00/%C2%B2?fields=%c3%28",
    f"{V}/apps/oauth/usage?page={'9' * 5_000}&pageSize=%D9%A6",
    f"{V}/jobs/query?queryLocator=%00&isPkChunkingEnabled=",
    "/services/data/v%D9%A6%D9%A6.0/limits",
    f"/services/data/v{'9' * 5_000}.0/limits",
    "/services/oauth2/authorize?redirect_uri=http://[&response_type=code&client_id=%ff",
    "/services/oauth2/revoke?token=%ff&callback=a%0d%0ab",
    "/id/%ff/%00",
)
HEADERS = {
    "an unknown charset": {"Content-Type": "application/x-www-form-urlencoded; charset=nope"},
    "a charset that is no text": {"Content-Type": "application/json; charset=base64"},
    "a multipart form without parts": {"Content-Type": "multipart/form-data; boundary=x"},
    "a multipart form without boundary": {"Content-Type": "multipart/form-data"},
    "no gzip though it says so": {"Content-Encoding": "gzip"},
    "a wish for pretty answers": {"Content-Type": "application/json", "X-PrettyPrint": "1"},
}


def is_an_answer(response: httpx.Response) -> bool:
    """Whether the org itself wrote this, and not the server around it after a crash."""
    is_fault = "Soap" in response.url.path and "Fault>" in response.text
    return response.status_code < 500 or is_fault


async def test_no_body_breaks_an_endpoint(member: Visitor) -> None:
    for path, (name, body) in product(POSTED, BODIES.items()):
        answer = await member.http.post(path, content=body, headers=SOAP_ACTION)
        assert is_an_answer(answer), (path, name, answer.text)
    assert (await member.http.get(f"{V}/limits")).status_code == 200


async def test_no_header_of_a_body_breaks_an_endpoint(member: Visitor) -> None:
    body = b'--x\r\n\r\n{"a": 1}'
    for path, (name, headers) in product(POSTED, HEADERS.items()):
        answer = await member.http.post(path, content=body, headers=SOAP_ACTION | headers)
        assert is_an_answer(answer), (path, name, answer.text)


async def test_no_address_breaks_the_org(member: Visitor) -> None:
    for address in ADDRESSES:
        answer = await member.http.get(address)
        assert 200 <= answer.status_code < 500, (address, answer.text)


async def test_spoilt_json_asked_for_in_print_stays_spoilt(member: Visitor) -> None:
    await member.fault("invalid_json")
    answer = await member.http.get(f"{V}/limits", headers={"X-PrettyPrint": "1"})
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_metadata_takes_any_text(member: Visitor) -> None:
    token = member.http.headers["Authorization"].removeprefix("Bearer ")
    for inner in ("<a>" * 40 + "</a>" * 40, "<type>&#xD800;</type>", "<queries/>" * 5_000):
        body = ENVELOPE.format(token=token, inner=inner)
        answer = await member.http.post("/services/Soap/m/66.0", content=body, headers=SOAP_ACTION)
        assert answer.status_code == 500
        assert "<faultcode>" in answer.text, inner[:20]


JSON = st.recursive(
    st.sampled_from([None, True, -1, 10**30, 1.5, "", "\0", "/meta/connect", "x"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["timeout", "replay", "/event/ApiEventStream"]), inner)
    ),
    max_leaves=4,
)
MESSAGE = st.fixed_dictionaries(
    {"channel": st.sampled_from(["/meta/handshake", "/meta/subscribe", "/meta/x"])},
    optional=dict.fromkeys(
        ("id", "ext", "clientId", "subscription", "version", "advice", "supportedConnectionTypes"),
        JSON,
    ),
)
PART = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["GET", "get", ""]) | JSON,
        "url": st.sampled_from([f"{V}/limits", "v66.0/limits", f"{V}/sobjects/@{{a.b}}"]) | JSON,
        "referenceId": st.sampled_from("ab") | JSON,
        "richInput": JSON,
    },
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(MESSAGE, max_size=3), st.lists(PART, max_size=3), JSON)
async def test_messages_and_parts_of_any_shape(
    member: Visitor, messages: list[object], parts: list[object], other: object
) -> None:
    told = {"allOrNone": other, "haltOnError": other}
    for path, document in (
        ("/cometd/66.0", messages),
        (f"{V}/composite", {"compositeRequest": parts, **told}),
        (f"{V}/composite/batch", {"batchRequests": parts, **told}),
        (f"{V}/jobs/query", {"operation": other, "query": other, "lineEnding": other}),
        ("/__sim__/faults", {"kind": "http_503", "times": other, "path": "/nowhere"}),
    ):
        answer = await member.http.post(path, json=document)
        assert answer.status_code < 500, (path, document, answer.text)
    await member.http.delete("/__sim__/faults")
