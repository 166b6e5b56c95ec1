"""The inventory: what is visible becomes facts, what is not becomes a named gap, never a zero."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from console.salesforce.app_sources import scopes_of
from console.salesforce.apps import read_inventory
from console.salesforce.oauth_tokens import ROWS_PER_QUERY, read_token_uses
from console.salesforce.types import AppFact, AppKind, Inventory
from tests.unit.salesforce.scripted_org import OWN_USER_ID, START, Console

ERP, BILLING = "0H4xx0000000001AAA", "0xIxx0000000001AAA"
DESCRIBE = "/sobjects/ExtlClntAppOauthSettings/describe"


def token(app: str, user: int, menu: str | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "AppName": app,
        "AppMenuItemId": menu,
        "UserId": f"005xx000000000{user}AAA",
        "UseCount": 10,
        "LastUsedDate": "2026-03-01T00:00:00.000+0000",
        "CreatedDate": "2026-01-01T00:00:00.000+0000",
        **changes,
    }


def tables() -> dict[str, list[dict[str, Any]] | str]:
    return {
        "ConnectedApplication": [
            {
                "Id": ERP,
                "Name": "MuleSoft ERP",
                "CreatedDate": "2020-05-01T00:00:00.000+0000",
                "OptionsAllowAdminApprovedUsersOnly": True,
                "OptionsRefreshTokenValidityMetric": True,
                "RefreshTokenValidityPeriod": 30,
            }
        ],
        "AppMenuItem": [
            {
                "Id": "0DSxx0000000001AAA",
                "ApplicationId": ERP,
                "Name": "MuleSoft_ERP",
                "Label": "MuleSoft ERP",
                "NamespacePrefix": "mule",
            }
        ],
        "ExternalClientApplication": [
            {
                "Id": BILLING,
                "DeveloperName": "Billing_Sync",
                "MasterLabel": "Billing Sync",
                "NamespacePrefix": None,
                "CreatedDate": "2026-02-01T00:00:00.000+0000",
                "DistributionState": "Local",
            }
        ],
        "ExtlClntAppOauthConsumer": [
            {"Id": "888xx0000000001AAA", "ExternalClientApplicationId": BILLING}
        ],
        "ExtlClntAppOauthSettings": [
            {
                "ExternalClientApplicationId": BILLING[:15],
                "OauthScopesAPI": True,
                "OauthScopesREFRESH_TOKEN": True,
                "OauthScopesFULL": False,
                "OauthScopesSSO": True,
            }
        ],
        "ExtlClntAppOauthPlcyCnfg": [
            {
                "ExternalClientApplicationId": BILLING,
                "PermittedUsersPolicyType": "AdminApprovedPreAuthorized",
                "RefreshTokenPolicyType": "SpecificLifetime",
                "RefreshTokenValidityPeriod": 30,
                "RefreshTokenValidityUnit": "Days",
            }
        ],
        "ExtlClntAppPlcyCnfg": [
            {
                "ExternalClientApplicationId": BILLING,
                "IsEnabled": True,
                "OauthPluginStatus": "Enabled",
            }
        ],
        "OauthToken": [
            token("MuleSoft ERP", 1, "0DSxx0000000001AAA"),
            token(
                "MuleSoft ERP",
                2,
                "0DSxx0000000001AAA",
                LastUsedDate="2026-03-02T08:00:00.000+0000",
            ),
            token("Billing Sync", 3),
            token("HR Feed", 4, UseCount=7),
            token("HR Feed", 4, UseCount=5, CreatedDate="2025-06-01T00:00:00.000+0000"),
        ],
    }


def describes(*columns: str) -> dict[str, Any]:
    return {"fields": [{"name": name} for name in ("Id", *columns)]}


SCOPES = ("OauthScopesAPI", "OauthScopesREFRESH_TOKEN", "OauthScopesFULL", "OauthScopesSSO")


async def inventory(console: Console, **changes: Any) -> Inventory:
    console.org.serve(DESCRIBE, describes(*SCOPES))
    console.org.serve_tables({**tables(), **changes})
    return await read_inventory(console.rest)


def by_name(found: Inventory) -> dict[str, AppFact]:
    return {app.name: app for app in found.apps}


async def test_every_kind_of_app_with_its_facts(console: Console) -> None:
    found = await inventory(console)
    apps = by_name(found)
    assert found.not_visible == {}
    assert {name: app.kind for name, app in apps.items()} == {
        "MuleSoft ERP": AppKind.CONNECTED_APP,
        "Billing Sync": AppKind.EXTERNAL_CLIENT_APP,
        "HR Feed": AppKind.UNINSTALLED,
    }
    erp = apps["MuleSoft ERP"]
    assert (erp.app_id, erp.developer_name, erp.namespace) == (ERP, "MuleSoft_ERP", "mule")
    assert (erp.pre_authorized_only, erp.enabled, erp.scopes) == (True, None, None)
    assert erp.refresh_token_policy == "inactivity 30 (unit not visible)"
    assert (erp.token_users, erp.token_uses) == (2, 20)
    assert erp.last_used_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    billing = apps["Billing Sync"]
    assert (billing.app_id, billing.consumer_id) == (BILLING, "888xx0000000001AAA")
    assert (billing.pre_authorized_only, billing.enabled) == (True, True)
    assert billing.scopes == ("api", "id", "refresh_token")
    assert billing.refresh_token_policy == "SpecificLifetime 30 Days"
    assert (billing.token_users, billing.token_uses) == (1, 10)
    feed = apps["HR Feed"]
    assert (feed.app_id, feed.token_users, feed.token_uses) == (None, 1, 12)
    assert feed.created_at == datetime(2025, 6, 1, tzinfo=UTC)


async def test_each_fact_says_where_it_was_read(console: Console) -> None:
    apps = by_name(await inventory(console))
    assert apps["MuleSoft ERP"].evidence["pre_authorized_only"] == (
        "yes (ConnectedApplication.OptionsAllowAdminApprovedUsersOnly)"
    )
    assert apps["Billing Sync"].evidence["scopes"] == (
        "api id refresh_token (ExtlClntAppOauthSettings.OauthScopes*)"
    )
    assert "OauthToken.AppMenuItemId" in apps["HR Feed"].evidence["kind"]
    assert "enabled" not in apps["MuleSoft ERP"].evidence


async def test_the_inventory_costs_four_calls(console: Console) -> None:
    await inventory(console)
    assert sum(cost for _, cost in console.calls) == 4


async def test_objects_that_only_tooling_has_are_asked_there(console: Console) -> None:
    console.org.serve(DESCRIBE, describes(*SCOPES))
    console.org.serve_tables(tables(), tooling=("ExternalClientApplication",))
    found = await read_inventory(console.rest)
    assert "Billing Sync" in by_name(found)
    assert found.not_visible == {}


async def test_objects_that_cannot_be_read_leave_unknowns(console: Console) -> None:
    found = await inventory(
        console,
        ExtlClntAppOauthPlcyCnfg="INVALID_TYPE",
        ExtlClntAppOauthSettings="INVALID_FIELD",
        ExtlClntAppPlcyCnfg="INSUFFICIENT_ACCESS",
        OauthToken="INSUFFICIENT_ACCESS",
    )
    billing = by_name(found)["Billing Sync"]
    assert billing.pre_authorized_only is None
    assert billing.scopes is None
    assert billing.enabled is None
    assert billing.token_users is None
    assert set(found.not_visible) == {
        "ExtlClntAppOauthPlcyCnfg",
        "ExtlClntAppOauthSettings",
        "ExtlClntAppPlcyCnfg",
        "OauthToken",
    }
    assert "External Client Apps" in found.not_visible["ExtlClntAppOauthPlcyCnfg"]


async def test_without_the_list_of_apps_nothing_is_called_uninstalled(console: Console) -> None:
    found = await inventory(console, ConnectedApplication="INVALID_TYPE")
    assert [app.name for app in found.apps] == ["Billing Sync"]
    assert "View Setup" in found.not_visible["ConnectedApplication"]
    assert "'HR Feed'" in found.not_visible["apps of tokens"]


async def test_an_app_in_the_menu_is_not_uninstalled(console: Console) -> None:
    found = await inventory(console, OauthToken=[token("Odd", 1, "0DSxx000000000ZAAA")])
    assert AppKind.UNINSTALLED not in {app.kind for app in found.apps}
    assert "'Odd'" in found.not_visible["apps of tokens"]


@pytest.mark.parametrize(
    "rows", [[], [token("MuleSoft ERP", 1, UserId=OWN_USER_ID[:15], AppMenuItemId=None)]]
)
async def test_seeing_only_own_tokens_is_not_seeing_all(
    console: Console, rows: list[dict[str, Any]]
) -> None:
    found = await inventory(console, OauthToken=rows)
    assert by_name(found)["MuleSoft ERP"].token_users is None
    assert "Customize Application" in found.not_visible["OauthToken"]


async def test_an_app_without_tokens_among_others_has_none(console: Console) -> None:
    found = await inventory(console, OauthToken=[token("HR Feed", 4)])
    erp = by_name(found)["MuleSoft ERP"]
    assert (erp.token_users, erp.token_uses, erp.last_used_at) == (0, 0, None)


async def test_scopes_that_cannot_be_described_are_unknown(console: Console) -> None:
    console.org.serve_tables(tables())
    found = await read_inventory(console.rest)
    assert by_name(found)["Billing Sync"].scopes is None
    assert "ExtlClntAppOauthSettings" in found.not_visible


async def test_a_hostile_column_name_does_not_become_soql(console: Console) -> None:
    console.org.serve(DESCRIBE, describes("OauthScopesAPI", "OauthScopesX FROM User --"))
    console.org.serve_tables(tables())
    found = await read_inventory(console.rest)
    assert "api" in (by_name(found)["Billing Sync"].scopes or ())
    composites = [body for body in console.org.asked if "composite" in body]
    assert len(composites) == 2


def test_scope_names() -> None:
    row = {"OauthScopesVF": True, "OauthScopesCHATTER_REST_API": True, "OauthScopesWEB": "yes"}
    assert scopes_of(row) == ("chatter_rest_api", "visualforce")


def tokens_of_a_big_org(count: int, per_second: int) -> list[dict[str, Any]]:
    return [
        token(
            f"App {number % 7}",
            number % 9,
            CreatedDate=(START + timedelta(seconds=number // per_second)).strftime(
                "%Y-%m-%dT%H:%M:%S.000+0000"
            ),
            UserId=f"005xx{number:010d}",
        )
        for number in range(count)
    ]


def serve_big(console: Console, rows: list[dict[str, Any]]) -> None:
    async def query(request: web.Request) -> web.StreamResponse:
        soql = request.query["q"]
        since = soql.partition("CreatedDate >= ")[2][:19]
        window = [row for row in rows if row["CreatedDate"][:19] >= since][:ROWS_PER_QUERY]
        return console.org.json({"totalSize": len(window), "done": True, "records": window})

    console.org.serve("/query", query)


@pytest.mark.parametrize(("count", "per_second"), [(2_499, 1), (2_500, 1), (9_001, 40)])
async def test_more_tokens_than_one_query_gives_are_counted_once(
    console: Console, count: int, per_second: int
) -> None:
    serve_big(console, tokens_of_a_big_org(count, per_second))
    uses = await read_token_uses(console.rest, OWN_USER_ID, "apps")
    assert uses.complete
    assert sum(len(use.users) for use in uses.by_app) == count
    assert sum(use.uses or 0 for use in uses.by_app) == count * 10


@pytest.mark.parametrize(("count", "per_second"), [(5_000, 5_000), (60_000, 1)])
async def test_tokens_beyond_reach_are_said_to_be_partial(
    console: Console, count: int, per_second: int
) -> None:
    serve_big(console, tokens_of_a_big_org(count, per_second))
    uses = await read_token_uses(console.rest, OWN_USER_ID, "apps")
    assert not uses.complete
    assert "rows were read" in uses.reason


async def test_a_use_count_that_is_missing_makes_the_sum_unknown(console: Console) -> None:
    found = await inventory(
        console, OauthToken=[token("HR Feed", 4), token("HR Feed", 5, UseCount=None)]
    )
    feed = by_name(found)["HR Feed"]
    assert (feed.token_users, feed.token_uses) == (2, None)
