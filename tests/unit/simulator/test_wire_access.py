"""What a client sees over HTTP when a permission is taken away while the org runs, and given back."""

from collections.abc import Awaitable, Callable

import pytest

from console.simulator.org.permissions import Permission
from tests.unit.simulator.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "/services/data/v67.0"
Seen = Callable[[Visitor], Awaitable[tuple[int, str]]]
"""Asks for something; gives the status and the error code, ``-`` for none."""


def asking(path: str, **params: str) -> Seen:
    async def ask(member: Visitor) -> tuple[int, str]:
        answer = await member.http.get(f"{BASE}{path}", params=params)
        if answer.status_code < 400:
            return answer.status_code, "-"
        return answer.status_code, answer.json()[0]["errorCode"]

    return ask


async def a_log_file(member: Visitor) -> tuple[int, str]:
    file = member.org.world.log_files()[0]
    return await asking(f"/sobjects/EventLogFile/{file.file_id}/LogFile")(member)


async def storage(member: Visitor) -> tuple[int, str]:
    answer = await member.http.get(f"{BASE}/limits")
    return answer.status_code, "-" if "DataStorageMB" in answer.json() else "no storage"


def soql(text: str) -> Seen:
    return asking("/query", q=text)


TOKENS = "SELECT Id FROM OauthToken WHERE AppName = 'BI Dashboards'"


async def others_tokens(member: Visitor) -> tuple[int, str]:
    answer = await member.http.get(f"{BASE}/query", params={"q": TOKENS})
    return answer.status_code, "-" if answer.json()["totalSize"] else "none"


CASES: list[tuple[Permission, Seen, tuple[int, str]]] = [
    (Permission.VIEW_SETUP, asking("/limits"), (403, "INSUFFICIENT_ACCESS")),
    (Permission.VIEW_SETUP, soql("SELECT Id FROM SetupEntityAccess"), (400, "INVALID_TYPE")),
    (Permission.MANAGE_USERS, storage, (200, "no storage")),
    (Permission.MANAGE_USERS, soql("SELECT LoginGeoId FROM LoginHistory"), (400, "INVALID_FIELD")),
    (Permission.VIEW_EVENT_LOG_FILES, soql("SELECT Id FROM EventLogFile"), (400, "INVALID_TYPE")),
    (
        Permission.VIEW_EVENT_LOG_FILES,
        asking("/sobjects/EventLogFile/describe"),
        (404, "NOT_FOUND"),
    ),
    (Permission.VIEW_EVENT_LOG_FILES, a_log_file, (404, "NOT_FOUND")),
    (
        Permission.VIEW_REAL_TIME_EVENTS,
        soql("SELECT EventDate FROM ApiEvent"),
        (400, "INVALID_TYPE"),
    ),
    (
        Permission.ECA_VIEWER,
        asking("/tooling/query", q="SELECT Id FROM ExternalClientApplication"),
        (400, "INVALID_TYPE"),
    ),
    (Permission.CUSTOMIZE_APPLICATION, others_tokens, (200, "none")),
    (Permission.API_ENABLED, soql("SELECT Id FROM User"), (403, "API_DISABLED_FOR_ORG")),
]


@pytest.mark.parametrize(("permission", "see", "refused"), CASES)
async def test_a_permission_taken_and_given_back(
    member: Visitor, permission: Permission, see: Seen, refused: tuple[int, str]
) -> None:
    access = member.org.world.access
    assert await see(member) == (200, "-")
    access.withhold(permission)
    try:
        assert await see(member) == refused
    finally:
        access.grant(permission)
    assert await see(member) == (200, "-")


async def test_the_list_of_objects_leaves_out_what_cannot_be_read(member: Visitor) -> None:
    async def names() -> set[str]:
        answer = await member.http.get(f"{BASE}/sobjects")
        return {each["name"] for each in answer.json()["sobjects"]}

    before = await names()
    member.org.world.access.withhold(Permission.ECA_VIEWER)
    try:
        gone = before - await names()
    finally:
        member.org.world.access.grant(Permission.ECA_VIEWER)
    assert "ExternalClientApplication" in gone
    assert {name[:7] for name in gone} == {"Externa", "ExtlCln"}
