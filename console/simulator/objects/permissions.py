"""Who may do what: profiles, permission sets, their assignments, licences, access to apps.

Columns and field properties: object reference, and the description of a v64 org. The columns
``Permissions…`` are those that this simulator knows, a few of some four hundred.
"""

from collections import Counter
from collections.abc import Iterator

from console.simulator.ids import record_id
from console.simulator.objects.declared import AUDIT, STANDARD, audited, declared
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table, Value
from console.simulator.org import story_people as people
from console.simulator.org.access import Access
from console.simulator.org.permissions import Feature, Permission
from console.simulator.org.story import OrgFacts, SimApp

API_INTEGRATION = "SalesforceAPIIntegrationPsl"
"""The permission set licence of integration users."""

_PROFILE = (
    "Id:id Name UserLicenseId:reference UserType:picklist Description"
    f" LastViewedDate:datetime LastReferencedDate:datetime {AUDIT}"
)
_PERMISSION_SET = (
    "Id:id Name Label LicenseId:reference ProfileId:reference IsOwnedByProfile:boolean"
    " IsCustom:boolean Description NamespacePrefix HasActivationRequired:boolean"
    f" PermissionSetGroupId:reference Type:picklist PsgCount:int {AUDIT}"
)
_ASSIGNMENT = (
    "Id:id PermissionSetId:reference PermissionSetGroupId:reference AssigneeId:reference"
    " SystemModstamp:datetime ExpirationDate:datetime IsActive:boolean IsRevoked:boolean"
)
_GROUP = f"{STANDARD} Description:textarea/- Status:picklist HasActivationRequired:boolean"
_LICENSE = (
    "Id:id LicenseDefinitionKey TotalLicenses:int Status:picklist UsedLicenses:int/GS"
    " UsedLicensesLastUpdated:datetime Name MasterLabel CreatedDate:datetime"
    " LastModifiedDate:datetime SystemModstamp:datetime"
)
_SET_LICENSE = (
    "Id:id IsDeleted:boolean DeveloperName Language:picklist MasterLabel PermissionSetLicenseKey"
    " TotalLicenses:int Status:picklist ExpirationDate:date"
    " MaximumPermissionsApiEnabled:boolean/F MaximumPermissionsApiUserOnly:boolean/F"
    f" UsedLicenses:int IsAvailableForIntegrations:boolean {AUDIT}"
)
_SET_LICENSE_ASSIGN = (
    f"Id:id IsDeleted:boolean PermissionSetLicenseId:reference AssigneeId:reference {AUDIT}"
)
_ENTITY_ACCESS = (
    "Id:id ParentId:reference SetupEntityId:reference SetupEntityType:picklist"
    " SystemModstamp:datetime"
)


def permission_tables(sources: OrgSources) -> tuple[Table, ...]:
    """Profiles, permission sets, groups, licences, and what is assigned to whom."""
    return (*_holders(sources), *_licence_tables(sources), *_assigned(sources.facts))


def _holders(sources: OrgSources) -> Iterator[Table]:
    """What gives permissions: profiles and permission sets."""
    facts, access = sources.facts, sources.access
    granted = " ".join(f"{each.column}:boolean/F" for each in _shown(access))
    labels = {each.column: each.label for each in _shown(access)}
    yield declared(
        "Profile",
        "00e",
        f"{_PROFILE} {granted}",
        lambda: _profiles(facts, access),
        {"UserLicense": ("UserLicense", "UserLicenseId")},
        children={"Users": ("User", "ProfileId")},
        labels=labels,
    )
    yield declared(
        "PermissionSet",
        "0PS",
        f"{_PERMISSION_SET} {granted}",
        lambda: _permission_sets(facts, access),
        {"Profile": ("Profile", "ProfileId"), "License": ("UserLicense", "LicenseId")},
        children={
            "Assignments": ("PermissionSetAssignment", "PermissionSetId"),
            "SetupEntityAccessItems": ("SetupEntityAccess", "ParentId"),
        },
        labels=labels,
    )
    yield declared("PermissionSetGroup", "0PG", _GROUP, ())


def _licence_tables(sources: OrgSources) -> Iterator[Table]:
    yield declared("UserLicense", "100", _LICENSE, lambda: _licences(sources))
    yield declared("PermissionSetLicense", "0PL", _SET_LICENSE, [_set_licence(sources.facts)])


def _assigned(facts: OrgFacts) -> Iterator[Table]:
    """Who has which of them, and which apps they open."""
    assignee = {"Assignee": ("User", "AssigneeId")}
    yield declared(
        "PermissionSetAssignment",
        "0Pa",
        _ASSIGNMENT,
        _assignments(facts),
        {
            **assignee,
            "PermissionSet": ("PermissionSet", "PermissionSetId"),
            "PermissionSetGroup": ("PermissionSetGroup", "PermissionSetGroupId"),
        },
    )
    yield declared(
        "PermissionSetLicenseAssign",
        "2LA",
        _SET_LICENSE_ASSIGN,
        _set_licence_assignments(facts),
        {**assignee, "PermissionSetLicense": ("PermissionSetLicense", "PermissionSetLicenseId")},
    )
    yield declared(
        "SetupEntityAccess",
        "0J0",
        _ENTITY_ACCESS,
        (_entity_access(app, app.permission_set) for app in facts.apps if app.permission_set),
        {"Parent": ("PermissionSet", "ParentId")},
    )


