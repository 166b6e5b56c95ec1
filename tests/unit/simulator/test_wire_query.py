"""Queries over HTTP: pages, counts, the Tooling shape, composite."""

import json
from urllib.parse import quote

import httpx
import pytest

from tests.unit.simulator.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUERY = "/services/data/v66.0/query"


async def ask(visitor: Visitor, text: str, path: str = QUERY, **headers: str) -> httpx.Response:
    return await visitor.http.get(path, params={"q": text}, headers=headers)


async def test_pages_follow_each_other_to_the_last_record(member: Visitor) -> None:
    text = "SELECT Id, LoginTime FROM LoginHistory ORDER BY LoginTime DESC, Id LIMIT 450"
    whole = (await ask(member, text)).json()
    assert whole["done"] is True
    assert "nextRecordsUrl" not in whole
    sizes, records = [], []
    page = (await ask(member, text, **{"Sforce-Query-Options": "batchSize=50"})).json()
    while True:
        assert page["totalSize"] == whole["totalSize"] == 450
        sizes.append(len(page["records"]))
        records += page["records"]
        if page["done"]:
            break
        assert page["nextRecordsUrl"].startswith("/services/data/v66.0/query/01g")
        page = (await member.http.get(page["nextRecordsUrl"])).json()
    assert sizes == [200, 200, 50]
    assert records == whole["records"]


async def test_an_eleventh_cursor_costs_the_oldest(member: Visitor) -> None:
    small = {"Sforce-Query-Options": "batchSize=200"}
    pages = [
        (await ask(member, "SELECT Id FROM LoginHistory LIMIT 300", **small)).json()
        for _ in range(11)
    ]
    gone = await member.http.get(pages[0]["nextRecordsUrl"])
    assert gone.status_code == 404
    assert gone.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert (await member.http.get(pages[1]["nextRecordsUrl"])).status_code == 200


async def test_a_cursor_may_be_closed_early(member: Visitor) -> None:
    small = {"Sforce-Query-Options": "batchSize=200"}
    page = (await ask(member, "SELECT Id FROM LoginHistory LIMIT 300", **small)).json()
    assert (await member.http.delete(page["nextRecordsUrl"])).status_code == 204
    for closed in (
        await member.http.get(page["nextRecordsUrl"]),
        await member.http.get(f"{QUERY}/x"),
    ):
        assert (closed.status_code, closed.json()[0]["errorCode"]) == (404, "INVALID_QUERY_LOCATOR")


async def test_counting(member: Visitor) -> None:
    body = (await ask(member, "SELECT COUNT() FROM User WHERE IsActive = true")).json()
    users = member.org.world.facts.users
    active = sum(user.is_active for user in users)
    assert body == {"totalSize": active, "done": True, "records": []}


async def test_the_tooling_answer_has_its_own_shape(member: Visitor) -> None:
    text = "SELECT Id, DeveloperName FROM ConnectedApplication ORDER BY DeveloperName LIMIT 1"
    body = (await ask(member, text, "/services/data/v66.0/tooling/query/")).json()
    assert (body["size"], body["totalSize"], body["queryLocator"]) == (1, 1, None)
    assert body["entityTypeName"] == "ConnectedApplication"
    url = body["records"][0]["attributes"]["url"]
    assert url.startswith("/services/data/v66.0/tooling/sobjects/ConnectedApplication/0H4")


async def test_a_tooling_page_names_the_next_one_twice(member: Visitor) -> None:
    path = "/services/data/v66.0/tooling/query/"
    small = {"Sforce-Query-Options": "batchSize=200"}
    text = "SELECT QualifiedApiName FROM EntityParticle LIMIT 210"
    body = (await ask(member, text, path, **small)).json()
    assert (body["size"], body["totalSize"], body["done"]) == (200, 210, False)
    assert body["nextRecordsUrl"] == f"{path}{body['queryLocator']}"
    rest = (await member.http.get(body["nextRecordsUrl"])).json()
    assert (rest["size"], rest["done"], rest["queryLocator"]) == (10, True, None)


@pytest.mark.parametrize("parameters", [{}, {"q": ""}, {"q": " "}])
async def test_a_query_that_is_not_there(member: Visitor, parameters: dict[str, str]) -> None:
    answer = await member.http.get(QUERY, params=parameters)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")


