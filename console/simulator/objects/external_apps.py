"""The tables of External Client Apps: the app, its OAuth consumer, settings, policies, plugins.

Columns as a v64 org describes them; the objects are for internal use only, says the object
reference. In the Tooling API they appear from about v67 on, with a few columns more.
"""

from collections.abc import Iterable, Iterator

from console.simulator.ids import record_id
from console.simulator.objects.apps import run_as
from console.simulator.objects.declared import AUDIT, STANDARD, audited, declared
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table, Value
from console.simulator.org import story_people as people
from console.simulator.org.story import OrgFacts, SimApp

_SCOPE_NAMES = (
    "SSO API WEB FULL CHATTER_REST_API VF REFRESH_TOKEN OPENID PROFILE EMAIL ADDRESS PHONE"
    " OFFLINE_ACCESS CUSTOM_PERMISSIONS WAVE_REST_API ECLAIR_REST_API HUB_API PARDOT_API LIGHTNING"
    " CONTENT CDP_INGEST_API CDP_PROFILE_API CDP_QUERY_API CHATBOT_API CDP_SEGMENT_API"
    " CDP_IDENTITYRESOLUTION_API FORGOT_PASSWORD CDP_CALCULATED_INSIGHT_API USER_REGISTRATION_API"
    " SFAP_API INTERACTION_API CDP_API EINSTEIN_GPT_API PWDLESS_LOGIN_API"
)
_SCOPES = tuple(_SCOPE_NAMES.split())
_SUFFIX_OF_SCOPE = {"id": "SSO", "visualforce": "VF", "chatter_api": "CHATTER_REST_API"}

_UNPACKAGED = STANDARD.replace(" NamespacePrefix", "")
_SATELLITE = f"Id:id IsDeleted:boolean {AUDIT}"
_OWNER = "ExternalClientApplicationId:reference"
_OWNER_AND_SETTINGS = f"{_OWNER} ExtlClntAppOauthSettingsId:reference"
_ECA = (
    f"{STANDARD} ContactEmail:email ContactPhone:phone DistributionState:picklist"
    " ManagedType:picklist ManagedCollection:picklist ManagedSetupPointer:picklist"
    " OrgScopedExternalApp LogoUrl:url InfoUrl:url IconUrl:url Description Version"
)
_SETTINGS = (
    f"{STANDARD} {_OWNER} {' '.join(f'OauthScopes{each}:boolean/F' for each in _SCOPES)}"
    " OauthLink SingleLogoutUrl:url ExtlClntAppOauthOptionsFirstPartyAppEnabled:boolean/F"
    " ClientAssertionCertificate:textarea/-"
)
_OAUTH_POLICY = (
    f"{_UNPACKAGED} {_OWNER_AND_SETTINGS} RefreshTokenPolicyType:picklist"
    " RefreshTokenValidityPeriod:int RefreshTokenValidityUnit:picklist"
    " IpRelaxationPolicyType:picklist PermittedUsersPolicyType:picklist"
    " SessionTimeoutInMinutes:int RequiredSessionLevel:picklist PolicyAction:picklist"
    " IsClientCredentialsFlowEnabled:boolean ClientCredentialsFlowUser:email"
    " ApexHandlerId:reference ExecuteHandlerAsId:reference SingleLogoutUrl:url StartUrl:url"
    " IsTokenExchangeFlowEnabled:boolean IsGuestCodeCredFlowEnabled:boolean"
    " IsNamedUserJwtEnabled:boolean GuestJwtTimeout:picklist NamedUserJwtTimeout:picklist"
)
_POLICY = (
    f"{_UNPACKAGED} {_OWNER} IsEnabled:boolean OauthPluginStatus:picklist"
    " NotifPluginStatus:picklist MobilePluginStatus:picklist PushPluginStatus:picklist"
    " StartPage:picklist SamlPluginStatus:picklist StartUrl:url"
)
_IP_RANGE = (
    f"{_SATELLITE} ExtlClntAppOauthSettingsId:reference StartIpAddress EndIpAddress"
    " Description:textarea/-"
)
_POLICY_ID = "ExtlClntAppOauthPlcyCnfgId:reference"
_SCOPE_ID = "OauthCustomScopeId:reference"
_EMPTY = {
    "ExtlClntAppOauthSetCustmScp": f"{_SATELLITE} {_OWNER_AND_SETTINGS} {_SCOPE_ID}",
    "ExtlClntAppOauthPlcyCustmScp": f"{_SATELLITE} {_POLICY_ID} {_OWNER} {_SCOPE_ID}",
    "ExtlClntAppOauthSetAttr": f"{_SATELLITE} ExtlClntAppOauthSettingsId:reference Key Value",
    "ExtlClntAppOauthPlcyAttr": f"{_SATELLITE} {_POLICY_ID} Key Value",
    "ExtlClntAppMobileSettings": f"{STANDARD} {_OWNER} IsScreenLockEnabled:boolean",
    "ExtlClntAppMobPlcyConfig": (
        f"{_UNPACKAGED} {_OWNER} ExtlClntAppMobileSettingsId:reference ScreenLockTimeout:picklist"
    ),
    "ExtlClntAppNotifSettings": f"{STANDARD} {_OWNER_AND_SETTINGS}",
    "ExtlClntAppNotifType": (
        f"{_SATELLITE} ExtlClntAppNotifSettingsId:reference NotificationType:picklist"
        " IsPushByDefault:boolean"
    ),
    "ExtlClntAppPushSettings": (
        f"{STANDARD} {_OWNER_AND_SETTINGS} PushServiceType:picklist PushConfigLink"
    ),
    "ExtlClntAppPushPolicyConfig": (
        f"{_UNPACKAGED} {_OWNER} ExtlClntAppPushSettingsId:reference IsFullContent:boolean"
    ),
    "ExtlClntAppAndroidPushConfig": (
        f"{_SATELLITE} ExtlClntAppPushSettingsId:reference FcmProject ServiceAccount:textarea/-"
        " IsCurrent:boolean"
    ),
    "ExtlClntAppApplePushConfig": (
        f"{_SATELLITE} ExtlClntAppPushSettingsId:reference Environment:picklist"
        " Certificate:textarea/- Password KeyIdentifier TeamIdentifier SigningKey:textarea/-"
        " ApplicationBundle IsCurrent:boolean"
    ),
}
"""Objects of which the org has no records, by name."""
_PARENTS = {
    "ExternalClientApplicationId": "ExternalClientApplication",
    "ExtlClntAppOauthSettingsId": "ExtlClntAppOauthSettings",
    "ExtlClntAppOauthPlcyCnfgId": "ExtlClntAppOauthPlcyCnfg",
    "ExtlClntAppMobileSettingsId": "ExtlClntAppMobileSettings",
    "ExtlClntAppNotifSettingsId": "ExtlClntAppNotifSettings",
    "ExtlClntAppPushSettingsId": "ExtlClntAppPushSettings",
    "OauthCustomScopeId": "OauthCustomScope",
}
# Of the satellites below the key prefixes 0xN, 0xO, 0xP and 0xR are published nowhere.


