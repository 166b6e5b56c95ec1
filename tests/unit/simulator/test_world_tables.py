"""The tables that SOQL sees tell the story, with Salesforce's own columns and refusals."""

from datetime import datetime, timedelta
from itertools import islice

import pytest

from console.simulator.ids import long_id
from console.simulator.life.client_acts import LoginAttempt
from console.simulator.objects.tables import Row, Table
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock

OBJECTS = (
    "Organization User Profile UserLicense ConnectedApplication ExternalClientApplication"
    " ExtlClntAppOauthConsumer ExtlClntAppOauthSettings ExtlClntAppOauthPlcyCnfg"
    " ExtlClntAppPlcyCnfg OauthToken AppMenuItem SetupEntityAccess PermissionSet"
    " PermissionSetAssignment LoginHistory LoginEvent ApiEvent EventLogFile"
)


@pytest.fixture(scope="module")
def world() -> World:
    """Three hours of Acme; tests that share it only read."""
    return World(SteppedClock(), WorldOptions(history=timedelta(hours=3)))


def table(world: World, name: str) -> Table:
    found = world.table(name)
    assert found is not None
    return found


def rows(world: World, name: str) -> list[Row]:
    return list(table(world, name).rows())


def by_name(world: World, name: str, column: str) -> dict[object, Row]:
    return {row[column]: row for row in rows(world, name)}


@pytest.mark.parametrize("name", OBJECTS.split())
def test_every_object_is_there_and_its_rows_fill_its_columns(world: World, name: str) -> None:
    found = table(world, name.upper())
    assert found.name == name
    seen = list(islice(found.rows(), 40))
    assert seen
    for row in seen:
        assert set(row) == set(found.fields)
        for column, value in row.items():
            kind = found.fields[column].type
            assert kind != "datetime" or value is None or isinstance(value, datetime)
            assert kind != "boolean" or isinstance(value, bool)
            if kind in {"id", "reference"} and value is not None:
                assert long_id(str(value)[:15]) == value


@pytest.mark.parametrize("name", OBJECTS.split())
def test_ids_have_the_prefix_and_parents_exist(world: World, name: str) -> None:
    found = table(world, name)
    for row in islice(found.rows(), 40):
        if row["Id"] is not None and found.key_prefix:
            assert str(row["Id"]).startswith(found.key_prefix)
        for parent, reference in found.parents.values():
            ids = {other["Id"] for other in rows(world, parent)}
            assert row[reference] is None or row[reference] in ids


def test_unknown_and_unlicensed_objects_are_not_there(world: World) -> None:
    assert world.table("Account") is None
    options = WorldOptions(history=timedelta(minutes=1), event_monitoring=False)
    free = World(SteppedClock(), options)
    assert free.table("LoginEvent") is None
    assert free.table("ApiEvent") is None
    assert free.table("EventLogFile") is not None


def test_the_org_has_fifteen_licences_and_does_not_use_more(world: World) -> None:
    full = by_name(world, "UserLicense", "Name")["Salesforce"]
    assert full["TotalLicenses"] == 15
    assert isinstance(full["UsedLicenses"], int)
    assert full["UsedLicenses"] <= 15
    assert rows(world, "Organization")[0]["OrganizationType"] == "Enterprise Edition"


def test_apps_stand_in_every_state_of_migration(world: World) -> None:
    old = by_name(world, "ConnectedApplication", "Name")
    new = by_name(world, "ExternalClientApplication", "MasterLabel")
    assert {"Billing Sync", "Order Sync", "Data Warehouse Loader"} <= set(old) & set(new)
    assert "MuleSoft ERP" in old
    assert "MuleSoft ERP" not in new
    tokens = by_name(world, "OauthToken", "AppName")
    assert "HR Feed" in tokens
    assert "HR Feed" not in set(old) | set(new)
    assert tokens["HR Feed"]["AppMenuItemId"] is None
    menu = {row["Id"]: row for row in rows(world, "AppMenuItem")}
    billing = menu[tokens["Billing Sync"]["AppMenuItemId"]]
    assert billing["ApplicationId"] == old["Billing Sync"]["Id"]
    vendor = by_name(world, "AppMenuItem", "Label")["Backup Vault"]
    assert vendor["NamespacePrefix"] == "bkvault"


def test_consumers_join_log_ids_to_external_client_apps(world: World) -> None:
    apps = {row["Id"]: row["MasterLabel"] for row in rows(world, "ExternalClientApplication")}
    consumers = {
        row["Id"]: apps[row["ExternalClientApplicationId"]]
        for row in rows(world, "ExtlClntAppOauthConsumer")
    }
    for app in world.facts.apps:
        if app.kind == "external_client_app":
            assert consumers[app.consumer_id] == app.name


