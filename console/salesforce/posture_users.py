"""The integration users of the org: who they are, and which watched permissions they hold.

Whom programs log in as is found from the permission API Only User, the Salesforce Integration
licence and the callers that logs name. Columns and licence names: object reference (PermissionSet,
User, UserLicense, PermissionSetLicense) and help on integration users.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from console.errors import OrgRefused
from console.salesforce.hidden import missing_column, note_hidden
from console.salesforce.posture_types import HeldPermissionFact, IntegrationUserFact
from console.salesforce.rest import RestClient
from console.salesforce.soql import quoted_list
from console.salesforce.values import Record, child_of, flag_of, moment_of, text_of

INTEGRATION_LICENCE = "Salesforce Integration"
MOST_USERS = 2_000
"""Integration users that are looked at; an org with more has given every person the API alone."""
_IN_ONE_QUERY = 200
_MOST_LACKING = 3

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
    "Name", "IsActive", "LastLoginDate", "Profile.Name", "Profile.UserLicense.Name"
)  # fmt: skip
_SET_COLUMNS = (
    "PermissionSet.Label",
    "PermissionSet.IsOwnedByProfile",
    "PermissionSet.Profile.Name",
    *(f"PermissionSet.{column}" for column in WATCHED),
)

_Rows = list[Record]


async def read_integration_users(
    client: RestClient, callers: Iterable[str], purpose: str, not_visible: dict[str, str]
) -> tuple[IntegrationUserFact, ...]:
    """Every integration user with what could be read; ``callers`` are ids that logs name.

    What could not be read goes into ``not_visible``.
    """
    outcomes = await client.query_together(_CANDIDATES, purpose=purpose)
    # The callers first: where there are too many, those that are in use are looked at.
    ids = {caller[:15]: caller for caller in callers}
    for sobject, column in (("PermissionSetAssignment", "AssigneeId"), ("User", "Id")):
        rows = _readable(outcomes[sobject], sobject, not_visible)
        if len(rows) >= MOST_USERS:
            not_visible["User"] = f"only {MOST_USERS:,} integration users were read of more"
        for row in rows:
            user_id = text_of(row, column)
            if user_id:
                ids[user_id[:15]] = user_id
    if len(ids) > MOST_USERS:
        not_visible["User"] = f"only {MOST_USERS:,} of {len(ids):,} integration users were read"
    wanted = list(ids.values())[:MOST_USERS]
    found: list[IntegrationUserFact] = []
    lacking: set[str] = set()
    for first in range(0, len(wanted), _IN_ONE_QUERY):
        found += await _described(
            client, wanted[first : first + _IN_ONE_QUERY], purpose, not_visible, lacking
        )
    if len(found) < len(wanted):
        missing = f"{len(wanted) - len(found):,} of {len(wanted):,} integration users not shown"
        not_visible.setdefault("User", missing)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Question:
    """A query whose optional columns an org, or an older API version, may lack."""

    key: str
    """The columns that nothing can be said without."""
    columns: tuple[str, ...]
    source: str
    """From which object, and which records."""

    def without(self, lacking: Set[str]) -> "_Question":
        left = tuple(column for column in self.columns if column not in lacking)
        return _Question(self.key, left, self.source)

    @property
    def soql(self) -> str:
        return f"SELECT {', '.join((self.key, *self.columns))} FROM {self.source}"  # noqa: S608


async def _ask(
    client: RestClient,
    questions: Mapping[str, _Question],
    purpose: str,
    not_visible: dict[str, str],
    lacking: set[str],
) -> dict[str, _Rows | OrgRefused]:
    """Each question's outcome, asked again without a column that the org lacks.

    Such columns are added to ``lacking``, and those in it are not asked for. Where more than
    `_MOST_LACKING` of one question are missing, the object as a whole is not for this user.
    """
    asked = {name: question.without(lacking) for name, question in questions.items()}
    together = {name: question.soql for name, question in asked.items()}
    outcomes = dict(await client.query_together(together, purpose=purpose))
    for name in asked:
        for _ in range(_MOST_LACKING):
            outcome = outcomes[name]
            column = (
                missing_column(outcome, asked[name].columns)
                if isinstance(outcome, OrgRefused)
                else None
            )
            if column is None or not isinstance(outcome, OrgRefused):
                break
            lacking.add(column)
            not_visible[f"{name}: {column}"] = f"{outcome.title} ({outcome.code})"
            asked[name] = asked[name].without(lacking)
            try:
                outcomes[name] = await client.query(asked[name].soql, purpose=purpose)
            except OrgRefused as refused:
                outcomes[name] = refused
    return outcomes


def _questions(ids: Sequence[str]) -> dict[str, _Question]:
    among = quoted_list(ids)
    return {
        "User": _Question("Id, Username", _USER_COLUMNS, f"User WHERE Id IN {among}"),
        "PermissionSetAssignment": _Question(
            "AssigneeId", _SET_COLUMNS, f"PermissionSetAssignment WHERE AssigneeId IN {among}"
        ),
        "PermissionSetLicenseAssign": _Question(
            "AssigneeId",
            ("PermissionSetLicense.DeveloperName",),
            f"PermissionSetLicenseAssign WHERE AssigneeId IN {among}",
        ),
        "UserLogin": _Question("UserId", ("IsFrozen",), f"UserLogin WHERE UserId IN {among}"),
    }


async def _described(
    client: RestClient,
    ids: Sequence[str],
    purpose: str,
    not_visible: dict[str, str],
    lacking: set[str],
) -> list[IntegrationUserFact]:
    outcomes = await _ask(client, _questions(ids), purpose, not_visible, lacking)
    rows = {
        sobject: _readable(outcome, sobject, not_visible) for sobject, outcome in outcomes.items()
    }
    sets = _by_user(rows["PermissionSetAssignment"], "AssigneeId")
    has_licences = not (
        isinstance(outcomes["PermissionSetLicenseAssign"], OrgRefused)
        or "PermissionSetLicense.DeveloperName" in lacking
    )
    licences = _by_user(rows["PermissionSetLicenseAssign"], "AssigneeId")
    frozen = _by_user(rows["UserLogin"], "UserId")
    hidden = tuple(
        label for column, label in WATCHED.items() if f"PermissionSet.{column}" in lacking
    )
    users = []
    for row in rows["User"]:
        user_id, username = text_of(row, "Id"), text_of(row, "Username")
        if user_id is None or username is None:
            continue
        key = user_id[:15]
        users.append(
            _user(
                row,
                # Everybody has a profile, and with it one assignment: none is none visible.
                permissions=_held(sets[key]) if key in sets else None,
                permissions_not_visible=hidden,
                permission_set_licences=_licence_names(licences.get(key, []))
                if has_licences
                else None,
                is_frozen=flag_of(frozen[key][0], "IsFrozen") if key in frozen else None,
            )
        )
    return users


def _user(
    row: Record,
    *,
    permissions: tuple[HeldPermissionFact, ...] | None,
    permissions_not_visible: tuple[str, ...],
    permission_set_licences: tuple[str, ...] | None,
    is_frozen: bool | None,
) -> IntegrationUserFact:
    profile = child_of(row, "Profile")
    return IntegrationUserFact(
        user_id=text_of(row, "Id") or "",
        username=text_of(row, "Username") or "",
        name=text_of(row, "Name"),
        is_active=flag_of(row, "IsActive"),
        profile=text_of(profile, "Name"),
        licence=text_of(child_of(profile, "UserLicense"), "Name"),
        last_login_at=moment_of(row, "LastLoginDate"),
        is_frozen=is_frozen,
        permissions=permissions,
        permission_set_licences=permission_set_licences,
        permissions_not_visible=permissions_not_visible,
    )


def _readable(outcome: _Rows | OrgRefused, sobject: str, not_visible: dict[str, str]) -> _Rows:
    if not isinstance(outcome, OrgRefused):
        return outcome
    note_hidden(outcome, sobject, not_visible)
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
