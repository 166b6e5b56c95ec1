"""The REST API as a client sees it: tokens, headers, versions, limits, refusals."""

import asyncio
import gzip
import http.client
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT_INFO = re.compile(r"api-usage=(\d+)/115000")

OBJECT_KEYS = (
    "activateable createable custom customSetting deletable deprecatedAndHidden feedEnabled"
    " hasSubtypes isSubtype keyPrefix label labelPlural layoutable mergeable mruEnabled name"
    " queryable replicateable retrieveable searchable triggerable undeletable updateable urls"
)
DESCRIBE_KEYS = (
    "actionOverrides childRelationships compactLayoutable fields listviewable lookupLayoutable"
    " namedLayoutInfos networkScopeFieldName recordTypeInfos searchLayoutable supportedScopes"
)
FIELD_KEYS = (
    "aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete"
    " caseSensitive compoundFieldName controllerName createable custom defaultValue"
    " defaultValueFormula defaultedOnCreate dependentPicklist deprecatedAndHidden digits"
    " displayLocationInDecimal encrypted externalId extraTypeInfo filterable filteredLookupInfo"
    " formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText"
    " label length mask maskType name nameField namePointing nillable permissionable picklistValues"
    " polymorphicForeignKey precision queryByDistance referenceTargetField referenceTo"
    " relationshipName relationshipOrder restrictedDelete restrictedPicklist scale"
    " searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead"
)


def used_calls(answer: object) -> int:
    match = LIMIT_INFO.fullmatch(answer.headers["sforce-limit-info"])  # type: ignore[attr-defined]
    assert match is not None
    return int(match.group(1))


