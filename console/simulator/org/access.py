"""Who may see what: permissions of users, and what is missing on the wire without them.

Without the permission for an object its queries end in ``INVALID_TYPE``, as they do for an object
that does not exist (captured answers); without the one for a column in ``INVALID_FIELD``. Which
permission opens what is from the special access rules of the object reference, the platform events
guide (real-time event monitoring) and the metadata API guide (readMetadata, listMetadata).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from console.simulator.objects.tables import Row, Table
from console.simulator.org.permissions import Feature, Permission
from console.simulator.org.story import OrgFacts, SimUser

AnyOf = frozenset[Permission]
"""One of these is enough."""

LOGOUT_CHANNEL = "/event/LogoutEventStream"
"""The one stream that needs neither licence nor permission."""

_LOG_FILES: AnyOf = frozenset({Permission.VIEW_EVENT_LOG_FILES, Permission.VIEW_ALL_DATA})
_EVENTS: AnyOf = frozenset({Permission.VIEW_REAL_TIME_EVENTS})
_LOGINS: AnyOf = frozenset({Permission.MANAGE_USERS, Permission.MONITOR_LOGIN_HISTORY})
_ECA: AnyOf = frozenset({Permission.ECA_VIEWER, Permission.ECA_ADMIN, Permission.ECA_DEVELOPER})
METADATA: AnyOf = frozenset({Permission.MODIFY_METADATA, Permission.MODIFY_ALL_DATA})
"""What reading metadata over SOAP takes."""

_OBJECT_NEEDS: Mapping[str, AnyOf] = {
    "eventlogfile": _LOG_FILES,
    "logingeo": frozenset({Permission.MANAGE_USERS}),
    "setupentityaccess": frozenset({Permission.VIEW_SETUP}),
    "permissionset": frozenset(
        {
            Permission.VIEW_SETUP,
            Permission.MANAGE_SESSION_PERMISSION_SETS,
            Permission.ASSIGN_PERMISSION_SETS,
            Permission.MANAGE_PROFILES_AND_PERMISSION_SETS,
        }
    ),
    "permissionsetassignment": frozenset(
        {Permission.VIEW_SETUP, Permission.ASSIGN_PERMISSION_SETS, Permission.MANAGE_USERS}
    ),
    "permissionsetlicenseassign": frozenset(
        {Permission.VIEW_SETUP, Permission.ASSIGN_PERMISSION_SETS}
    ),
}
EVENT_STORES = frozenset(
    {
        "apianomalyeventstore",
        "apievent",
        "bulkapiresulteventstore",
        "credentialstuffingeventstore",
        "fileeventstore",
        "guestuseranomalyeventstore",
        "identityprovidereventstore",
        "identityverificationevent",
        "lightningurievent",
        "listviewevent",
        "loginanomalyeventstore",
        "loginasevent",
        "loginevent",
        "logoutevent",
        "permissionseteventstore",
        "reportanomalyeventstore",
        "reportevent",
        "sessionhijackingeventstore",
        "urievent",
    }
)
"""The stores of real-time event monitoring, in lower case."""
_ECA_OBJECTS = ("externalclientapplication", "extlclntapp")
_EVENT_LOG_OBJECT = "eventlog"
ECA_IN_TOOLING_SINCE = 67
"""External Client Apps are in the Tooling API's types from about this version on."""


@dataclass(frozen=True, slots=True)
class _OwnRows:
    """Without one of ``needs`` a user sees the rows whose ``column`` is the user's id."""

    needs: AnyOf
    column: str


_OWN_ROWS: Mapping[str, _OwnRows] = {
    "oauthtoken": _OwnRows(frozenset({Permission.CUSTOMIZE_APPLICATION}), "UserId"),
    "loginhistory": _OwnRows(_LOGINS, "UserId"),
}
_NAMED_BY: Mapping[str, str] = {
    "entitydefinition": "QualifiedApiName",
    "entityparticle": "EntityDefinitionId",
}
"""The columns by which the org's list of its objects names each."""
_COLUMN_NEEDS: Mapping[tuple[str, str], AnyOf] = {
    ("loginhistory", "LoginGeoId"): frozenset({Permission.MANAGE_USERS}),
    ("user", "NumberOfFailedLogins"): frozenset({Permission.MANAGE_USERS}),
}