def profile_id(name: str) -> str:
    """The id of the profile of that name."""
    return record_id("00e", name)


def permission_set_id(name: str) -> str:
    """The id of the permission set of that API name."""
    return record_id("0PS", name)


def permission_set_names(facts: OrgFacts) -> list[str]:
    """The API names of the permission sets that somebody made."""
    named = {name for user in facts.users for name in user.permission_sets}
    return sorted(named | {app.permission_set for app in facts.apps if app.permission_set})


def owned_set_name(profile: str) -> str:
    """The name of the hidden permission set that a profile owns: ``X`` and the profile's id."""
    return f"X{profile_id(profile)[:15]}"


def _licence_id(name: str) -> str:
    return record_id("100", name)


def _licence_of(profile: str) -> str:
    is_api_only = profile == people.API_ONLY_PROFILE
    return _licence_id(people.INTEGRATION_LICENCE if is_api_only else people.FULL_LICENCE)


def _shown(access: Access) -> list[Permission]:
    has_control = access.has(Feature.API_ACCESS_CONTROL)
    return [each for each in Permission if has_control or each is not Permission.USE_ANY_API_CLIENT]


def _granted(access: Access, holder: str) -> dict[str, Value]:
    given = access.given_by(holder)
    return {each.column: each in given for each in _shown(access)}


def _profiles(facts: OrgFacts, access: Access) -> Iterator[Row]:
    for name in people.PROFILES:
        yield {
            "Id": profile_id(name),
            "Name": name,
            "UserType": "Standard",
            "UserLicenseId": _licence_of(name),
            **audited(facts.created_at, people.ADMIN.user_id),
            **_granted(access, name),
        }


def _permission_sets(facts: OrgFacts, access: Access) -> Iterator[Row]:
    """Those that somebody made, and the hidden one that every profile owns."""
    for name in permission_set_names(facts):
        yield {
            "Id": permission_set_id(name),
            "Name": name,
            "Label": name.replace("_", " "),
            "IsCustom": True,
            "Type": "Regular",
            **audited(facts.created_at, people.ADMIN.user_id),
            **_granted(access, name),
        }
    for profile in people.PROFILES:
        name = owned_set_name(profile)
        yield {
            "Id": permission_set_id(name),
            "Name": name,
            "Label": name,
            "LicenseId": _licence_of(profile),
            "ProfileId": profile_id(profile),
            "IsOwnedByProfile": True,
            "Type": "Profile",
            **audited(facts.created_at, people.ADMIN.user_id),
            **_granted(access, profile),
        }


def _assignments(facts: OrgFacts) -> Iterator[Row]:
    for user in facts.users:
        for name in (owned_set_name(user.profile), *user.permission_sets):
            yield {
                "Id": record_id("0Pa", user.username, name),
                "AssigneeId": user.user_id,
                "PermissionSetId": permission_set_id(name),
                "SystemModstamp": facts.created_at,
                "IsActive": True,
            }


def _licences(sources: OrgSources) -> Iterator[Row]:
    facts = sources.facts
    used = Counter(
        user.licence for user in facts.users if user.is_active and user.user_type == "Standard"
    )
    kinds = (
        (people.FULL_LICENCE, "SFDC", facts.licences),
        (people.INTEGRATION_LICENCE, "PID_SALESFORCE_INTEGRATION", people.INTEGRATION_LICENCES),
    )
    for name, key, total in kinds:
        yield {
            "Id": _licence_id(name),
            "Name": name,
            "MasterLabel": name,
            "LicenseDefinitionKey": key,
            "Status": "Active",
            "TotalLicenses": total,
            "UsedLicenses": used[name],
            "UsedLicensesLastUpdated": sources.now().replace(microsecond=0),
            "CreatedDate": facts.created_at,
            "LastModifiedDate": facts.created_at,
            "SystemModstamp": facts.created_at,
        }


def _set_licence(facts: OrgFacts) -> Row:
    return {
        "Id": record_id("0PL", API_INTEGRATION),
        "DeveloperName": API_INTEGRATION,
        "Language": "en_US",
        "MasterLabel": "Salesforce API Integration",
        "PermissionSetLicenseKey": API_INTEGRATION,
        "TotalLicenses": people.INTEGRATION_LICENCES,
        "Status": "Active",
        "MaximumPermissionsApiEnabled": True,
        "MaximumPermissionsApiUserOnly": True,
        "UsedLicenses": sum(1 for _ in _set_licence_assignments(facts)),
        "IsAvailableForIntegrations": True,
        **audited(facts.created_at, people.ADMIN.user_id),
    }


def _set_licence_assignments(facts: OrgFacts) -> Iterator[Row]:
    for user in facts.users:
        if user.is_active and user.licence == people.INTEGRATION_LICENCE:
            yield {
                "Id": record_id("2LA", user.username),
                "PermissionSetLicenseId": record_id("0PL", API_INTEGRATION),
                "AssigneeId": user.user_id,
                **audited(facts.created_at, people.ADMIN.user_id),
            }


def _entity_access(app: SimApp, permission_set: str) -> Row:
    eca = app.kind == "external_client_app"
    return {
        "Id": record_id("0J0", app.kind, app.name),
        "ParentId": permission_set_id(permission_set),
        "SetupEntityId": app.app_id,
        "SetupEntityType": "ExternalClientApplication" if eca else "ConnectedApplication",
        "SystemModstamp": app.created_at,
    }
