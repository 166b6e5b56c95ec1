"""The tables of connected apps: the apps themselves, their menu items, tokens and custom scopes.

Columns and field properties: object reference (ConnectedApplication, OauthToken, AppMenuItem) and
the description of a v64 org; further columns of the Tooling API from its published types.
"""

from collections.abc import Iterator
from dataclasses import replace

from console.simulator.ids import record_id
from console.simulator.objects.declared import AUDIT, STANDARD, audited, declared
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table, Value
from console.simulator.org import story_people as people
from console.simulator.org.story import OrgFacts, SimApp

TOKEN_PAGE = 500
TOKEN_LIMIT = 2500
"""OauthToken gives 500 rows a page and stops at 2,500 (object reference, OauthToken)."""

_CONNECTED = (
    f"Id:id Name {AUDIT} OptionsAllowAdminApprovedUsersOnly:boolean/F"
    " OptionsRefreshTokenValidityMetric:boolean/F OptionsHasSessionLevelPolicy:boolean/F"
    " OptionsIsInternal:boolean/F OptionsFullContentPushNotifications:boolean/F"
    " OptionsCodeCredentialGuestEnabled:boolean/F OptionsTokenExchangeManageBitEnabled:boolean/F"
    " MobileSessionTimeout:picklist PinLength:picklist StartUrl:url/FS MobileStartUrl:url/FS"
    " RefreshTokenValidityPeriod:int UvidTimeout:picklist NamedUserUvidTimeout:picklist"
)
_CONNECTED_TOOLING = (
    f"{_CONNECTED} DeveloperName Description ContactEmail:email ContactPhone:phone"
    " ExecutionUserId:reference ConnAppPluginClassId:reference IconUrl:url InfoUrl:url LogoUrl:url"
    " SamlLoginInformation SessionPolicyAction:picklist SessionTimeout:picklist Version:double"
)
_MENU = (
    f"Id:id IsDeleted:boolean {AUDIT} SortOrder:int Name NamespacePrefix Label Description"
    " StartUrl:url MobileStartUrl:url LogoUrl:url IconUrl:url InfoUrl:url"
    " IsUsingAdminAuthorization:boolean MobilePlatform:picklist MobileMinOsVer MobileDeviceType"
    " IsRegisteredDeviceOnly:boolean MobileAppVer MobileAppInstalledDate:datetime"
    " MobileAppInstalledVersion MobileAppBinaryId MobileAppInstallUrl:url CanvasEnabled:boolean"
    " CanvasReferenceId CanvasUrl:url CanvasAccessMethod:picklist CanvasSelectedLocations"
    " CanvasOptions Type:picklist ApplicationId:reference UserSortOrder:int IsVisible:boolean"
    " IsAccessible:boolean"
)
_APPROVAL = (
    "Id:id AccessToken UserId:reference RequestToken CreatedDate:datetime AppName"
    " LastUsedDate:datetime UseCount:int DeleteToken AppMenuItemId:reference"
)
_CUSTOM_SCOPE = f"{STANDARD} Description IsPublic:boolean"
_CUSTOM_SCOPE_APP = f"Id:id IsDeleted:boolean {AUDIT} OauthCustomScopeId:reference"


def app_tables(sources: OrgSources) -> tuple[Table, ...]:
    """The tables about connected apps that the standard query resource offers."""
    facts = sources.facts
    return (
        declared("ConnectedApplication", "0H4", _CONNECTED, map(_connected, installed(facts))),
        declared("AppMenuItem", "0DS", _MENU, _menu_items(facts)),
        _oauth_token(sources),
        declared("OauthCustomScope", "0CS", _CUSTOM_SCOPE, ()),
        declared(
            "OauthCustomScopeApp",
            "0CV",
            _CUSTOM_SCOPE_APP,
            (),
            {"OauthCustomScope": ("OauthCustomScope", "OauthCustomScopeId")},
        ),
    )


