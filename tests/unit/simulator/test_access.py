"""Who may see what: each permission opens exactly what it is documented to open."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from console.simulator.org import story_people as people
from console.simulator.org.access import EVENT_STORES
from console.simulator.org.permissions import Feature, Permission
from console.simulator.org.story import SimUser
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import total_of
from console.simulator.soql.run import run
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import SteppedClock

ECA = {"ExternalClientApplication", "ExtlClntAppOauthPlcyCnfg", "ExtlClntAppPlcyCnfg"}
ASKED = (
    *sorted(ECA),
    "ApiEvent",
    "AppMenuItem",
    "AuthSession",
    "ConnectedApplication",
    "EventLogFile",
    "LoginEvent",
    "LoginGeo",
    "LoginHistory",
    "OauthToken",
    "Organization",
    "PermissionSet",
    "PermissionSetAssignment",
    "PermissionSetLicenseAssign",
    "Profile",
    "SetupAuditTrail",
    "SetupEntityAccess",
    "TransactionSecurityPolicy",
    "User",
    "UserLicense",
)
LIMITS, STORAGE, API, METADATA = "limits", "storage limits", "any call", "metadata"
OWN_LOGINS, OWN_TOKENS = "others' logins", "others' tokens"
LOGIN_PLACE, FAILED_LOGINS = "LoginHistory.LoginGeoId", "User.NumberOfFailedLogins"
STREAM = "/event/ApiEventStream"

DOCUMENTED: dict[Permission, set[str]] = {
    Permission.API_ENABLED: {API},
    Permission.VIEW_SETUP: {
        LIMITS,
        "PermissionSet",
        "PermissionSetLicenseAssign",
        "SetupEntityAccess",
    },
    Permission.VIEW_EVENT_LOG_FILES: {"EventLogFile"},
    Permission.VIEW_REAL_TIME_EVENTS: {"ApiEvent", "LoginEvent", STREAM},
    Permission.MANAGE_USERS: {STORAGE, "LoginGeo", LOGIN_PLACE, FAILED_LOGINS},
    Permission.CUSTOMIZE_APPLICATION: {OWN_TOKENS},
    Permission.MODIFY_METADATA: {METADATA},
    Permission.ECA_VIEWER: set(ECA),
}
"""What is gone without each; a permission that is not named takes nothing away by itself."""


@pytest.fixture(scope="module")
def world() -> World:
    """An hour of Acme, whose permissions every test puts back."""
    clock = SteppedClock()
    options = WorldOptions(history=timedelta(hours=1))
    return World(clock, options)


def seen(world: World, user: SimUser | None = None) -> set[str]:
    """Everything that the console's user, or another, can see."""
    user = user or world.facts.console_user
    access = world.access
    found = {name for name in ASKED if world.table_for(user, name) is not None}
    for column in (LOGIN_PLACE, FAILED_LOGINS):
        sobject, _, field = column.partition(".")
        table = world.table_for(user, sobject)
        if table is not None and field in table.fields:
            found.add(column)
    for name, sobject in ((OWN_LOGINS, "LoginHistory"), (OWN_TOKENS, "OauthToken")):
        table = world.table_for(user, sobject)
        if table is not None and any(row["UserId"] != user.user_id for row in table.rows()):
            found.add(name)
    asked = {
        LIMITS: access.may_read_limits(user),
        STORAGE: access.may_read_storage(user),
        API: access.may_call_api(user),
        METADATA: access.may_read_metadata(user),
        STREAM: access.may_subscribe(user, STREAM),
        "/event/LogoutEventStream": access.may_subscribe(user, "/event/LogoutEventStream"),
    }
    return found | {name for name, allowed in asked.items() if allowed}


def without(world: World, *permissions: Permission) -> set[str]:
    """What is left when these are taken away; they are put back."""
    held = [each for each in permissions if world.access.may(world.facts.console_user, each)]
    world.access.withhold(*permissions)
    try:
        return seen(world)
    finally:
        world.access.grant(*held)


def query(world: World, text: str, user: SimUser | None = None) -> int:
    user = user or world.facts.console_user
    return total_of(run(text, lambda name: world.table_for(user, name), world.now()))


def columns_of(world: World, permissions: Iterable[Permission]) -> dict[Permission, bool]:
    """What the org says of the console's user, through its permission sets and its profile."""
    user = world.facts.console_user
    sets = world.table("PermissionSet")
    profiles = world.table("Profile")
    assert sets is not None
    assert profiles is not None
    rows = [row for row in sets.rows() if row["Name"] in user.permission_sets]
    rows += [row for row in profiles.rows() if row["Name"] == user.profile]
    return {each: any(row[each.column] for row in rows) for each in permissions}


SHOWN = tuple(each for each in Permission if each is not Permission.USE_ANY_API_CLIENT)


def test_the_console_sees_all_that_is_asked_about(world: World) -> None:
    everything = {*ASKED, *(name for gone in DOCUMENTED.values() for name in gone)}
    assert seen(world) == everything | {OWN_LOGINS, "/event/LogoutEventStream"}


@pytest.mark.parametrize("permission", list(Permission))
def test_without_a_permission_exactly_what_it_opens_is_gone(
    world: World, permission: Permission
) -> None:
    before = seen(world)
    assert before - without(world, permission) == DOCUMENTED.get(permission, set())
    assert seen(world) == before