def external_app_tables(sources: OrgSources) -> tuple[Table, ...]:
    """Every table about External Client Apps that the standard query resource offers."""
    facts = sources.facts
    apps = external_apps(facts)
    return (
        _table("ExternalClientApplication", "0xI", _ECA, (_eca(facts, app) for app in apps)),
        _table(
            "ExtlClntAppOauthConsumer",
            "888",
            f"{_UNPACKAGED} {_OWNER_AND_SETTINGS}",
            map(_consumer, apps),
        ),
        _table(
            "ExtlClntAppOauthSettings",
            "0xN",
            _SETTINGS,
            (_oauth_settings(facts, app) for app in apps),
        ),
        _table(
            "ExtlClntAppOauthPlcyCnfg",
            "0xO",
            _OAUTH_POLICY,
            (_oauth_policy(facts, app) for app in apps),
        ),
        _table("ExtlClntAppPlcyCnfg", "0xP", _POLICY, map(_policy, apps)),
        _table("ExtlClntAppOauthIpRange", "0xR", _IP_RANGE, _ip_ranges(apps)),
        *(_table(name, "", columns, ()) for name, columns in _EMPTY.items()),
    )


def tooling_external_app_tables(sources: OrgSources) -> tuple[Table, ...]:
    """The tables about External Client Apps of the Tooling API, with its further columns."""
    facts = sources.facts
    apps = external_apps(facts)
    return (
        _table(
            "ExternalClientApplication",
            "0xI",
            f"{_ECA} ManageableState:picklist",
            ({**_eca(facts, app), "ManageableState": "unmanaged"} for app in apps),
        ),
        _table(
            "ExtlClntAppOauthPlcyCnfg",
            "0xO",
            f"{_OAUTH_POLICY} GuestJwtSessionTimeoutType:picklist"
            " NamedUserJwtSessionTimeoutType:picklist",
            (_oauth_policy(facts, app) for app in apps),
        ),
        _table(
            "ExtlClntAppPlcyCnfg",
            "0xP",
            f"{_POLICY} CanvasPluginStatus:picklist",
            ({**_policy(app), "CanvasPluginStatus": "Notinstalled"} for app in apps),
        ),
        *(
            table
            for table in external_app_tables(sources)
            if table.name in {"ExtlClntAppOauthConsumer", "ExtlClntAppOauthSettings"}
        ),
    )