class Access:
    """The permissions of an org's users, some of them withheld from the console's user.

    ``grants`` says which permissions each profile and permission set gives, by name. Withholding
    takes a permission out of the console user's profile and permission sets, so that what the org
    says of it (the columns ``Permissions…``) and what it allows agree.
    """

    def __init__(
        self,
        facts: OrgFacts,
        grants: Mapping[str, frozenset[Permission]],
        withheld: Iterable[Permission] = (),
        missing: Iterable[Feature] = (),
    ) -> None:
        self._grants = grants
        self._console = facts.console_user
        self._withheld = frozenset(withheld)
        self._added: frozenset[Permission] = frozenset()
        self.missing = frozenset(missing)
        """Features that the org does not have."""

    @property
    def withheld(self) -> frozenset[Permission]:
        """What is withheld from the console's user now."""
        return self._withheld

    def withhold(self, *permissions: Permission) -> None:
        """Take permissions from the console's user; the next request notices."""
        self._withheld |= set(permissions)
        self._added -= set(permissions)

    def grant(self, *permissions: Permission) -> None:
        """Give permissions to the console's user, withheld ones and others."""
        self._withheld -= set(permissions)
        self._added |= {each for each in permissions if not self.may(self._console, each)}

    def given_by(self, holder: str) -> frozenset[Permission]:
        """What a profile or a permission set gives now, by its name; nothing if unknown."""
        given = self._grants.get(holder, frozenset())
        if holder in (self._console.profile, *self._console.permission_sets):
            given -= self._withheld
            if holder in self._console.permission_sets[:1]:
                given |= self._added
        return given

    def may(self, user: SimUser, *any_of: Permission) -> bool:
        """Whether ``user`` has one of the permissions, by profile or by permission set."""
        wanted = set(any_of)
        return any(wanted & self.given_by(name) for name in (user.profile, *user.permission_sets))

    def has(self, feature: Feature) -> bool:
        """Whether the org has ``feature``."""
        return feature not in self.missing

    def may_read(self, user: SimUser, sobject: str, *, tooling: bool = False) -> bool:
        """Whether the object exists for ``user``; one who may not gets ``INVALID_TYPE``."""
        name = sobject.lower()
        if name.startswith(_ECA_OBJECTS):
            return self.has(Feature.EXTERNAL_CLIENT_APPS) and self.may(user, *_ECA)
        if name in EVENT_STORES:
            return self.has(Feature.EVENT_MONITORING) and self.may(user, *_EVENTS)
        if name.endswith(_EVENT_LOG_OBJECT):
            return self.has(Feature.EVENT_MONITORING) and self.may(
                user, Permission.VIEW_EVENT_LOG_OBJECT_DATA
            )
        needs = None if tooling else _OBJECT_NEEDS.get(name)
        return needs is None or self.may(user, *needs)

    def seen_by(
        self, user: SimUser, table: Table | None, *, tooling: bool = False, version: int = 0
    ) -> Table | None:
        """``table`` as ``user`` sees it: None, or without the rows and columns out of reach.

        ``version`` is the API version of the request, 0 for the newest.
        """
        if table is None or not self.may_read(user, table.name, tooling=tooling):
            return None
        name = table.name.lower()
        is_eca = name.startswith(_ECA_OBJECTS)
        if tooling and is_eca and 0 < version < ECA_IN_TOOLING_SINCE:
            return None
        hidden = {
            column
            for (owner, column), needs in _COLUMN_NEEDS.items()
            if owner == name and not self.may(user, *needs)
        }
        if hidden:
            fields = {key: value for key, value in table.fields.items() if key not in hidden}
            table = replace(table, fields=fields)
        own = _OWN_ROWS.get(name)
        if own is not None and not self.may(user, *own.needs):
            column = own.column
            table = _part(table, lambda row: row[column] == user.user_id)
        named_by = _NAMED_BY.get(name)
        if named_by is not None:
            table = _part(
                table, lambda row: self.may_read(user, str(row[named_by]), tooling=tooling)
            )
        return table

    def may_subscribe(self, user: SimUser, channel: str) -> bool:
        """Whether ``user`` may see a streaming channel; if not, ``create_denied``."""
        if channel == LOGOUT_CHANNEL:
            return True
        return self.has(Feature.EVENT_MONITORING) and self.may(user, *_EVENTS)

    def may_read_limits(self, user: SimUser) -> bool:
        """Whether ``/limits`` answers (REST API guide, Limits: View Setup and Configuration)."""
        return self.may(user, Permission.VIEW_SETUP)

    def may_read_storage(self, user: SimUser) -> bool:
        """Whether ``/limits`` has DataStorageMB and FileStorageMB (same place: Manage Users)."""
        return self.may(user, Permission.MANAGE_USERS)

    def may_call_api(self, user: SimUser) -> bool:
        """Whether the user may call any API at all."""
        return self.may(user, Permission.API_ENABLED)

    def may_read_metadata(self, user: SimUser) -> bool:
        """Whether SOAP metadata calls are answered, and not with ``INSUFFICIENT_ACCESS``."""
        return self.may(user, *METADATA)


def _part(table: Table, keeps: Callable[[Row], bool]) -> Table:
    """The table with some of its rows, by whatever way they are read."""
    slices = table.slices
    if slices is not None:
        between = slices.rows
        slices = replace(slices, rows=lambda since, until: filter(keeps, between(since, until)))
    return replace(table, rows=lambda: filter(keeps, table.rows()), slices=slices)
