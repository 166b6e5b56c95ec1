"""External Client Apps as metadata: the app, its OAuth settings, its policies.

Elements: metadata API guide, and the types of v67 and v68 for those that came with them. The
consumer key is returned in plain text, the secret never.
"""

from collections.abc import Mapping

from console.simulator.metadata.apps import scopes_of, since
from console.simulator.objects.apps import run_as
from console.simulator.org import story_people as people
from console.simulator.org.app_certificates import AppCertificates
from console.simulator.org.story import OrgFacts, SimApp

_TTL_SINCE = 67


def app_values(facts: OrgFacts, app: SimApp) -> Mapping[str, object]:
    """The elements of an ExternalClientApplication."""
    return {
        "contactEmail": app.details.contact_email or people.ADMIN.email,
        "description": app.description,
        "distributionState": "Local" if app.namespace is None else "Packaged",
        "isProtected": False,
        "label": app.name,
        "orgScopedExternalApp": f"{facts.org_id}:{app.developer_name}",
    }


def oauth_values(org_id: str, app: SimApp) -> Mapping[str, object]:
    """The elements of an ExtlClntAppOauthSettings."""
    return {
        "commaSeparatedOauthScopes": ", ".join(scopes_of(app)),
        "externalClientApplication": app.developer_name,
        "isFirstPartyAppEnabled": False,
        "label": f"{app.developer_name}_oauth",
        "oauthLink": f"{org_id[:15]}:{app.consumer_id[:15]}",
        "trustedIpRanges": [
            {"endIpAddress": last, "startIpAddress": first}
            for first, last in app.details.allowed_networks
        ],
    }


def global_oauth_values(
    app: SimApp, certificates: AppCertificates, version: int
) -> Mapping[str, object]:
    """The elements of an ExtlClntAppGlobalOauthSettings in that API version."""
    details = app.details
    return {
        "callbackUrl": details.callback_url,
        "certificate": certificates.pem_of(app),
        "consumerKey": app.consumer_key,
        "externalClientApplication": app.developer_name,
        "isClientCredentialsFlowEnabled": app.flow == "client_credentials",
        "isCodeCredFlowEnabled": False,
        "isCodeCredPostOnly": False,
        "isConsumerSecretOptional": details.secret_optional,
        "isDeviceFlowEnabled": details.allows_device_flow,
        "isEnforceRefreshTokenTTL": since(version, _TTL_SINCE, details.enforces_refresh_ttl),
        "isIntrospectAllTokens": details.introspects_all_tokens,
        "isNamedUserJwtEnabled": details.issues_jwt_access_tokens,
        "isPkceRequired": details.pkce_required,
        "isRefreshTokenRotationEnabled": details.rotates_refresh_tokens,
        "isSecretRequiredForRefreshToken": details.secret_required_for_refresh,
        "isSecretRequiredForTokenExchange": False,
        "isTokenExchangeEnabled": False,
        "label": f"{app.developer_name}_glbloauth",
        "shouldRotateConsumerKey": False,
        "shouldRotateConsumerSecret": False,
    }


def oauth_policy_values(facts: OrgFacts, app: SimApp) -> Mapping[str, object]:
    """The elements of an ExtlClntAppOauthConfigurablePolicies."""
    details, policy = app.details, app.refresh_policy
    runs_as = run_as(facts, app)
    approved = "AdminApprovedPreAuthorized" if app.pre_authorized_only else "AllSelfAuthorized"
    return {
        "clientCredentialsFlowUser": runs_as,
        "commaSeparatedPermissionSet": app.permission_set if app.pre_authorized_only else None,
        "externalClientApplication": app.developer_name,
        "ipRelaxationPolicyType": details.ip_relaxation.capitalize(),
        "isClientCredentialsFlowEnabled": runs_as is not None,
        "isGuestCodeCredFlowEnabled": False,
        "isTokenExchangeFlowEnabled": False,
        "label": f"{app.developer_name}_oauthPlcy",
        "permittedUsersPolicyType": approved,
        "refreshTokenPolicyType": policy.type,
        "refreshTokenValidityPeriod": policy.period,
        "refreshTokenValidityUnit": policy.unit,
        "sessionTimeoutInMinutes": details.session_timeout_min,
    }


def policy_values(app: SimApp) -> Mapping[str, object]:
    """The elements of an ExtlClntAppConfigurablePolicies."""
    return {
        "externalClientApplication": app.developer_name,
        "isEnabled": app.enabled,
        "isOauthPluginEnabled": app.enabled,
        "label": f"{app.developer_name}_plcy",
    }
