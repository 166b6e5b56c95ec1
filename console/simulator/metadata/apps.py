"""Connected apps as metadata: types ConnectedApp and BlacklistedConsumer.

Elements: metadata API guide, and the types of v68 for those that came with it. The consumer
secret is never returned.
"""

from collections.abc import Mapping

from console.simulator.objects.apps import run_as
from console.simulator.org import story_people as people
from console.simulator.org.app_certificates import AppCertificates
from console.simulator.org.story import OrgFacts, RefreshPolicy, SimApp

SCOPES = {
    "api": "Api",
    "web": "Web",
    "full": "Full",
    "chatter_api": "Chatter",
    "visualforce": "CustomApplications",
    "refresh_token": "RefreshToken",
    "offline_access": "RefreshToken",
    "openid": "OpenID",
    "id": "Basic",
    "profile": "Basic",
    "email": "Basic",
    "address": "Basic",
    "phone": "Basic",
    "custom_permissions": "CustomPermissions",
    "wave_api": "Wave",
}
"""Metadata's word for an OAuth scope; synonyms are one word."""
_DEVICE_FLOW_SINCE = 68
_TTL_SINCE = 67


def connected_app_name(app: SimApp) -> str:
    """The full name of a connected app, with its namespace."""
    return app.developer_name if app.namespace is None else f"{app.namespace}__{app.developer_name}"


def scopes_of(app: SimApp) -> list[str]:
    """The app's scopes in metadata's words, each once."""
    return sorted({SCOPES[scope] for scope in app.scopes if scope in SCOPES})


def connected_app_values(
    facts: OrgFacts, app: SimApp, certificates: AppCertificates, version: int
) -> Mapping[str, object]:
    """The elements of a ConnectedApp in that API version, in the order of the schema."""
    details = app.details
    canvas = {
        "accessMethod": "Get",
        "canvasUrl": details.callback_url,
        "locations": ["Chatter"],
    }
    timeout = details.session_timeout_min
    return {
        "canvasConfig": canvas if details.is_canvas else None,
        "contactEmail": details.contact_email or people.ADMIN.email,
        "description": app.description,
        "ipRanges": [{"end": last, "start": first} for first, last in details.allowed_networks],
        "label": app.name,
        "oauthConfig": _oauth_config(facts, app, certificates, version),
        "oauthPolicy": {
            "ipRelaxation": details.ip_relaxation,
            "refreshTokenPolicy": _refresh_token_policy(app.refresh_policy),
        },
        "permissionSetName": [app.permission_set] if app.permission_set else [],
        "sessionPolicy": None if timeout is None else {"sessionTimeout": timeout},
    }


def blocked_values(app: SimApp) -> Mapping[str, object]:
    """The elements of the BlacklistedConsumer of an app that was blocked by hand."""
    return {
        "blockedByApiWhitelisting": False,
        "consumerKey": app.consumer_key,
        "consumerName": app.name,
        "masterLabel": app.name,
    }


def _oauth_config(
    facts: OrgFacts, app: SimApp, certificates: AppCertificates, version: int
) -> Mapping[str, object]:
    details = app.details
    runs_as = run_as(facts, app)
    return {
        "callbackUrl": details.callback_url,
        "certificate": certificates.pem_of(app),
        "consumerKey": app.consumer_key,
        "isAdminApproved": app.pre_authorized_only,
        "isClientCredentialEnabled": runs_as is not None,
        "isCodeCredentialEnabled": False,
        "isCodeCredentialPostOnly": False,
        "isConsumerSecretOptional": details.secret_optional,
        "isDeviceFlowEnabled": since(version, _DEVICE_FLOW_SINCE, details.allows_device_flow),
        "isEnforceRefreshTokenTTL": since(version, _TTL_SINCE, details.enforces_refresh_ttl),
        "isIntrospectAllTokens": details.introspects_all_tokens,
        "isNamedUserJwtEnabled": details.issues_jwt_access_tokens,
        "isPkceRequired": details.pkce_required,
        "isRefreshTokenRotationEnabled": details.rotates_refresh_tokens,
        "isSecretRequiredForRefreshToken": details.secret_required_for_refresh,
        "isSecretRequiredForTokenExchange": False,
        "isTokenExchangeEnabled": False,
        "oauthClientCredentialUser": runs_as,
        "scopes": scopes_of(app),
    }


def since(version: int, first: int, value: bool) -> bool | None:
    """``value`` where the API version has the element, else None: it is left out."""
    return value if version >= first else None


def _refresh_token_policy(policy: RefreshPolicy) -> str:
    """The policy in one word: ``infinite``, ``zero``, ``specific_lifetime:30:DAYS``."""
    if policy.period is None or policy.unit is None:
        return policy.type.lower()
    kind = "specific_inactivity" if policy.type == "SpecificInactivity" else "specific_lifetime"
    return f"{kind}:{policy.period}:{policy.unit.upper()}"
