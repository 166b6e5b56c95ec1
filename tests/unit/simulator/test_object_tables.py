"""The objects that tell of the org's state: documented columns, caps, refused filters, the story."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from console.simulator.ids import long_id
from console.simulator.life.client_acts import LoginAttempt
from console.simulator.objects.declared import declared
from console.simulator.objects.tables import Row, Table
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import records_of, total_of
from console.simulator.soql.run import Answer, run
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock

AUDIT = "CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp"
STANDARD = f"Id IsDeleted DeveloperName Language MasterLabel {AUDIT}"
DOCUMENTED = {
    "User": "Id Username Name FirstName LastName Email Alias IsActive UserType ProfileId"
    " FederationIdentifier LastLoginDate LastPasswordChangeDate NumberOfFailedLogins CreatedDate",
    "UserLogin": "Id UserId IsFrozen IsPasswordLocked LastModifiedDate LastModifiedById",
    "Profile": f"Id Name UserType UserLicenseId PermissionsApiUserOnly {AUDIT}",
    "PermissionSet": f"Id Name Label LicenseId ProfileId IsOwnedByProfile IsCustom Type"
    " PermissionsApiUserOnly PermissionsCanApproveUninstalledApps PermissionsModifyAllData"
    " PermissionsViewAllData PermissionsManageUsers PermissionsModifyMetadata"
    " PermissionsCustomizeApplication PermissionsExternalClientAppAdmin"
    " PermissionsExternalClientAppDeveloper PermissionsExternalClientAppViewer"
    " PermissionsViewClientSecret PermissionsClientSecretRotation PermissionsManageRemoteAccess"
    f" PermissionsViewEventLogFiles PermissionsMonitorLoginHistory {AUDIT}",
    "PermissionSetAssignment": "Id PermissionSetId PermissionSetGroupId AssigneeId SystemModstamp"
    " ExpirationDate IsActive IsRevoked",
    "SetupEntityAccess": "Id ParentId SetupEntityId SetupEntityType SystemModstamp",
    "UserLicense": "Id LicenseDefinitionKey TotalLicenses Status UsedLicenses"
    " UsedLicensesLastUpdated Name MasterLabel CreatedDate",
    "PermissionSetLicense": f"Id DeveloperName MasterLabel PermissionSetLicenseKey TotalLicenses"
    f" UsedLicenses Status ExpirationDate {AUDIT}",
    "PermissionSetLicenseAssign": f"Id PermissionSetLicenseId AssigneeId {AUDIT}",
    "ConnectedApplication": f"Id Name {AUDIT} OptionsAllowAdminApprovedUsersOnly"
    " OptionsRefreshTokenValidityMetric OptionsHasSessionLevelPolicy OptionsIsInternal"
    " OptionsFullContentPushNotifications OptionsCodeCredentialGuestEnabled"
    " OptionsTokenExchangeManageBitEnabled MobileSessionTimeout PinLength StartUrl MobileStartUrl"
    " RefreshTokenValidityPeriod UvidTimeout NamedUserUvidTimeout",
    "OauthToken": "Id AccessToken AppMenuItemId AppName CreatedDate DeleteToken LastUsedDate"
    " RequestToken UseCount UserId",
    "OauthCustomScope": f"{STANDARD} NamespacePrefix Description IsPublic",
    "OauthCustomScopeApp": f"Id OauthCustomScopeId {AUDIT}",
    "AppMenuItem": "Id ApplicationId Name Label NamespacePrefix Type IsUsingAdminAuthorization"
    " IsAccessible IsVisible StartUrl CanvasEnabled MobileStartUrl",
    "ExternalClientApplication": f"{STANDARD} NamespacePrefix ContactEmail ContactPhone"
    " DistributionState ManagedType ManagedCollection ManagedSetupPointer OrgScopedExternalApp"
    " LogoUrl InfoUrl IconUrl Description Version",
    "ExtlClntAppOauthConsumer": f"{STANDARD} ExternalClientApplicationId"
    " ExtlClntAppOauthSettingsId",
    "ExtlClntAppOauthSettings": f"{STANDARD} NamespacePrefix ExternalClientApplicationId OauthLink"
    " OauthScopesAPI OauthScopesREFRESH_TOKEN SingleLogoutUrl ClientAssertionCertificate"
    " ExtlClntAppOauthOptionsFirstPartyAppEnabled",
    "ExtlClntAppOauthPlcyCnfg": f"{STANDARD} ExternalClientApplicationId"
    " ExtlClntAppOauthSettingsId PermittedUsersPolicyType IpRelaxationPolicyType"
    " RefreshTokenPolicyType RefreshTokenValidityPeriod RefreshTokenValidityUnit"
    " SessionTimeoutInMinutes RequiredSessionLevel PolicyAction IsClientCredentialsFlowEnabled"
    " ClientCredentialsFlowUser ApexHandlerId ExecuteHandlerAsId SingleLogoutUrl StartUrl"
    " IsTokenExchangeFlowEnabled IsGuestCodeCredFlowEnabled IsNamedUserJwtEnabled GuestJwtTimeout"
    " NamedUserJwtTimeout",
    "ExtlClntAppPlcyCnfg": f"{STANDARD} ExternalClientApplicationId IsEnabled OauthPluginStatus"
    " NotifPluginStatus MobilePluginStatus PushPluginStatus SamlPluginStatus StartPage StartUrl",
    "ExtlClntAppOauthIpRange": "ExtlClntAppOauthSettingsId StartIpAddress EndIpAddress Description",
    "ExtlClntAppOauthSetCustmScp": "ExtlClntAppOauthSettingsId ExternalClientApplicationId"
    " OauthCustomScopeId",
    "ExtlClntAppOauthPlcyCustmScp": "ExtlClntAppOauthPlcyCnfgId ExternalClientApplicationId"
    " OauthCustomScopeId",
    "AuthSession": "Id UsersId CreatedDate LastModifiedDate NumSecondsValid UserType SourceIp"
    " LoginType SessionType SessionSecurityLevel LogoutUrl ParentId LoginHistoryId LoginGeoId"
    " IsCurrent IsAssociatedWithJwtAccessToken",
    "LoginGeo": f"Id LoginTime CountryIso Country Latitude Longitude City PostalCode Subdivision"
    f" {AUDIT}",
    "LoginIp": "Id UsersId SourceIp CreatedDate IsAuthenticated ChallengeSentDate ChallengeMethod",
    "SetupAuditTrail": "Id Action Section CreatedDate CreatedById Display DelegateUser"
    " CreatedByContext CreatedByIssuer",
    "TransactionSecurityPolicy": f"{STANDARD} NamespacePrefix Type State ActionConfig ApexPolicyId"
    " EventType ResourceName ExecutionUserId Description EventName BlockMessage"
    " CustomEmailContent",
    "Organization": "Id Name OrganizationType InstanceName IsSandbox TrialExpirationDate"
    " NamespacePrefix LanguageLocaleKey TimeZoneSidKey DefaultLocaleSidKey CreatedDate",
    "EntityDefinition": "Id DurableId QualifiedApiName Label KeyPrefix IsQueryable",
    "EntityParticle": "Id DurableId QualifiedApiName EntityDefinitionId DataType IsApiFilterable"
    " IsApiSortable IsApiGroupable",
}
TOOLING = {
    "ConnectedApplication": f"{DOCUMENTED['ConnectedApplication']} DeveloperName Description"
    " ContactEmail ContactPhone ExecutionUserId ConnAppPluginClassId IconUrl InfoUrl LogoUrl"
    " SamlLoginInformation SessionPolicyAction SessionTimeout Version",
    "ExternalClientApplication": "Id DeveloperName ManageableState",
    "ExtlClntAppPlcyCnfg": "IsEnabled CanvasPluginStatus",
    "Certificate": "Id DeveloperName MasterLabel ExpirationDate KeySize OptionsIsCaSigned"
    " OptionsIsPrivateKeyExportable CreatedDate",
    "TransactionSecurityPolicy": "Id ActionConfig DeveloperName EventName FullName Metadata State"
    " Type",
    "RealTimeEventSettings": "Id DurableId Metadata FullName",
    "EventSettings": "Id Metadata",
    "OauthOidcSettings": "Id Metadata",
    "ExternalClientAppSettings": "Id Metadata",
    "ConnectedAppSettings": "Id Metadata IsAdminApprovedAppsOnlyEnabled"
    " IsAdminApprovedAppsOnlyForExternalUserEnabled",
}


@pytest.fixture(scope="module")
def world() -> World:
    """Three hours of Acme; tests that share it only read."""
    return World(SteppedClock(), WorldOptions(history=timedelta(hours=3)))


def ask(world: World, text: str, *, tooling: bool = False) -> Answer:
    user = world.facts.console_user
    return run(text, lambda name: world.table_for(user, name, tooling=tooling), world.now())


def records(world: World, text: str, *, tooling: bool = False) -> list[Any]:
    return records_of(ask(world, text, tooling=tooling), 0, 100_000, "/services/data/v66.0")


def refusal(world: World, text: str, *, tooling: bool = False) -> str:
    with pytest.raises(SoqlError) as refused:
        ask(world, text, tooling=tooling)
    return refused.value.code


def table(world: World, name: str, tooling: bool = False) -> Table:
    found = world.table(name, tooling)
    assert found is not None, name
    return found


ALL = [(name, False) for name in DOCUMENTED] + [(name, True) for name in TOOLING]


@pytest.mark.parametrize(("name", "tooling"), ALL)
def test_every_documented_column_can_be_selected(world: World, name: str, tooling: bool) -> None:
    columns = (TOOLING if tooling else DOCUMENTED)[name].split()
    fields = table(world, name, tooling).fields
    assert [column for column in columns if column not in fields] == []
    many = [column for column in columns if not fields[column].single_row]
    found = records(world, f"SELECT {', '.join(many)} FROM {name}", tooling=tooling)
    assert all(set(many) <= set(record) for record in found)


@pytest.mark.parametrize(("name", "tooling"), ALL)
def test_rows_hold_what_their_columns_say(world: World, name: str, tooling: bool) -> None:
    kinds: Mapping[str, type] = {"datetime": datetime, "boolean": bool, "int": int, "date": date}
    found = table(world, name, tooling)
    for row in found.rows():
        assert row.keys() == found.fields.keys()
        for column, value in row.items():
            kind = found.fields[column].type
            if value is not None and kind in kinds:
                assert isinstance(value, kinds[kind]), (column, value)
            if value is not None and kind in {"id", "reference"}:
                assert long_id(str(value)[:15]) == value, (column, value)


@pytest.mark.parametrize(("name", "tooling"), ALL)
def test_parents_and_children_exist(world: World, name: str, tooling: bool) -> None:
    found = table(world, name, tooling)
    if tooling:
        return
    for parent, reference in found.parents.values():
        ids = {row["Id"] for row in table(world, parent).rows()}
        assert {row[reference] for row in found.rows()} - {None} <= ids, (parent, reference)
    for child, reference in found.children.values():
        assert reference in table(world, child).fields


@pytest.mark.parametrize(
    ("text", "tooling"),
    [
        ("SELECT Id FROM SetupAuditTrail WHERE Section = 'Manage Users'", False),
        ("SELECT Id FROM SetupAuditTrail WHERE Display LIKE 'Created%'", False),
        ("SELECT COUNT(Id) FROM SetupAuditTrail", False),
        ("SELECT Section, COUNT(Action) FROM SetupAuditTrail GROUP BY Section", False),
        ("SELECT Id FROM LoginHistory WHERE Application = 'MuleSoft ERP'", False),
        ("SELECT Name FROM UserLicense WHERE UsedLicenses > 1", False),
        ("SELECT Id FROM TransactionSecurityPolicy WHERE ActionConfig = 'x'", False),
        ("SELECT Id FROM PermissionSet ORDER BY PermissionsApiEnabled", False),
        ("SELECT COUNT(Id) FROM ConnectedApplication GROUP BY OptionsIsInternal", False),
        ("SELECT Id FROM ExtlClntAppOauthSettings ORDER BY OauthScopesAPI", False),
        ("SELECT Id FROM RealTimeEventSettings WHERE Metadata = null", True),
        ("SELECT Metadata FROM TransactionSecurityPolicy", True),
    ],
)
def test_what_salesforce_refuses_is_refused(world: World, text: str, tooling: bool) -> None:
    assert refusal(world, text, tooling=tooling)


@pytest.mark.parametrize(
    ("text", "tooling"),
    [
        ("SELECT COUNT() FROM SetupAuditTrail", False),
        ("SELECT CreatedBy.Name FROM SetupAuditTrail WHERE Action LIKE 'PermSet%' LIMIT 10", False),
        ("SELECT Id FROM PermissionSet WHERE PermissionsApiUserOnly = true", False),
        ("SELECT Application, COUNT(Id) FROM LoginHistory GROUP BY Application", False),
        ("SELECT Id FROM TransactionSecurityPolicy WHERE State = 'Enabled'", True),
        ("SELECT Metadata FROM RealTimeEventSettings", True),
        ("SELECT Id, (SELECT AssigneeId FROM Assignments) FROM PermissionSet", False),
    ],
)
def test_what_salesforce_answers_is_answered(world: World, text: str, tooling: bool) -> None:
    assert total_of(ask(world, text, tooling=tooling)) > 0


def test_api_only_users_are_found_as_tools_find_them(world: World) -> None:
    found = records(
        world,
        "SELECT Assignee.Username FROM PermissionSetAssignment"
        " WHERE PermissionSet.PermissionsApiUserOnly = true",
    )
    names = {record["Assignee"]["Username"] for record in found}
    facts = world.facts
    assert names == {u.username for u in facts.users if u.licence == "Salesforce Integration"}


def test_grants_of_apps_name_permission_set_and_kind(world: World) -> None:
    found = records(
        world,
        "SELECT SetupEntityId, SetupEntityType, Parent.Name, Parent.IsOwnedByProfile"
        " FROM SetupEntityAccess"
        " WHERE SetupEntityType IN ('ConnectedApplication', 'ExternalClientApplication')",
    )
    granted = {record["SetupEntityId"]: record["Parent"]["Name"] for record in found}
    apps = world.facts.apps
    assert granted == {app.app_id: app.permission_set for app in apps if app.permission_set}


def test_a_login_shows_with_its_user_and_its_session() -> None:
    clock = SteppedClock()
    world = World(clock, WorldOptions(history=timedelta(minutes=1)))
    assert records(world, "SELECT Id FROM User WHERE LastLoginDate = null")
    world.add_login(LoginAttempt(clock.at, "orgwatch@acme.example", "orgwatch", "127.0.0.1"))
    text = (
        "SELECT SourceIp, SessionType, NumSecondsValid, Users.Username, LoginHistoryId"
        " FROM AuthSession WHERE Users.Username = 'orgwatch@acme.example'"
    )
    (session,) = records(world, text)
    assert (session["SourceIp"], session["SessionType"]) == ("127.0.0.1", "API")
    history = records(
        world, f"SELECT Id FROM LoginHistory WHERE Id = '{session['LoginHistoryId']}'"
    )
    assert len(history) == 1
    (user,) = records(
        world, "SELECT LastLoginDate FROM User WHERE Username = 'orgwatch@acme.example'"
    )
    assert user["LastLoginDate"].startswith(f"{NOON:%Y-%m-%dT%H:%M}")


def test_a_refused_login_opens_no_session() -> None:
    clock = SteppedClock()
    world = World(clock, WorldOptions(history=timedelta(minutes=1)))
    world.add_login(
        LoginAttempt(clock.at, "orgwatch@acme.example", "orgwatch", "127.0.0.9", "Failed: x")
    )
    assert not records(world, "SELECT Id FROM AuthSession WHERE SourceIp = '127.0.0.9'")
    assert len(records(world, "SELECT Id FROM LoginGeo WHERE CountryIso = null")) >= 1


def test_sessions_of_people_run_out() -> None:
    clock = SteppedClock()
    world = World(clock, WorldOptions(history=timedelta(hours=1)))
    text = "SELECT Id, Users.Name FROM AuthSession WHERE SessionType = 'UI'"
    before = {record["Id"] for record in records(world, text)}
    assert before
    clock.at += timedelta(hours=8)
    world.advance()
    assert not before & {record["Id"] for record in records(world, text)}


def test_the_audit_trail_reaches_180_days_back_and_is_always_the_same(world: World) -> None:
    rows = list(table(world, "SetupAuditTrail").rows())
    moments = [row["CreatedDate"] for row in rows]
    assert moments == sorted(moments, reverse=True)  # type: ignore[type-var]
    oldest, newest = moments[-1], moments[0]
    assert isinstance(oldest, datetime)
    assert isinstance(newest, datetime)
    assert timedelta(days=170) < world.now() - oldest <= timedelta(days=180)
    assert newest <= world.now()
    again = World(SteppedClock(), WorldOptions(history=timedelta(hours=3)))
    assert list(table(again, "SetupAuditTrail").rows()) == rows
    other = World(SteppedClock(), WorldOptions(history=timedelta(hours=3), seed=8))
    assert list(table(other, "SetupAuditTrail").rows()) != rows


def test_the_audit_trail_tells_of_changes_to_connected_apps(world: World) -> None:
    found = records(
        world,
        "SELECT Display, CreatedBy.Username FROM SetupAuditTrail"
        " WHERE Action = 'changeUserRuntimeAccessPolicy'",
    )
    assert any("Data Warehouse Loader" in record["Display"] for record in found)
    assert {record["CreatedBy"]["Username"] for record in found} <= {
        user.username for user in world.facts.users
    }


def test_certificates_and_policies_stand_as_the_story_says(world: World) -> None:
    rows = records(world, "SELECT DeveloperName, ExpirationDate FROM Certificate", tooling=True)
    until = {row["DeveloperName"]: date.fromisoformat(row["ExpirationDate"]) for row in rows}
    days = {name: (day - NOON.date()).days for name, day in until.items()}
    assert days == {"Acme_Identity": 291, "Partner_Gateway": 12, "Old_Single_Sign_On": -40}
    (settings,) = records(
        world, "SELECT Id, FullName, Metadata FROM RealTimeEventSettings", tooling=True
    )
    assert (settings["Id"], settings["FullName"]) == ("000000000000000AAA", "RealTimeEvent")
    events = {
        each["entityName"]: each["isEnabled"] for each in settings["Metadata"]["realTimeEvents"]
    }
    assert (events["ApiEvent"], events["ApiEventStream"]) == (True, True)
    assert settings["Metadata"]["urls"] is None


def test_the_org_lists_its_own_objects_and_fields(world: World) -> None:
    names = {
        record["QualifiedApiName"]
        for record in records(
            world, "SELECT QualifiedApiName FROM EntityDefinition WHERE IsQueryable = true"
        )
    }
    assert set(DOCUMENTED) <= names
    (particle,) = records(
        world,
        "SELECT DataType, IsApiFilterable FROM EntityParticle"
        " WHERE EntityDefinitionId = 'SetupAuditTrail' AND QualifiedApiName = 'Display'",
    )
    assert (particle["DataType"], particle["IsApiFilterable"]) == ("string", False)


def test_tokens_stop_at_2500_and_go_on_by_offset() -> None:
    world = World(SteppedClock(), WorldOptions(history=timedelta(minutes=1)))
    found = table(world, "OauthToken")
    some = next(iter(found.rows()))
    many: list[Row] = [{**some, "UseCount": n} for n in range(6_000)]
    big = Table(
        found.name,
        found.fields,
        lambda: many,
        found.key_prefix,
        page_rows=found.page_rows,
        max_rows=found.max_rows,
        max_offset=found.max_offset,
    )

    def answered(text: str) -> int:
        return total_of(run(text, lambda _: big, NOON))

    assert answered("SELECT UseCount FROM OauthToken") == 2_500
    assert answered("SELECT COUNT() FROM OauthToken") == 6_000
    assert answered("SELECT UseCount FROM OauthToken LIMIT 2500 OFFSET 5000") == 1_000


def test_a_row_with_a_column_that_is_not_declared_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="Nmae"):
        list(declared("X", "000", "Id:id Name", [{"Nmae": "x"}]).rows())
    with pytest.raises(ValueError, match="no such field type"):
        declared("X", "000", "Id:uuid", ())


def test_a_declaration_says_what_a_query_may_do() -> None:
    fields = declared("X", "000", "A B:string/FS C:datetime D:boolean/F E:textarea/-", ()).fields
    allowed = {
        name: (field.filterable, field.groupable, field.sortable) for name, field in fields.items()
    }
    assert allowed == {
        "A": (True, True, True),
        "B": (True, False, True),
        "C": (True, False, True),
        "D": (True, False, False),
        "E": (False, False, False),
    }