def test_scopes_are_booleans_by_name(world: World) -> None:
    settings = by_name(world, "ExtlClntAppOauthSettings", "MasterLabel")["Marketing Hub"]
    on = {c.removeprefix("OauthScopes") for c, v in settings.items() if v is True}
    assert on == {"API", "REFRESH_TOKEN", "CHATTER_REST_API"}


def test_tokens_have_no_id_and_stop_at_2500(world: World) -> None:
    found = table(world, "OauthToken")
    assert {row["Id"] for row in found.rows()} == {None}
    assert (found.page_rows, found.max_rows) == (500, 2500)
    used = by_name(world, "OauthToken", "AppName")["Marketing Hub"]["LastUsedDate"]
    assert isinstance(used, datetime)
    assert NOON - timedelta(hours=3) < used <= NOON


def test_login_history_refuses_the_filters_that_salesforce_refuses(world: World) -> None:
    fields = table(world, "LoginHistory").fields
    refused = {name for name, field in fields.items() if not field.filterable}
    assert refused == {
        "Application",
        "Status",
        "ApiType",
        "ApiVersion",
        "Browser",
        "Platform",
        "ClientVersion",
    }
    assert fields["Application"].groupable


def test_flows_that_retire_show_in_login_history(world: World) -> None:
    sub_types = {row["Application"]: row["LoginSubType"] for row in rows(world, "LoginHistory")}
    assert sub_types["BI Dashboards"] == "OAuth Username-Password"
    assert sub_types["MuleSoft ERP"] is None
    assert "Other Apex API" in {row["LoginType"] for row in rows(world, "LoginHistory")}


def test_a_refused_login_of_a_real_client_is_in_login_history() -> None:
    clock = SteppedClock()
    world = World(clock, WorldOptions(history=timedelta(minutes=1)))
    status = "Failed: Signature Invalid"
    world.add_login(
        LoginAttempt(clock.at, "orgwatch@acme.example", "orgwatch", "127.0.0.1", status)
    )
    newest = next(iter(table(world, "LoginHistory").rows()))
    assert (newest["Application"], newest["Status"]) == ("orgwatch", status)
    stored = next(iter(table(world, "LoginEvent").rows()))
    assert stored["Status"] == status


@pytest.mark.parametrize(
    ("name", "channel"),
    [("LoginEvent", "/event/LoginEventStream"), ("ApiEvent", "/event/ApiEventStream")],
)
def test_stores_hold_what_was_streamed_newest_first(world: World, name: str, channel: str) -> None:
    stored = table(world, name)
    assert stored.big_object is not None
    assert stored.big_object.index == ("EventDate", "EventIdentifier")
    recent = list(islice(stored.rows(), 600))
    moments = [row["EventDate"] for row in recent]
    assert moments == sorted(moments, reverse=True)  # type: ignore[type-var]
    identifiers = {row["EventIdentifier"] for row in recent}
    streamed = world.events_after(channel, 0, 1_000_000)[-50:]
    assert {event.payload["EventIdentifier"] for event in streamed} <= identifiers


def test_tooling_offers_connected_apps_with_more_columns(world: World) -> None:
    found = world.table("connectedapplication", tooling=True)
    assert found is not None
    assert "DeveloperName" in found.fields
    assert "DeveloperName" not in table(world, "ConnectedApplication").fields
    assert world.table("OauthToken", tooling=True) is None


def test_limits_name_every_documented_key_and_stay_within_reason(world: World) -> None:
    limits = world.limits(world.now())
    assert len(limits) == 52
    assert list(limits) == sorted(limits)
    assert limits["DailyApiRequests"] == (115_000, 115_000 - world.pool_used())
    assert all(0 <= remaining <= most for most, remaining in limits.values())
    endangered = [name for name, (most, left) in limits.items() if most and left / most < 0.1]
    assert "DataStorageMB" in endangered


def test_users_and_apps_are_found_by_what_clients_send(world: World) -> None:
    facts = world.facts
    assert world.user_by_username("ORGWATCH@ACME.EXAMPLE") == facts.console_user
    assert world.user_by_username("nobody@acme.example") is None
    assert world.app_by_consumer_key(facts.console_app.consumer_key) == facts.console_app
    assert world.app_by_consumer_key("3MVG9nothing") is None
    assert facts.console_app.may_be_used_by("Orgwatch@acme.example")
    moved = [app for app in facts.apps if app.name == "Order Sync"]
    assert len({app.consumer_key for app in moved}) == 1
    found = world.app_by_consumer_key(moved[0].consumer_key)
    assert found is not None
    assert found.kind == "external_client_app"