async def test_the_version_list_needs_no_token_and_costs_nothing(visitor: Visitor) -> None:
    answer = await visitor.http.get("/services/data/")
    assert "sforce-limit-info" not in answer.headers
    versions = answer.json()
    assert [v["version"] for v in versions] == [f"{n}.0" for n in range(31, 69)]
    assert versions[-3:] == [
        {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"},
        {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"},
        {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"},
    ]


@pytest.mark.parametrize("authorization", [None, "Bearer 00Dxx!wrong", "Basic eDp5"])
async def test_without_a_token_in_force(visitor: Visitor, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await visitor.http.get("/services/data/v66.0/limits", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]
    assert answer.headers["www-authenticate"] == "Token"
    assert "sforce-limit-info" not in answer.headers


async def test_the_other_authorization_scheme(visitor: Visitor) -> None:
    headers = {"Authorization": f"OAuth {await visitor.token()}"}
    assert (await visitor.http.get("/services/data/v66.0/", headers=headers)).status_code == 200


async def test_every_call_costs_one_and_says_so(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.log_in()
    first = used_calls(await visitor.http.get("/services/data/v66.0/limits"))
    await visitor.http.get("/services/data")
    failed = await visitor.http.get("/services/data/v66.0/nothing")
    assert (failed.status_code, used_calls(failed)) == (404, first + 1)
    assert used_calls(await visitor.http.get("/services/data/v66.0/")) == first + 2
    truth = (await visitor.http.get("/__sim__/truth")).json()
    assert truth["pool_used"] == first + 2


async def test_limits_are_a_copy_up_to_five_minutes_old(open_org: OpenOrg) -> None:
    visitor = await open_org(now=NOW + timedelta(minutes=4), speed=0.0)
    await visitor.log_in()
    for _ in range(3):
        answer = await visitor.http.get("/services/data/v66.0/limits")
    pool = answer.json()["DailyApiRequests"]
    copied_used = pool["Max"] - pool["Remaining"]
    world = visitor.org.world
    assert copied_used == world.pool_used(NOW)
    assert copied_used != used_calls(answer)
    assert all(set(entry) >= {"Max", "Remaining"} for entry in answer.json().values())


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/data/v25.0/limits", 410, "UNSUPPORTED_API_VERSION"),
        ("/services/data/v69.0/limits", 404, "NOT_FOUND"),
        ("/services/data/latest/limits", 404, "NOT_FOUND"),
        ("/services/data/v66.0/limitz", 404, "NOT_FOUND"),
        ("/services/data/v66.0/query/01gHs00000000AA-2000", 404, "INVALID_QUERY_LOCATOR"),
        ("/services/data/v66.0/sobjects/EventLogFile/0AT000000000000AAA/LogFile", 404, "NOT_FOUND"),
        ("/services/data/v66.0/sobjects/Nothing/describe", 404, "NOT_FOUND"),
        ("/services/data/v66.0/query", 400, "MALFORMED_QUERY"),
        ("/services/data/v66.0/query?q=" + "a" * 16_400, 414, "URI_TOO_LONG"),
    ],
)
async def test_refusals_come_as_an_array_with_the_limit_header(
    member: Visitor, path: str, status: int, code: str
) -> None:
    answer = await member.http.get(path)
    assert answer.status_code == status
    assert [error["errorCode"] for error in answer.json()] == [code]
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    if status != 414:
        assert used_calls(answer) > 0


async def test_the_wrong_method(member: Visitor) -> None:
    answer = await member.http.delete("/services/data/v66.0/limits")
    assert answer.status_code == 405
    assert answer.json() == [
        {
            "message": "HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET",
            "errorCode": "METHOD_NOT_ALLOWED",
        }
    ]


async def test_the_pool_may_be_overrun_and_then_refuses(open_org: OpenOrg) -> None:
    from console.simulator.web.wire import WireOptions

    visitor = await open_org(wire=WireOptions(overrun_fraction=-1.0))
    await visitor.log_in()
    answer = await visitor.http.get("/services/data/v66.0/limits")
    assert answer.status_code == 403
    assert answer.json() == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    assert used_calls(answer) > 0


async def test_large_answers_are_compressed_for_those_who_ask(member: Visitor) -> None:
    compressed = await member.http.get("/services/data")
    assert compressed.headers["content-encoding"] == "gzip"
    plain = await member.http.get("/services/data", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == compressed.json()
    assert int(compressed.headers["content-length"]) < len(plain.content) // 2


async def test_a_session_lives_two_hours_from_its_last_use(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    await visitor.log_in()
    tokens = visitor.org.server._wire.tokens
    token = visitor.http.headers["Authorization"].removeprefix("Bearer ")
    assert tokens.find(token, NOW + timedelta(minutes=119)) is not None
    tokens.use(tokens.find(token, NOW), NOW + timedelta(minutes=119))
    assert tokens.find(token, NOW + timedelta(minutes=200)) is not None
    assert tokens.find(token, NOW + timedelta(minutes=239)) is None
    assert (await visitor.http.get("/services/data/v66.0/")).status_code == 401


async def test_the_caller_may_name_the_request(member: Visitor) -> None:
    wished = "0123456789abcdef0123456789abcdef"
    headers = {"X-SFDC-REQUEST-ID": wished}
    answer = await member.http.get("/services/data/v66.0/", headers=headers)
    assert answer.headers["x-sfdc-request-id"] == wished
    odd = await member.http.get("/services/data/v66.0/", headers={"X-SFDC-REQUEST-ID": "x y"})
    assert re.fullmatch(r"[0-9a-f]{32}", odd.headers["x-sfdc-request-id"])


async def test_describe_lists_what_can_be_queried(member: Visitor) -> None:
    listed = (await member.http.get("/services/data/v66.0/sobjects")).json()["sobjects"]
    names = {entry["name"] for entry in listed}
    assert {"User", "LoginHistory", "EventLogFile", "ExternalClientApplication"} <= names
    path = "/services/data/v66.0/sobjects/LoginHistory/describe"
    described = (await member.http.get(path)).json()
    fields = {field["name"]: field for field in described["fields"]}
    assert fields["Application"]["filterable"] is False
    assert fields["LoginTime"]["soapType"] == "xsd:dateTime"
    described = (await member.http.get("/services/data/v66.0/sobjects/user/describe/")).json()
    (profile,) = (field for field in described["fields"] if field["name"] == "ProfileId")
    assert (profile["referenceTo"], profile["relationshipName"]) == (["Profile"], "Profile")


async def test_descriptions_have_every_key_that_typed_clients_want(member: Visitor) -> None:
    of_object = set(OBJECT_KEYS.split())
    for api in ("", "/tooling"):
        root = f"/services/data/v66.0{api}/sobjects"
        for entry in (await member.http.get(root)).json()["sobjects"]:
            assert entry.keys() >= of_object, entry["name"]
            assert entry["urls"]["describe"] == f"{root}/{entry['name']}/describe"
            described = (await member.http.get(entry["urls"]["describe"])).json()
            assert isinstance(described, dict), (entry["name"], described)
            assert described.keys() >= of_object | set(DESCRIBE_KEYS.split())
            assert described["fields"]
            for field in described["fields"]:
                assert field.keys() >= set(FIELD_KEYS.split()), (entry["name"], field["name"])
            for child in described["childRelationships"]:
                assert child.keys() >= {"childSObject", "field", "relationshipName"}


async def test_tooling_describes_its_own_objects(member: Visitor) -> None:
    path = "/services/data/v66.0/tooling/sobjects/ConnectedApplication/describe/"
    names = {field["name"] for field in (await member.http.get(path)).json()["fields"]}
    assert {"Id", "Name"} <= names
    assert (await member.http.get(path.replace("ConnectedA", "NoSuchA"))).status_code == 404


async def test_app_usage_pages_never_say_that_they_end(member: Visitor) -> None:
    path = "/services/data/v66.0/apps/oauth/usage"
    whole = (await member.http.get(path)).json()
    assert whole["apps"]
    assert all(app["identifier"].startswith("0xI") for app in whole["apps"])
    pages = []
    url = f"{path}?pageSize=1"
    while True:
        page = (await member.http.get(url)).json()
        if not page["apps"]:
            break
        pages += page["apps"]
        url = page["nextPageUrl"]
    assert pages == whole["apps"]


async def test_a_log_file_comes_whole_chunked_and_the_same_compressed(member: Visitor) -> None:
    query = (
        "SELECT Id, LogFile, LogFileLength, EventType FROM EventLogFile "
        "WHERE EventType = 'ApiTotalUsage' AND Interval = 'Hourly' ORDER BY LogDate LIMIT 1"
    )
    found = await member.http.get("/services/data/v66.0/query", params={"q": query})
    (record,) = found.json()["records"]
    assert record["LogFile"] == f"/services/data/v66.0/sobjects/EventLogFile/{record['Id']}/LogFile"
    plain = await member.http.get(record["LogFile"], headers={"Accept-Encoding": "identity"})
    assert plain.headers["content-type"] == "application/octetstream"
    assert plain.headers["transfer-encoding"] == "chunked"
    assert used_calls(plain) > 0
    assert len(plain.content) == record["LogFileLength"]
    assert plain.content.startswith(b'"EVENT_TYPE","TIMESTAMP","REQUEST_ID"')
    raw = await asyncio.to_thread(_raw_gzip, member, record["LogFile"])
    assert gzip.decompress(raw) == plain.content


def _raw_gzip(visitor: Visitor, path: str) -> bytes:
    parts = urlsplit(visitor.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 0, timeout=20)
    headers = {
        "Accept-Encoding": "gzip",
        "Authorization": visitor.http.headers["Authorization"],
        "Host": parts.netloc,
    }
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    assert answer.getheader("Content-Encoding") == "gzip"
    body = answer.read()
    connection.close()
    return body
