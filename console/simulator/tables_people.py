"""The tables of the org itself and of who may do what in it."""

from collections import Counter
from dataclasses import replace

from console.simulator import story_people as people
from console.simulator.access import Access
from console.simulator.ids import record_id
from console.simulator.permissions import Feature, Permission
from console.simulator.story import OrgFacts, SimApp
from console.simulator.tables import Row, Table, Value, fixed_table

_LICENCE_OF_PROFILE = {
    name: people.INTEGRATION_LICENCE if name == people.API_ONLY_PROFILE else people.FULL_LICENCE
    for name in people.PROFILES
}


def people_tables(facts: OrgFacts, access: Access) -> tuple[Table, ...]:
    """Organization, User, Profile, UserLicense, PermissionSet, its assignments and its apps."""
    return (
        _organization(facts),
        _user(facts),
        _profile(facts, access),
        _user_license(facts),
        _permission_set(facts, access),
        _permission_set_assignment(facts),
        _setup_entity_access(facts),
    )


def _profile_id(name: str) -> str:
    return record_id("00e", name)


def _permission_set_id(name: str) -> str:
    return record_id("0PS", name)


def _license_id(name: str) -> str:
    return record_id("100", name)


def _granted(access: Access, holder: str) -> dict[str, Value]:
    given = access.given_by(holder)
    return {
        permission.column: permission in given
        for permission in Permission
        if permission is not Permission.USE_ANY_API_CLIENT or access.has(Feature.API_ACCESS_CONTROL)
    }


def _organization(facts: OrgFacts) -> Table:
    row: Row = {
        "Id": facts.org_id,
        "Name": facts.name,
        "OrganizationType": facts.edition,
        "InstanceName": facts.instance,
        "IsSandbox": False,
        "TrialExpirationDate": None,
        "NamespacePrefix": None,
        "LanguageLocaleKey": "en_US",
        "TimeZoneSidKey": "Europe/Berlin",
        "DefaultLocaleSidKey": "en_IE_EURO",
        "CreatedDate": facts.created_at,
    }
    return fixed_table(
        "Organization",
        "00D",
        [row],
        OrganizationType="picklist",
        TrialExpirationDate="datetime",
    )


def _user(facts: OrgFacts) -> Table:
    rows: list[Row] = [
        {
            "Id": user.user_id,
            "Username": user.username,
            "Name": user.name,
            "FirstName": user.name.partition(" ")[0],
            "LastName": user.name.partition(" ")[2] or user.name,
            "Email": user.email,
            "Alias": user.username.partition("@")[0][:8],
            "IsActive": user.is_active,
            "UserType": user.user_type,
            "ProfileId": _profile_id(user.profile),
            "FederationIdentifier": None,
            "LastLoginDate": None,
            "CreatedDate": facts.created_at.replace(year=min(facts.created_at.year + n // 2, 2025)),
        }
        for n, user in enumerate(facts.users)
    ]
    parents = {"Profile": ("Profile", "ProfileId")}
    return fixed_table(
        "User",
        "005",
        rows,
        parents,
        UserType="picklist",
        Email="email",
        LastLoginDate="datetime",
    )


def _profile(facts: OrgFacts, access: Access) -> Table:
    def rows() -> list[Row]:
        return [
            {
                "Id": _profile_id(name),
                "Name": name,
                "UserType": "Standard",
                "UserLicenseId": _license_id(_LICENCE_OF_PROFILE[name]),
                "CreatedDate": facts.created_at,
                **_granted(access, name),
            }
            for name in people.PROFILES
        ]

    parents = {"UserLicense": ("UserLicense", "UserLicenseId")}
    return replace(fixed_table("Profile", "00e", rows(), parents, UserType="picklist"), rows=rows)


def _user_license(facts: OrgFacts) -> Table:
    used = Counter(
        user.licence for user in facts.users if user.is_active and user.user_type == "Standard"
    )
    kinds = (
        (people.FULL_LICENCE, "SFDC", facts.licences),
        (people.INTEGRATION_LICENCE, "PID_SALESFORCE_INTEGRATION", people.INTEGRATION_LICENCES),
    )
    rows: list[Row] = [
        {
            "Id": _license_id(name),
            "Name": name,
            "MasterLabel": name,
            "LicenseDefinitionKey": key,
            "Status": "Active",
            "TotalLicenses": total,
            "UsedLicenses": used[name],
            "UsedLicensesLastUpdated": None,
            "CreatedDate": facts.created_at,
        }
        for name, key, total in kinds
    ]
    return fixed_table(
        "UserLicense", "100", rows, Status="picklist", UsedLicensesLastUpdated="datetime"
    )


def _permission_set_names(facts: OrgFacts) -> list[str]:
    named = {name for user in facts.users for name in user.permission_sets}
    return sorted(named | {app.permission_set for app in facts.apps if app.permission_set})


def _permission_set(facts: OrgFacts, access: Access) -> Table:
    def rows() -> list[Row]:
        profiles = ((f"X{_profile_id(p)[:15]}", p) for p in people.PROFILES)
        named = ((name, None) for name in _permission_set_names(facts))
        return [_permission_set_row(facts, access, *each) for each in (*named, *profiles)]

    parents = {"Profile": ("Profile", "ProfileId")}
    return replace(fixed_table("PermissionSet", "0PS", rows(), parents), rows=rows)


def _permission_set_row(facts: OrgFacts, access: Access, name: str, profile: str | None) -> Row:
    """A permission set, or the hidden one that every profile owns."""
    return {
        "Id": _permission_set_id(name),
        "Name": name,
        "Label": name.replace("_", " "),
        "IsOwnedByProfile": profile is not None,
        "ProfileId": _profile_id(profile) if profile else None,
        "NamespacePrefix": None,
        "CreatedDate": facts.created_at,
        **_granted(access, profile or name),
    }


def _permission_set_assignment(facts: OrgFacts) -> Table:
    rows: list[Row] = [
        {
            "Id": record_id("0Pa", user.username, name),
            "AssigneeId": user.user_id,
            "PermissionSetId": _permission_set_id(name),
            "IsActive": True,
        }
        for user in facts.users
        for name in (f"X{_profile_id(user.profile)[:15]}", *user.permission_sets)
    ]
    parents = {
        "Assignee": ("User", "AssigneeId"),
        "PermissionSet": ("PermissionSet", "PermissionSetId"),
    }
    return fixed_table("PermissionSetAssignment", "0Pa", rows, parents)


def _setup_entity_access(facts: OrgFacts) -> Table:
    rows = [_access_row(app, app.permission_set) for app in facts.apps if app.permission_set]
    parents = {"Parent": ("PermissionSet", "ParentId")}
    return fixed_table("SetupEntityAccess", "0J0", rows, parents, SetupEntityType="picklist")


def _access_row(app: SimApp, permission_set: str) -> Row:
    eca = app.kind == "external_client_app"
    return {
        "Id": record_id("0J0", app.kind, app.name),
        "ParentId": _permission_set_id(permission_set),
        "SetupEntityId": app.app_id,
        "SetupEntityType": "ExternalClientApplication" if eca else "ConnectedApplication",
    }
