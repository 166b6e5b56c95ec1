"""The integration users of the org: who they are, and which watched permissions they hold.

Whom programs log in as is found from the permission API Only User, the Salesforce Integration
licence and the callers that logs name. Columns and licence names: object reference (PermissionSet,
User, UserLicense, PermissionSetLicense) and help on integration users.
"""

from collections.abc import Iterable, Mapping, Sequence

from console.errors import OrgRefused
from console.salesforce.posture_types import HeldPermissionFact, IntegrationUserFact
from console.salesforce.rest import RestClient
from console.salesforce.soql import quoted_list
from console.salesforce.values import Record, child_of, flag_of, moment_of, text_of

INTEGRATION_LICENCE = "Salesforce Integration"
MOST_USERS = 2_000
"""Integration users that are looked at; an org with more has given every person the API alone."""
_IN_ONE_QUERY = 200

API_ONLY = "API Only User"
WATCHED = {
    "PermissionsApiUserOnly": API_ONLY,
    "PermissionsModifyAllData": "Modify All Data",
    "PermissionsViewAllData": "View All Data",
    "PermissionsManageUsers": "Manage Users",
    "PermissionsModifyMetadata": "Modify Metadata Through Metadata API Functions",
    "PermissionsCustomizeApplication": "Customize Application",
}
"""Columns of PermissionSet that say how much an integration user may, with their labels."""

_CANDIDATES = {
    "PermissionSetAssignment": "SELECT AssigneeId FROM PermissionSetAssignment "  # noqa: S608
    f"WHERE PermissionSet.PermissionsApiUserOnly = true LIMIT {MOST_USERS}",
    "User": "SELECT Id FROM User "  # noqa: S608
    f"WHERE Profile.UserLicense.Name = '{INTEGRATION_LICENCE}' "
    f"LIMIT {MOST_USERS}",
}
_USER_COLUMNS = (
    "Id, Username, Name, IsActive, LastLoginDate, Profile.Name, Profile.UserLicense.Name"
)

_Rows = list[Record]


async def read_integration_users(
    client: RestClient, callers: Iterable[str], purpose: str, not_visible: dict[str, str]
) -> tuple[IntegrationUserFact, ...]:
    """Every integration user with what could be read; ``callers`` are ids that logs name.

    What could not be read goes into ``not_visible``.
    """
    outcomes = await client.query_together(_CANDIDATES, purpose=purpose)
    ids = {caller[:15]: caller for caller in callers}
    for sobject, column in (("PermissionSetAssignment", "AssigneeId"), ("User", "Id")):
        for row in _readable(outcomes[sobject], sobject, not_visible):
            user_id = text_of(row, column)
            if user_id:
                ids[user_id[:15]] = user_id
    if len(ids) > MOST_USERS:
        not_visible["User"] = f"only {MOST_USERS:,} of {len(ids):,} integration users were read"
    wanted = sorted(ids.values())[:MOST_USERS]
    found: list[IntegrationUserFact] = []
    for first in range(0, len(wanted), _IN_ONE_QUERY):
        found += await _described(
            client, wanted[first : first + _IN_ONE_QUERY], purpose, not_visible
        )
    return tuple(found)


async def _described(
    client: RestClient, ids: Sequence[str], purpose: str, not_visible: dict[str, str]
) -> list[IntegrationUserFact]:
    among = quoted_list(ids)
    watched = ", ".join(f"PermissionSet.{column}" for column in WATCHED)
    queries = {
        "User": f"SELECT {_USER_COLUMNS} FROM User WHERE Id IN {among}",  # noqa: S608
        "PermissionSetAssignment": "SELECT AssigneeId, PermissionSet.Label, "  # noqa: S608
        f"PermissionSet.IsOwnedByProfile, PermissionSet.Profile.Name, {watched} "
        f"FROM PermissionSetAssignment WHERE AssigneeId IN {among}",
        "PermissionSetLicenseAssign": "SELECT AssigneeId, "  # noqa: S608
        "PermissionSetLicense.DeveloperName FROM PermissionSetLicenseAssign "
        f"WHERE AssigneeId IN {among}",
        "UserLogin": f"SELECT UserId, IsFrozen FROM UserLogin WHERE UserId IN {among}",  # noqa: S608
    }
    outcomes = await client.query_together(queries, purpose=purpose)
    rows = {
        sobject: _readable(outcome, sobject, not_visible) for sobject, outcome in outcomes.items()
    }
    sets = _by_user(rows["PermissionSetAssignment"], "AssigneeId")
    licences = _by_user(rows["PermissionSetLicenseAssign"], "AssigneeId")
    frozen = _by_user(rows["UserLogin"], "UserId")
    users = []
    for row in rows["User"]:
        user_id, username = text_of(row, "Id"), text_of(row, "Username")
        if user_id is None or username is None:
            continue
        profile = child_of(row, "Profile")
        key = user_id[:15]
        users.append(
            IntegrationUserFact(
                user_id=user_id,
                username=username,
                name=text_of(row, "Name"),
                is_active=flag_of(row, "IsActive"),
                profile=text_of(profile, "Name"),
                licence=text_of(child_of(profile, "UserLicense"), "Name"),
                last_login_at=moment_of(row, "LastLoginDate"),
                is_frozen=flag_of(frozen[key][0], "IsFrozen") if key in frozen else None,
                # Everybody has a profile, and with it one assignment: none is none visible.
                permissions=_held(sets[key]) if key in sets else None,
                permission_set_licences=None
                if isinstance(outcomes["PermissionSetLicenseAssign"], OrgRefused)
                else _licence_names(licences.get(key, [])),
            )
        )
    return users


def _readable(outcome: _Rows | OrgRefused, sobject: str, not_visible: dict[str, str]) -> _Rows:
    if not isinstance(outcome, OrgRefused):
        return outcome
    if outcome.retryable:
        raise outcome
    not_visible[sobject] = f"{outcome.title} ({outcome.code})" if outcome.code else outcome.title
    return []


def _by_user(rows: Iterable[Record], column: str) -> dict[str, _Rows]:
    found: dict[str, _Rows] = {}
    for row in rows:
        user_id = text_of(row, column)
        if user_id:
            found.setdefault(user_id[:15], []).append(row)
    return found


def _held(assignments: Iterable[Record]) -> tuple[HeldPermissionFact, ...]:
    held = []
    for assignment in assignments:
        granted = child_of(assignment, "PermissionSet")
        through = _holder(granted)
        held += [
            HeldPermissionFact(label, through)
            for column, label in WATCHED.items()
            if flag_of(granted, column)
        ]
    return tuple(held)


def _holder(permission_set: Mapping[str, object]) -> str:
    if flag_of(permission_set, "IsOwnedByProfile"):
        name = text_of(child_of(dict(permission_set), "Profile"), "Name")
        return f"profile {name}" if name else "the profile"
    return f"permission set {text_of(permission_set, 'Label') or 'without a name'}"


def _licence_names(assignments: Iterable[Record]) -> tuple[str, ...]:
    names = (
        text_of(child_of(assignment, "PermissionSetLicense"), "DeveloperName")
        for assignment in assignments
    )
    return tuple(sorted({name for name in names if name}))