def test_logins_of_others_need_one_of_two_permissions(world: World) -> None:
    gone = seen(world) - without(world, Permission.MANAGE_USERS, Permission.MONITOR_LOGIN_HISTORY)
    assert gone == {OWN_LOGINS, *DOCUMENTED[Permission.MANAGE_USERS]}


def test_without_setup_and_users_the_assignments_are_gone_too(world: World) -> None:
    gone = seen(world) - without(world, Permission.VIEW_SETUP, Permission.MANAGE_USERS)
    assert "PermissionSetAssignment" in gone


@pytest.mark.parametrize("permission", SHOWN)
def test_what_the_org_says_of_the_user_and_what_it_allows_agree(
    world: World, permission: Permission
) -> None:
    user = world.facts.console_user
    for permissions in ((), (permission,), tuple(SHOWN)):
        world.access.withhold(*permissions)
        said = columns_of(world, SHOWN)
        allowed = {each: world.access.may(user, each) for each in SHOWN}
        world.access.grant(*(each for each in permissions if each in _HELD))
        assert said == allowed


_HELD = people.GRANTS["Orgwatch_Monitoring"] | people.GRANTS[people.API_ONLY_PROFILE]


def test_a_permission_the_user_never_had_can_be_given_and_taken(world: World) -> None:
    world.access.withhold(Permission.MODIFY_METADATA)
    world.access.grant(Permission.MODIFY_ALL_DATA)
    assert world.access.may_read_metadata(world.facts.console_user)
    assert columns_of(world, [Permission.MODIFY_ALL_DATA]) == {Permission.MODIFY_ALL_DATA: True}
    world.access.withhold(Permission.MODIFY_ALL_DATA)
    assert not world.access.may_read_metadata(world.facts.console_user)
    world.access.grant(Permission.MODIFY_METADATA)


def test_withholding_concerns_the_console_alone(world: World) -> None:
    before = seen(world, people.ADMIN)
    world.access.withhold(*Permission)
    assert seen(world, people.ADMIN) == before
    assert seen(world) == seen(world) - {*ASKED} | {
        "AppMenuItem",
        "AuthSession",
        "ConnectedApplication",
        "LoginHistory",
        "OauthToken",
        "Organization",
        "Profile",
        "SetupAuditTrail",
        "TransactionSecurityPolicy",
        "User",
        "UserLicense",
    }
    world.access.grant(*_HELD)


def test_an_integration_user_sees_its_own_logins_and_tokens(world: World) -> None:
    mine = query(world, "SELECT COUNT() FROM LoginHistory", people.ERP)
    all_logins = query(world, "SELECT COUNT() FROM LoginHistory")
    assert 0 < mine < all_logins
    lately = "SELECT COUNT() FROM LoginHistory WHERE LoginTime >= YESTERDAY"
    assert query(world, lately, people.ERP) == mine
    assert query(world, "SELECT COUNT() FROM OauthToken", people.BILLING) == 1
    assert query(world, "SELECT COUNT() FROM OauthToken") > 1


def test_what_may_not_be_seen_looks_as_if_it_did_not_exist(world: World) -> None:
    with pytest.raises(SoqlError) as unseen:
        query(world, "SELECT Id FROM EventLogFile", people.ERP)
    with pytest.raises(SoqlError) as unknown:
        query(world, "SELECT Id FROM Nothing", people.ERP)
    assert unseen.value.code == unknown.value.code == "INVALID_TYPE"
    with pytest.raises(SoqlError) as hidden:
        query(world, "SELECT LoginGeoId FROM LoginHistory", people.ERP)
    assert hidden.value.code == "INVALID_FIELD"


def test_the_org_lists_to_each_user_the_objects_that_the_user_may_read(world: World) -> None:
    text = "SELECT COUNT() FROM EntityDefinition WHERE QualifiedApiName = 'EventLogFile'"
    assert (query(world, text), query(world, text, people.ERP)) == (1, 0)
    text = "SELECT COUNT() FROM EntityDefinition WHERE QualifiedApiName = 'User'"
    assert query(world, text, people.ERP) == 1


def test_external_client_apps_are_in_tooling_from_67_on(world: World) -> None:
    user = world.facts.console_user
    found = {
        version: world.table_for(user, "ExternalClientApplication", tooling=True, version=version)
        is not None
        for version in (66, 67, 0)
    }
    assert found == {66: False, 67: True, 0: True}
    assert world.table_for(user, "ConnectedApplication", tooling=True, version=31) is not None


def test_an_org_without_a_feature_has_none_of_its_objects() -> None:
    options = WorldOptions(
        history=timedelta(minutes=1),
        event_monitoring=False,
        missing_features=frozenset({Feature.EXTERNAL_CLIENT_APPS}),
    )
    world = World(SteppedClock(), options)
    user = world.facts.console_user
    assert {name for name in ECA if world.table_for(user, name)} == set()
    assert {name for name in EVENT_STORES if world.table_for(user, name)} == set()
    assert world.table_for(user, "TransactionSecurityPolicy") is None
    assert not world.access.may_subscribe(user, STREAM)
    assert world.access.may_subscribe(user, "/event/LogoutEventStream")


def test_the_column_of_api_access_control_comes_with_the_feature(world: World) -> None:
    column = Permission.USE_ANY_API_CLIENT.column
    table = world.table("PermissionSet")
    assert table is not None
    assert column not in table.fields
    options = WorldOptions(history=timedelta(minutes=1), missing_features=frozenset())
    provisioned = World(SteppedClock(), options).table("PermissionSet")
    assert provisioned is not None
    assert column in provisioned.fields
