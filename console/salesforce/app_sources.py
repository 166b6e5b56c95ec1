"""Where facts about apps are read, and what it takes to read each.

The objects of External Client Apps answer to the standard query where the org has the feature and
the user may see it, to the Tooling API in some orgs only, and with ``INVALID_TYPE`` otherwise; so
both are tried before an object counts as not visible.
"""

from dataclasses import dataclass

from console.errors import OrgRefused
from console.salesforce.rest import RestClient
from console.salesforce.values import Record, flag_of, text_of

PURPOSE = "apps"

ECA_VIEWER = "View all External Client Apps, view their settings, and edit their policies"
"""The permission's label in Setup (``ExternalClientAppAdmin``; Viewer in newer orgs)."""

_NEEDS = {
    "ConnectedApplication": "View Setup and Configuration",
    "AppMenuItem": "View Setup and Configuration",
    "OauthToken": "Customize Application",
}
_FIRST = {
    "ConnectedApplication": "SELECT Id, Name, CreatedDate, OptionsAllowAdminApprovedUsersOnly, "
    "OptionsRefreshTokenValidityMetric, RefreshTokenValidityPeriod FROM ConnectedApplication",
    "ExternalClientApplication": "SELECT Id, DeveloperName, MasterLabel, NamespacePrefix, "
    "CreatedDate, DistributionState FROM ExternalClientApplication",
    "ExtlClntAppOauthConsumer": "SELECT Id, ExternalClientApplicationId "
    "FROM ExtlClntAppOauthConsumer",
    "ExtlClntAppOauthPlcyCnfg": "SELECT ExternalClientApplicationId, PermittedUsersPolicyType, "
    "RefreshTokenPolicyType, RefreshTokenValidityPeriod, RefreshTokenValidityUnit "
    "FROM ExtlClntAppOauthPlcyCnfg",
    "ExtlClntAppPlcyCnfg": "SELECT ExternalClientApplicationId, IsEnabled, OauthPluginStatus "
    "FROM ExtlClntAppPlcyCnfg",
}
_MENU = {"AppMenuItem": "SELECT Id, ApplicationId, Name, Label, NamespacePrefix FROM AppMenuItem"}
_SETTINGS = "ExtlClntAppOauthSettings"
_ALSO_BY_TOOLING = frozenset({*_FIRST, _SETTINGS})

_SCOPE_PREFIX = "OauthScopes"
_SCOPE_NAMES = {"SSO": "id", "VF": "visualforce"}
"""Columns whose suffix is not the scope's name in capitals (``OauthScopesAPI`` is ``api``)."""


@dataclass(frozen=True, slots=True)
class AppSources:
    """What every object held, by object; an object that could not be read is in neither."""

    rows: dict[str, list[Record]]
    not_visible: dict[str, str]

    def of(self, sobject: str) -> list[Record]:
        """The rows of ``sobject``, none when it could not be read."""
        return self.rows.get(sobject, [])

    def is_visible(self, sobject: str) -> bool:
        """Whether ``sobject`` could be read at all."""
        return sobject in self.rows


async def read_app_sources(client: RestClient) -> AppSources:
    """Reads every object in three calls, and one more for each that only Tooling may have."""
    sources = AppSources({}, {})
    columns = await _scope_columns(client, sources)
    second = dict(_MENU)
    if columns:
        second[_SETTINGS] = (
            f"SELECT ExternalClientApplicationId, {', '.join(columns)} "  # noqa: S608
            f"FROM {_SETTINGS}"
        )
    for soqls in (_FIRST, second):
        outcomes = await client.query_together(soqls, purpose=PURPOSE)
        for sobject, first_outcome in outcomes.items():
            outcome = first_outcome
            if isinstance(outcome, OrgRefused):
                outcome = await _by_tooling(client, sobject, soqls[sobject], outcome)
            if isinstance(outcome, OrgRefused):
                sources.not_visible[sobject] = reason_not_visible(sobject, outcome)
            else:
                sources.rows[sobject] = outcome
    return sources


def reason_not_visible(sobject: str, refused: OrgRefused) -> str:
    """Why ``sobject`` could not be read, naming the permission that it needs."""
    needed = _NEEDS.get(sobject, ECA_VIEWER)
    code = f" ({refused.code})" if refused.code else ""
    return f"{refused.title}{code}; needs the permission {needed}"


def scopes_of(row: Record) -> tuple[str, ...]:
    """The OAuth scopes that a row of ExtlClntAppOauthSettings switches on."""
    names = (
        column.removeprefix(_SCOPE_PREFIX)
        for column in row
        if column.startswith(_SCOPE_PREFIX) and flag_of(row, column)
    )
    return tuple(sorted(_SCOPE_NAMES.get(name, name.lower()) for name in names))


async def _by_tooling(
    client: RestClient, sobject: str, soql: str, refused: OrgRefused
) -> list[Record] | OrgRefused:
    if refused.code != "INVALID_TYPE" or sobject not in _ALSO_BY_TOOLING:
        return refused
    try:
        return await client.query(soql, purpose=PURPOSE, tooling=True)
    except OrgRefused as also:
        return also


async def _scope_columns(client: RestClient, sources: AppSources) -> list[str]:
    """The scope columns that the org has: each release adds some, so they are asked for."""
    refused: OrgRefused | None = None
    for api in ("/sobjects", "/tooling/sobjects"):
        try:
            description = await client.get(f"{api}/{_SETTINGS}/describe", purpose=PURPOSE)
        except OrgRefused as fault:
            refused = refused or fault
            continue
        fields = description.get("fields") if isinstance(description, dict) else None
        names = (
            text_of(field, "name")
            for field in (fields if isinstance(fields, list) else [])
            if isinstance(field, dict)
        )
        columns = sorted(name for name in names if name and _is_scope_column(name))
        if columns:
            return columns
    sources.not_visible[_SETTINGS] = (
        reason_not_visible(_SETTINGS, refused) if refused else "it describes no scope columns"
    )
    return []


def _is_scope_column(name: str) -> bool:
    """The name becomes part of a query, so nothing but a plain identifier is let through."""
    return name.startswith(_SCOPE_PREFIX) and name.isascii() and name.isidentifier()