def tooling_app_tables(sources: OrgSources) -> tuple[Table, ...]:
    """The tables about connected apps that the Tooling query resource offers."""
    rows = [_connected_in_tooling(sources.facts, app) for app in installed(sources.facts)]
    return (declared("ConnectedApplication", "0H4", _CONNECTED_TOOLING, rows),)


def installed(facts: OrgFacts) -> list[SimApp]:
    """The connected apps of the org, those merely authorized excepted."""
    return [app for app in facts.apps if app.kind == "connected_app"]


def run_as(facts: OrgFacts, app: SimApp) -> str | None:
    """The username for whom the client credentials flow acts; None for other flows."""
    known = {user.username for user in facts.users}
    if app.flow != "client_credentials":
        return None
    return next((name for name in app.approved_usernames if name in known), None)


def _connected(app: SimApp) -> dict[str, Value]:
    return {
        "Id": app.app_id,
        "Name": app.name,
        **audited(app.created_at, people.ADMIN.user_id),
        "OptionsAllowAdminApprovedUsersOnly": app.pre_authorized_only,
        "OptionsRefreshTokenValidityMetric": app.refresh_policy.type == "SpecificInactivity",
        "RefreshTokenValidityPeriod": app.refresh_policy.period or 0,
    }


def _connected_in_tooling(facts: OrgFacts, app: SimApp) -> Row:
    runs_as = run_as(facts, app)
    ids = {user.username: user.user_id for user in facts.users}
    timeout = app.details.session_timeout_min
    return {
        **_connected(app),
        "DeveloperName": app.developer_name,
        "Description": app.description,
        "ContactEmail": app.details.contact_email or people.ADMIN.email,
        "ExecutionUserId": None if runs_as is None else ids[runs_as],
        "SessionTimeout": None if timeout is None else str(timeout),
        "Version": 1.0,
    }


def _menu_id(app: SimApp) -> str:
    return record_id("0DS", app.name)


def _menu_items(facts: OrgFacts) -> Iterator[Row]:
    """One for each connected app; an External Client App without a start URL has none."""
    for n, app in enumerate(installed(facts)):
        yield {
            "Id": _menu_id(app),
            **audited(app.created_at, people.ADMIN.user_id),
            "SortOrder": n,
            "Name": app.developer_name,
            "NamespacePrefix": app.namespace,
            "Label": app.name,
            "Description": app.description,
            "IsUsingAdminAuthorization": app.pre_authorized_only,
            "CanvasEnabled": app.details.is_canvas,
            "Type": "ConnectedApplication",
            "ApplicationId": app.app_id,
        }


def _oauth_token(sources: OrgSources) -> Table:
    """Grants with a refresh token. Id is always null; server flows leave no row."""
    users = {user.username: user.user_id for user in sources.facts.users}

    def rows() -> Iterator[Row]:
        for app in sources.facts.apps:
            for n, username in enumerate(app.approved_usernames if app.token_uses else ()):
                yield {
                    "UserId": users[username],
                    "CreatedDate": app.created_at,
                    "AppName": app.name,
                    "LastUsedDate": sources.last_used(app, username),
                    "UseCount": app.token_uses // (n + 1),
                    "DeleteToken": delete_token(app, username),
                    "AppMenuItemId": _menu_id(app) if app.kind == "connected_app" else None,
                }

    parents = {"AppMenuItem": ("AppMenuItem", "AppMenuItemId"), "User": ("User", "UserId")}
    table = declared("OauthToken", "0CQ", _APPROVAL, rows, parents)
    return replace(table, page_rows=TOKEN_PAGE, max_rows=TOKEN_LIMIT, max_offset=None)


def delete_token(app: SimApp, username: str) -> str:
    """What the revoke endpoint takes to end an approval (object reference, OauthToken)."""
    return record_id("0CQ", "delete", app.consumer_id, username)
