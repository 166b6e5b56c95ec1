"""The tables of apps: connected apps, External Client Apps, their policies, tokens, menu items.

Columns: ConnectedApplication and OauthToken of the object reference; the External Client App
objects as a v64 org describes them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from console.simulator import story_people as people
from console.simulator.ids import record_id
from console.simulator.story import OrgFacts, SimApp
from console.simulator.tables import Field, Row, Table, Value, columns, fixed_table

LastUsed = Callable[[SimApp, str], datetime | None]
"""When a user last got a token through an app."""

TOKEN_PAGE = 500
TOKEN_LIMIT = 2500
"""OauthToken gives 500 rows a page and stops at 2,500."""
_SCOPE_NAMES = (
    "SSO API WEB FULL CHATTER_REST_API VF REFRESH_TOKEN OPENID PROFILE EMAIL ADDRESS PHONE"
    " OFFLINE_ACCESS CUSTOM_PERMISSIONS WAVE_REST_API ECLAIR_REST_API HUB_API PARDOT_API LIGHTNING"
    " CONTENT CDP_INGEST_API CDP_PROFILE_API CDP_QUERY_API CHATBOT_API CDP_SEGMENT_API"
    " CDP_IDENTITYRESOLUTION_API FORGOT_PASSWORD CDP_CALCULATED_INSIGHT_API USER_REGISTRATION_API"
    " SFAP_API INTERACTION_API CDP_API EINSTEIN_GPT_API PWDLESS_LOGIN_API"
)
_SUFFIX_OF_SCOPE = {"id": "SSO", "visualforce": "VF", "chatter_api": "CHATTER_REST_API"}
# The key prefixes of the satellites below (0xN, 0xO, 0xP) are published nowhere.
_ECA_PARENT = {
    "ExternalClientApplication": ("ExternalClientApplication", "ExternalClientApplicationId")
}


def app_tables(facts: OrgFacts, last_used: LastUsed) -> tuple[Table, ...]:
    """Every table about apps that the standard query resource offers."""
    ecas = [app for app in facts.apps if app.kind == "external_client_app"]
    return (
        fixed_table("ConnectedApplication", "0H4", map(_connected, _installed(facts))),
        fixed_table("ExternalClientApplication", "0xI", (_eca(facts, app) for app in ecas)),
        fixed_table("ExtlClntAppOauthConsumer", "888", map(_consumer, ecas), _ECA_PARENT),
        fixed_table(
            "ExtlClntAppOauthSettings",
            "0xN",
            (_oauth_settings(facts, app) for app in ecas),
            _ECA_PARENT,
        ),
        fixed_table("ExtlClntAppOauthPlcyCnfg", "0xO", map(_oauth_policy, ecas), _ECA_PARENT),
        fixed_table("ExtlClntAppPlcyCnfg", "0xP", map(_policy, ecas), _ECA_PARENT),
        fixed_table("AppMenuItem", "0DS", _menu_items(facts), Type="picklist"),
        _oauth_token(facts, last_used),
    )


def tooling_app_tables(facts: OrgFacts) -> tuple[Table, ...]:
    """The tables about apps that the Tooling query resource offers, with its further columns."""
    rows = [
        {
            **_connected(app),
            "DeveloperName": app.developer_name,
            "Description": app.description,
            "ContactEmail": people.ADMIN.email,
            "SessionPolicyAction": None,
            "Version": 1.0,
        }
        for app in _installed(facts)
    ]
    return (fixed_table("ConnectedApplication", "0H4", rows),)


def _installed(facts: OrgFacts) -> list[SimApp]:
    return [app for app in facts.apps if app.kind == "connected_app"]


def _audit(app: SimApp) -> dict[str, Value]:
    return {
        "CreatedDate": app.created_at,
        "CreatedById": people.ADMIN.user_id,
        "LastModifiedDate": app.created_at,
        "LastModifiedById": people.ADMIN.user_id,
        "SystemModstamp": app.created_at,
    }


def _std(app: SimApp, record: str, name: str) -> dict[str, Value]:
    """The columns that every External Client App object starts with."""
    return {
        "Id": record,
        "IsDeleted": False,
        "DeveloperName": name,
        "Language": "en_US",
        "MasterLabel": app.name,
        **_audit(app),
    }


def _connected(app: SimApp) -> dict[str, Value]:
    return {
        "Id": app.app_id,
        "Name": app.name,
        **_audit(app),
        "OptionsAllowAdminApprovedUsersOnly": app.pre_authorized_only,
        "OptionsRefreshTokenValidityMetric": app.refresh_policy.type == "SpecificInactivity",
        "OptionsHasSessionLevelPolicy": False,
        "OptionsIsInternal": False,
        "OptionsFullContentPushNotifications": False,
        "OptionsCodeCredentialGuestEnabled": False,
        "OptionsTokenExchangeManageBitEnabled": False,
        "MobileSessionTimeout": None,
        "PinLength": None,
        "StartUrl": None,
        "MobileStartUrl": None,
        "RefreshTokenValidityPeriod": app.refresh_policy.period or 0,
        "UvidTimeout": None,
        "NamedUserUvidTimeout": None,
    }


def _eca(facts: OrgFacts, app: SimApp) -> Row:
    return {
        **_std(app, str(app.app_id), app.developer_name),
        "NamespacePrefix": app.namespace,
        "ContactEmail": people.ADMIN.email,
        "ContactPhone": None,
        "DistributionState": "Local",
        "ManagedType": "Local",
        "ManagedCollection": None,
        "ManagedSetupPointer": None,
        "OrgScopedExternalApp": f"{facts.org_id}:{app.developer_name}",
        "LogoUrl": None,
        "InfoUrl": None,
        "IconUrl": None,
        "Description": app.description,
        "Version": None,
    }


def _settings_id(app: SimApp) -> str:
    return record_id("0xN", app.name)


def _consumer(app: SimApp) -> Row:
    return {
        **_std(app, app.consumer_id, f"{app.developer_name}_consumer"),
        "ExternalClientApplicationId": app.app_id,
        "ExtlClntAppOauthSettingsId": _settings_id(app),
    }


def _oauth_settings(facts: OrgFacts, app: SimApp) -> Row:
    granted = {_SUFFIX_OF_SCOPE.get(scope, scope.upper()) for scope in app.scopes}
    return {
        **_std(app, _settings_id(app), f"{app.developer_name}_oauth"),
        "NamespacePrefix": app.namespace,
        "ExternalClientApplicationId": app.app_id,
        **{f"OauthScopes{suffix}": suffix in granted for suffix in _SCOPE_NAMES.split()},
        "OauthLink": f"{facts.org_id[:15]}:{app.consumer_id[:15]}",
        "SingleLogoutUrl": None,
        "ExtlClntAppOauthOptionsFirstPartyAppEnabled": False,
        "ClientAssertionCertificate": None,
    }


def _oauth_policy(app: SimApp) -> Row:
    policy = app.refresh_policy
    runs_as = app.approved_usernames[0] if app.flow == "client_credentials" else None
    return {
        **_std(app, record_id("0xO", app.name), f"{app.developer_name}_oauthPlcy"),
        "ExternalClientApplicationId": app.app_id,
        "ExtlClntAppOauthSettingsId": _settings_id(app),
        "PermittedUsersPolicyType": (
            "AdminApprovedPreAuthorized" if app.pre_authorized_only else "AllSelfAuthorized"
        ),
        "IpRelaxationPolicyType": "Enforce",
        "RefreshTokenPolicyType": policy.type,
        "RefreshTokenValidityPeriod": policy.period,
        "RefreshTokenValidityUnit": policy.unit,
        "SessionTimeoutInMinutes": None,
        "RequiredSessionLevel": None,
        "PolicyAction": None,
        "IsClientCredentialsFlowEnabled": runs_as is not None,
        "ClientCredentialsFlowUser": runs_as,
        "ApexHandlerId": None,
        "ExecuteHandlerAsId": None,
        "SingleLogoutUrl": None,
        "StartUrl": None,
        "IsTokenExchangeFlowEnabled": False,
        "IsGuestCodeCredFlowEnabled": False,
        "IsNamedUserJwtEnabled": False,
        "GuestJwtTimeout": None,
        "NamedUserJwtTimeout": None,
    }


def _policy(app: SimApp) -> Row:
    return {
        **_std(app, record_id("0xP", app.name), f"{app.developer_name}_plcy"),
        "ExternalClientApplicationId": app.app_id,
        "IsEnabled": app.enabled,
        "OauthPluginStatus": "Enabled" if app.enabled else "Disabled",
        "NotifPluginStatus": "Notinstalled",
        "MobilePluginStatus": "Notinstalled",
        "PushPluginStatus": "Notinstalled",
        "SamlPluginStatus": "Notinstalled",
        "StartPage": "None",
        "StartUrl": None,
    }


def _menu_id(app: SimApp) -> str:
    return record_id("0DS", app.name)


def _menu_items(facts: OrgFacts) -> Iterator[Row]:
    """One for each connected app; an External Client App without a start URL has none."""
    for n, app in enumerate(_installed(facts)):
        yield {
            "Id": _menu_id(app),
            "ApplicationId": app.app_id,
            "Name": app.developer_name,
            "Label": app.name,
            "NamespacePrefix": app.namespace,
            "Type": "ConnectedApplication",
            "SortOrder": n,
            "IsUsingAdminAuthorization": app.pre_authorized_only,
            "IsAccessible": False,
            "IsVisible": False,
            "StartUrl": None,
        }


def _oauth_token(facts: OrgFacts, last_used: LastUsed) -> Table:
    """Grants with a refresh token. Id is always null; server flows leave no row."""

    def rows() -> Iterator[Row]:
        for app in facts.apps:
            for n, username in enumerate(app.approved_usernames if app.token_uses else ()):
                yield {
                    "Id": None,
                    "AccessToken": None,
                    "AppMenuItemId": _menu_id(app) if app.kind == "connected_app" else None,
                    "AppName": app.name,
                    "CreatedDate": app.created_at,
                    "DeleteToken": None,
                    "LastUsedDate": last_used(app, username),
                    "RequestToken": None,
                    "UseCount": app.token_uses // (n + 1),
                    "UserId": user_ids[username],
                }

    user_ids = {user.username: user.user_id for user in facts.users}
    fields: dict[str, Field] = columns(
        "Id AccessToken AppMenuItemId AppName CreatedDate DeleteToken LastUsedDate RequestToken"
        " UseCount UserId",
        Id="id",
        AppMenuItemId="reference",
        CreatedDate="datetime",
        LastUsedDate="datetime",
        UseCount="int",
        UserId="reference",
    )
    return Table(
        "OauthToken",
        fields,
        rows,
        "0CQ",
        {"AppMenuItem": ("AppMenuItem", "AppMenuItemId"), "User": ("User", "UserId")},
        page_rows=TOKEN_PAGE,
        max_rows=TOKEN_LIMIT,
    )
