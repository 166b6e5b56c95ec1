"""Integration users of orgs that lack a column, hide people, or have very many of them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from console.salesforce.posture_types import IntegrationUserFact
from console.salesforce.posture_users import API_ONLY, MOST_USERS, read_integration_users
from tests.unit.salesforce.conftest import MakeConsole
from tests.unit.salesforce.scripted_org import ScriptedOrg


class Directory:
    """The users of an org, found by a reader of SOQL that knows these queries only."""

    def __init__(self, org: ScriptedOrg, users: int = 2, lacks: tuple[str, ...] = ()) -> None:
        self.ids = [f"005xx{number:010}AAA" for number in range(users)]
        self.hidden: set[str] = set()
        self.lacks = lacks
        self.asked: list[str] = []
        org.routes["/services/data/v66.0/composite"] = self.composite
        org.routes["/services/data/v66.0/query"] = self.query

    async def composite(self, request: web.Request) -> web.Response:
        parts = (await request.json())["compositeRequest"]
        answers = []
        for part in parts:
            status, body = self.answer(parse_qs(urlsplit(part["url"]).query)["q"][0])
            answers.append(
                {"referenceId": part["referenceId"], "httpStatusCode": status, "body": body}
            )
        return web.json_response({"compositeResponse": answers})

    async def query(self, request: web.Request) -> web.Response:
        status, body = self.answer(request.query["q"])
        return web.json_response(body, status=status)

    def answer(self, soql: str) -> tuple[int, Any]:
        self.asked.append(soql)
        for column in self.lacks:
            if column in soql:
                message = (
                    f"\nSELECT {column}\n^\nERROR at Row:1:Column:8\nNo such column '{column}'"
                )
                return 400, [{"errorCode": "INVALID_FIELD", "message": f"{message} on entity 'X'."}]
        if "LIMIT" in soql:
            found = self.ids[:MOST_USERS]
        else:
            found = [one for one in self.ids if f"'{one}'" in soql and one not in self.hidden]
        records: list[dict[str, Any]] = [
            {
                "Id": one,
                "AssigneeId": one,
                "UserId": one,
                "Username": f"{one}@acme.example",
                "IsFrozen": False,
                "PermissionSet": {
                    "PermissionsApiUserOnly": True,
                    "PermissionsManageUsers": None,
                    "Label": "API",
                },
            }
            for one in found
        ]
        for record in records:
            for column in self.lacks:
                record.pop(column, None)
                record["PermissionSet"].pop(column, None)
        return 200, {"totalSize": len(records), "done": True, "records": records}


async def read(
    connect: MakeConsole, callers: tuple[str, ...] = ()
) -> tuple[tuple[IntegrationUserFact, ...], dict[str, str]]:
    not_visible: dict[str, str] = {}
    async with connect(api_version="66.0") as console:
        users = await read_integration_users(console.rest, callers, "access", not_visible)
    return users, not_visible


@pytest.mark.parametrize("column", ["PermissionsManageUsers", "IsFrozen", "LastLoginDate"])
async def test_one_missing_column_hides_nothing_else(
    org: ScriptedOrg, connect: MakeConsole, column: str
) -> None:
    Directory(org, lacks=(column,))
    users, not_visible = await read(connect)
    assert len(users) == 2
    for user in users:
        assert user.permissions is not None
        assert [held.name for held in user.permissions] == [API_ONLY]
        assert (user.is_frozen is None) is (column == "IsFrozen")
        hidden = ("Manage Users",) if column == "PermissionsManageUsers" else ()
        assert user.permissions_not_visible == hidden
    assert [name for name in not_visible if column in name] == list(not_visible)


async def test_without_the_api_only_column_it_is_unknown_and_users_come_by_other_ways(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    directory = Directory(org, lacks=("PermissionsApiUserOnly",))
    users, not_visible = await read(connect, tuple(directory.ids))
    assert [user.permissions_not_visible for user in users] == [(API_ONLY,), (API_ONLY,)]
    assert [user.permissions for user in users] == [(), ()]
    assert "PermissionSetAssignment" in not_visible


async def test_where_much_is_missing_nothing_is_claimed_and_the_asking_ends(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    directory = Directory(org, lacks=("PermissionSet.",))
    users, _ = await read(connect, tuple(directory.ids))
    assert {user.permissions for user in users} == {None}
    assert len(directory.asked) < 12


async def test_who_calls_and_is_not_shown_is_counted(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    directory = Directory(org, users=3)
    directory.hidden = {directory.ids[1]}
    users, not_visible = await read(connect, tuple(directory.ids))
    assert len(users) == 2
    assert not_visible["User"] == "1 of 3 integration users not shown"


async def test_of_too_many_users_the_callers_are_read_and_the_cut_is_said(
    org: ScriptedOrg, connect: MakeConsole
) -> None:
    directory = Directory(org, users=MOST_USERS + 500)
    busiest = directory.ids[-1]
    users, not_visible = await read(connect, (busiest,))
    assert len(users) == MOST_USERS
    assert busiest in {user.user_id for user in users}
    assert f"{MOST_USERS:,}" in not_visible["User"]