async def test_a_query_is_read_only(member: Visitor) -> None:
    answer = await member.http.post(QUERY, json={"q": "SELECT Id FROM User"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


async def test_a_refused_query_points_at_the_place(member: Visitor) -> None:
    answer = await ask(member, "SELECT Id FROM User WHERE Name == 'x'")
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == "MALFORMED_QUERY"
    assert error["message"].endswith("\nERROR at Row:1:Column:33\nunexpected token: '='")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id, Name, OrganizationType, InstanceName FROM Organization",
        "SELECT Id, Name, Username, Profile.Name, Profile.UserLicense.Name FROM User",
        "SELECT Id, Name, TotalLicenses, UsedLicenses FROM UserLicense",
        "SELECT Id, Name, OptionsAllowAdminApprovedUsersOnly FROM ConnectedApplication",
        "SELECT Id, DeveloperName, MasterLabel FROM ExternalClientApplication",
        "SELECT Id, ExternalClientApplicationId FROM ExtlClntAppOauthConsumer",
        "SELECT Id, OauthScopesAPI, OauthScopesFULL FROM ExtlClntAppOauthSettings",
        "SELECT Id, PermittedUsersPolicyType FROM ExtlClntAppOauthPlcyCnfg",
        "SELECT Id, IsEnabled, OauthPluginStatus FROM ExtlClntAppPlcyCnfg",
        "SELECT AppName, UseCount, LastUsedDate, User.Username FROM OauthToken",
        "SELECT Id, Label, ApplicationId, Type FROM AppMenuItem",
        "SELECT SetupEntityId, SetupEntityType, Parent.Name FROM SetupEntityAccess",
        "SELECT Id, Name FROM PermissionSet",
        "SELECT AssigneeId, PermissionSet.Name FROM PermissionSetAssignment",
        "SELECT UserId, Application, LoginType, Status FROM LoginHistory LIMIT 5",
        "SELECT Username, Application FROM LoginEvent WHERE EventDate >= 2026-03-11T00:00:00Z",
        "SELECT Username, Operation FROM ApiEvent ORDER BY EventDate DESC LIMIT 5",
        "SELECT Id, EventType, LogDate, LogFileLength FROM EventLogFile LIMIT 5",
    ],
)
async def test_every_object_that_the_console_reads_answers(member: Visitor, text: str) -> None:
    answer = await ask(member, text)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["totalSize"] > 0
    assert len(body["records"]) == min(body["totalSize"], 2000)


async def test_stored_events_come_newest_first(member: Visitor) -> None:
    text = "SELECT EventDate FROM ApiEvent ORDER BY EventDate DESC LIMIT 1000"
    records = (await ask(member, text)).json()["records"]
    dates = [record["EventDate"] for record in records]
    assert len(dates) == 1000
    assert dates == sorted(dates, reverse=True)


def parts(*queries: str) -> list[dict[str, str]]:
    return [
        {"method": "GET", "url": f"{QUERY}?q={quote(text)}", "referenceId": f"part{n}"}
        for n, text in enumerate(queries)
    ]


async def compose(visitor: Visitor, requests: object, **options: bool) -> httpx.Response:
    body = {"compositeRequest": requests, **options}
    return await visitor.http.post("/services/data/v66.0/composite", json=body)


async def test_a_composite_answers_each_part_for_one_call(member: Visitor) -> None:
    before = (await member.http.get("/__sim__/truth")).json()["own_requests"]["calls"]
    answer = await compose(member, parts("SELECT COUNT() FROM User", "SELECT Nope FROM User"))
    assert answer.status_code == 200
    good, bad = answer.json()["compositeResponse"]
    assert (good["httpStatusCode"], good["referenceId"]) == (200, "part0")
    assert good["body"]["totalSize"] == len(member.org.world.facts.users)
    assert (bad["httpStatusCode"], bad["body"][0]["errorCode"]) == (400, "INVALID_FIELD")
    after = (await member.http.get("/__sim__/truth")).json()["own_requests"]["calls"]
    assert after == before + 1


async def test_all_or_none_halts_the_good_parts(member: Visitor) -> None:
    requests = parts("SELECT COUNT() FROM User", "SELECT Nope FROM User")
    answer = await compose(member, requests, allOrNone=True)
    good, bad = answer.json()["compositeResponse"]
    assert good["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert bad["body"][0]["errorCode"] == "INVALID_FIELD"


async def test_parts_that_a_composite_does_not_take(member: Visitor) -> None:
    root = "/services/data/v66.0"
    requests = [
        {"method": "GET", "url": f"{root}/limits", "referenceId": "limits"},
        {"method": "POST", "url": f"{QUERY}?q=x", "referenceId": "post"},
        {"method": "GET", "url": f"{QUERY}?q=@{{a.b}}", "referenceId": "reference"},
        {"method": "GET", "url": "/services/data/v25.0/query?q=x", "referenceId": "retired"},
        {"method": "GET", "url": "https://example.com/", "referenceId": "elsewhere"},
    ]
    answer = await compose(member, requests)
    statuses = [part["httpStatusCode"] for part in answer.json()["compositeResponse"]]
    assert statuses == [404, 405, 400, 410, 404]


@pytest.mark.parametrize(
    "requests",
    [
        None,
        [],
        ["x"],
        parts(*["SELECT COUNT() FROM User"] * 6),
        parts("SELECT COUNT() FROM User") * 2,
        [{"method": "GET", "url": "/", "referenceId": "a b"}],
        [{"method": "GET", "url": "/", "referenceId": f"r{n}"} for n in range(26)],
    ],
)
async def test_a_malformed_composite_is_refused_whole(member: Visitor, requests: object) -> None:
    answer = await compose(member, requests)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] in {"INVALID_INPUT", "LIMIT_EXCEEDED"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", json.dumps("x").encode()])
async def test_a_composite_body_that_is_no_object(member: Visitor, body: bytes) -> None:
    answer = await member.http.post("/services/data/v66.0/composite", content=body)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"
