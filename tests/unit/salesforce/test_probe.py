"""What the probe concludes from odd answers: nothing that they do not say."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from console.errors import OrgRefused
from console.salesforce.probe import Findings, probe
from console.salesforce.source_finding import SourceFinding
from tests.unit.salesforce.conftest import MakeConsole
from tests.unit.salesforce.scripted_org import OWN_USER_ID, ScriptedOrg

DATA = "/services/data/v66.0"
Answer = Callable[[str], tuple[int, Any]]


def rows(*records: dict[str, Any]) -> tuple[int, Any]:
    return 200, {"totalSize": len(records), "done": True, "records": list(records)}


def refused(status: int, code: str) -> tuple[int, Any]:
    return status, [{"errorCode": code, "message": "no"}]


def answered_by(org: ScriptedOrg, answer: Answer) -> None:
    async def composite(request: web.Request) -> web.Response:
        parts = []
        for part in (await request.json())["compositeRequest"]:
            status, body = answer(parse_qs(urlsplit(part["url"]).query)["q"][0])
            reference = part["referenceId"]
            parts.append({"referenceId": reference, "httpStatusCode": status, "body": body})
        return web.json_response({"compositeResponse": parts})

    async def query(request: web.Request) -> web.Response:
        status, body = answer(request.query["q"])
        return web.json_response(body, status=status)

    async def describe(_: web.Request) -> web.Response:
        return web.json_response({"fields": [{"name": "PermissionsViewSetup", "label": "x"}]})

    async def something(_: web.Request) -> web.Response:
        return web.json_response({"DailyApiRequests": {"Max": 5, "Remaining": 1}})

    org.routes |= {
        f"{DATA}/composite": composite,
        f"{DATA}/query": query,
        f"{DATA}/tooling/query": query,
        f"{DATA}/sobjects/PermissionSet/describe": describe,
        f"{DATA}/limits": something,
        f"{DATA}/apps/oauth/usage": something,
    }


async def probed(connect: MakeConsole, *channels: str) -> Findings:
    async with connect(api_version="66.0") as console:
        return await probe(console.rest, channels)


def of(found: Findings, source: str) -> SourceFinding:
    return next(one for one in found.sources if one.source == source)


def holding(answer: Answer) -> Answer:
    """``answer`` of an org that says that the user holds View Setup and Configuration."""

    def both(soql: str) -> tuple[int, Any]:
        if "FROM PermissionSetAssignment" in soql:
            return rows({"PermissionSet": {"PermissionsViewSetup": True}})
        return answer(soql)

    return both


async def test_without_the_own_user_others_are_unknown_and_not_asked_for(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    asked: list[str] = []

    def answer(soql: str) -> tuple[int, Any]:
        asked.append(soql)
        return rows({"Id": "1", "AppName": "mine"})

    answered_by(org, answer)
    org.grant_extra = {"id": None}
    found = await probed(connect)
    for source in ("login_history", "users", "oauth_tokens", "auth_sessions"):
        assert of(found, source).readable is None
    assert of(found, "log_files").readable is True
    assert not [soql for soql in asked if "!=" in soql]


async def test_a_refusal_in_spite_of_the_permission_is_unknown(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    def answer(soql: str) -> tuple[int, Any]:
        hidden = "SetupAuditTrail" in soql
        return refused(400, "INVALID_TYPE") if hidden else rows({"Id": OWN_USER_ID})

    answered_by(org, holding(answer))
    trail = of(await probed(connect), "setup_audit_trail")
    assert trail.readable is None
    assert trail.missing is None
    assert "although the user holds View Setup and Configuration" in trail.evidence


@pytest.mark.parametrize(("status", "code"), [(400, "QUERY_TIMEOUT"), (500, "UNKNOWN_EXCEPTION")])
async def test_a_query_that_always_fails_makes_only_its_own_source_unknown(
    org: ScriptedOrg, connect: MakeConsole, status: int, code: str
) -> None:
    answered_by(
        org, lambda soql: refused(status, code) if "LoginHistory" in soql else rows({"Id": "1"})
    )
    found = await probed(connect)
    assert of(found, "login_history").readable is None
    assert code in of(found, "login_history").evidence
    assert of(found, "log_files").readable is True


async def test_a_pool_that_runs_dry_meanwhile_ends_the_probe(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    answered_by(
        org,
        lambda soql: (
            refused(403, "REQUEST_LIMIT_EXCEEDED")
            if "SetupAuditTrail" in soql
            else rows({"Id": "1"})
        ),
    )
    with pytest.raises(OrgRefused):
        await probed(connect)


async def test_a_soap_door_that_wants_another_session_costs_no_login(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    answered_by(org, lambda _: rows())
    found = await probed(connect)
    assert of(found, "metadata").readable is False
    assert org.token_requests == 1


async def test_of_channels_that_are_no_monitoring_nothing_is_claimed(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    answered_by(org, lambda _: rows())
    channels = ("/event/Order__e", "/data/ChangeEvents", "/event/Mine__chn")
    found = await probed(connect, *channels)
    streams = [one for one in found.sources if one.source.startswith("stream:")]
    assert [one.readable for one in streams] == [None] * 3
    assert all("no event of the org's monitoring" in one.evidence for one in streams)