def external_apps(facts: OrgFacts) -> list[SimApp]:
    """The External Client Apps of the org."""
    return [app for app in facts.apps if app.kind == "external_client_app"]


def _table(name: str, key_prefix: str, columns: str, rows: Iterable[Row]) -> Table:
    parents = {
        column.removesuffix("Id"): (parent, column)
        for column, parent in _PARENTS.items()
        if f" {column}:" in columns
    }
    return declared(name, key_prefix, columns, rows, parents)


def _standard(app: SimApp, record: str, name: str) -> dict[str, Value]:
    """The columns that every External Client App object starts with."""
    return {
        "Id": record,
        "DeveloperName": name,
        "Language": "en_US",
        "MasterLabel": app.name,
        **audited(app.created_at, people.ADMIN.user_id),
    }


def _eca(facts: OrgFacts, app: SimApp) -> Row:
    return {
        **_standard(app, str(app.app_id), app.developer_name),
        "NamespacePrefix": app.namespace,
        "ContactEmail": app.details.contact_email or people.ADMIN.email,
        "DistributionState": "Local" if app.namespace is None else "Packaged",
        "ManagedType": "Local",
        "OrgScopedExternalApp": f"{facts.org_id}:{app.developer_name}",
        "Description": app.description,
    }


def _settings_id(app: SimApp) -> str:
    return record_id("0xN", app.name)


def _consumer(app: SimApp) -> Row:
    return {
        **_standard(app, app.consumer_id, f"{app.developer_name}_consumer"),
        "ExternalClientApplicationId": app.app_id,
        "ExtlClntAppOauthSettingsId": _settings_id(app),
    }


def _oauth_settings(facts: OrgFacts, app: SimApp) -> Row:
    granted = {_SUFFIX_OF_SCOPE.get(scope, scope.upper()) for scope in app.scopes}
    return {
        **_standard(app, _settings_id(app), f"{app.developer_name}_oauth"),
        "NamespacePrefix": app.namespace,
        "ExternalClientApplicationId": app.app_id,
        **{f"OauthScopes{suffix}": suffix in granted for suffix in _SCOPES},
        "OauthLink": f"{facts.org_id[:15]}:{app.consumer_id[:15]}",
    }


def _oauth_policy(facts: OrgFacts, app: SimApp) -> Row:
    policy = app.refresh_policy
    runs_as = run_as(facts, app)
    return {
        **_standard(app, record_id("0xO", app.name), f"{app.developer_name}_oauthPlcy"),
        "ExternalClientApplicationId": app.app_id,
        "ExtlClntAppOauthSettingsId": _settings_id(app),
        "PermittedUsersPolicyType": (
            "AdminApprovedPreAuthorized" if app.pre_authorized_only else "AllSelfAuthorized"
        ),
        "IpRelaxationPolicyType": app.details.ip_relaxation.capitalize(),
        "RefreshTokenPolicyType": policy.type,
        "RefreshTokenValidityPeriod": policy.period,
        "RefreshTokenValidityUnit": policy.unit,
        "SessionTimeoutInMinutes": app.details.session_timeout_min,
        "IsClientCredentialsFlowEnabled": runs_as is not None,
        "ClientCredentialsFlowUser": runs_as,
        "IsNamedUserJwtEnabled": app.details.issues_jwt_access_tokens,
    }


def _policy(app: SimApp) -> Row:
    return {
        **_standard(app, record_id("0xP", app.name), f"{app.developer_name}_plcy"),
        "ExternalClientApplicationId": app.app_id,
        "IsEnabled": app.enabled,
        "OauthPluginStatus": "Enabled" if app.enabled else "Disabled",
        "NotifPluginStatus": "Notinstalled",
        "MobilePluginStatus": "Notinstalled",
        "PushPluginStatus": "Notinstalled",
        "SamlPluginStatus": "Notinstalled",
        "StartPage": "None",
    }


def _ip_ranges(apps: Iterable[SimApp]) -> Iterator[Row]:
    for app in apps:
        for first, last in app.details.allowed_networks:
            yield {
                "Id": record_id("0xR", app.name, first),
                **audited(app.created_at, people.ADMIN.user_id),
                "ExtlClntAppOauthSettingsId": _settings_id(app),
                "StartIpAddress": first,
                "EndIpAddress": last,
            }
