"""What the org says of itself to OpenID Connect clients: discovery document and signing keys.

Keys of the document: the collection of Salesforce's own API requests that quotes one.
"""

from aiohttp import web

from console.simulator.web.wire import WIRE

_SCOPE_NAMES = (
    "address api cdp_api cdp_calculated_insight_api cdp_identityresolution_api cdp_ingest_api"
    " cdp_profile_api cdp_query_api cdp_segment_api chatbot_api chatter_api content"
    " custom_permissions data_cloud_user_claims eclair_api einstein_gpt_api email"
    " forgot_password full id interaction_api lightning mcp_api offline_access openid pardot_api"
    " phone profile pwdless_login_api refresh_token scrt_api sfap_api user_registration_api"
    " visualforce wave_api web"
)
SCOPES = tuple(_SCOPE_NAMES.split())
"""The 36 scopes that orgs advertised in 2026."""

_CLAIM_NAMES = (
    "active address email email_verified family_name given_name is_app_installed language locale"
    " name nickname organization_id photos picture preferred_username profile sub updated_at urls"
    " user_id user_type utcOffset zoneinfo"
)
_CLAIMS = tuple(_CLAIM_NAMES.split())


def add_discovery_routes(router: web.UrlDispatcher) -> None:
    """Serve the discovery document and the key set."""
    router.add_get("/.well-known/openid-configuration", configuration)
    router.add_get("/id/keys", keys)


async def configuration(request: web.Request) -> web.Response:
    """``GET /.well-known/openid-configuration``; the issuer is the host that was asked."""
    here = f"{request.scheme}://{request.host}"
    return web.json_response(
        {
            "issuer": here,
            "authorization_endpoint": f"{here}/services/oauth2/authorize",
            "token_endpoint": f"{here}/services/oauth2/token",
            "revocation_endpoint": f"{here}/services/oauth2/revoke",
            "userinfo_endpoint": f"{here}/services/oauth2/userinfo",
            "jwks_uri": f"{here}/id/keys",
            "registration_endpoint": f"{here}/services/oauth2/register",
            "introspection_endpoint": f"{here}/services/oauth2/introspect",
            "end_session_endpoint": f"{here}/services/auth/idp/oidc/logout",
            "frontchannel_logout_supported": True,
            "scopes_supported": SCOPES,
            "response_types_supported": ["code", "token", "token id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "client_secret_basic",
                "private_key_jwt",
            ],
            "claims_supported": _CLAIMS,
        }
    )


async def keys(request: web.Request) -> web.Response:
    """``GET /id/keys``: what JWT-based access tokens and ID tokens are verified with."""
    return web.json_response(request.app[WIRE].signer.key_set())
