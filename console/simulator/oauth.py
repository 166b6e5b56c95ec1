"""The OAuth endpoints: token (JWT bearer), revoke, introspect.

Bodies and texts: Salesforce help, OAuth 2.0 JWT bearer flow, flow errors, token introspection.
"""

from collections.abc import Mapping

from aiohttp import web

from console.simulator.faults import FaultKind
from console.simulator.oauth_assertion import (
    JWT_BEARER,
    AssertionDesk,
    TokenRefused,
    is_signed_by,
    unverified_claims,
)
from console.simulator.tokens import Grant
from console.simulator.wire import WIRE, Wire
from console.simulator.world import LoginAttempt

NO_STORE = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LOGIN_SERVER = "https://login.salesforce.com"


def add_oauth_routes(router: web.UrlDispatcher) -> None:
    """Serve the endpoints that need no access token."""
    router.add_post("/services/oauth2/token", issue_token)
    router.add_post("/services/oauth2/revoke", revoke_token)
    router.add_get("/services/oauth2/revoke", revoke_token)
    router.add_post("/services/oauth2/introspect", introspect_token)


async def issue_token(request: web.Request) -> web.Response:
    """``POST /services/oauth2/token``: an opaque access token for a JWT bearer assertion."""
    wire = request.app[WIRE]
    form = await request.post()
    now = wire.server_time()
    try:
        accepted = _desk(wire).judge(_assertion(wire, form), now)
    except TokenRefused as refused:
        if refused.username:
            _note_login(request, refused.username, refused.app_name, refused.login_status)
        return _refusal(refused)
    grant = wire.tokens.issue(accepted.user, accepted.app, wire.world.now())
    _note_login(request, accepted.user.username, accepted.app.name, "Success")
    return web.json_response(_token_body(wire, grant), headers=NO_STORE)


def _desk(wire: Wire) -> AssertionDesk:
    return AssertionDesk(wire.world, wire.app_keys, wire.instance_url, wire.logins)


def _assertion(wire: Wire, form: Mapping[str, object]) -> str:
    fault = wire.faults.strike(FaultKind.LOGIN_REFUSED)
    if fault is not None:
        raise TokenRefused(fault.error, fault.error_description)
    grant_type = form.get("grant_type")
    if not grant_type:
        raise TokenRefused("invalid_request", "missing required parameter: grant_type")
    if grant_type != JWT_BEARER:
        raise TokenRefused("unsupported_grant_type", "grant type not supported")
    assertion = form.get("assertion")
    if not isinstance(assertion, str):
        raise TokenRefused("invalid_request", "missing required parameter: assertion")
    return assertion


def _token_body(wire: Wire, grant: Grant) -> dict[str, str]:
    """The five fields of a JWT bearer answer: no expiry, no refresh token."""
    return {
        "access_token": grant.token,
        "scope": " ".join(grant.app.scopes),
        "instance_url": wire.instance_url,
        "id": identity_of(wire, grant),
        "token_type": "Bearer",
    }


def identity_of(wire: Wire, grant: Grant) -> str:
    """The identity URL of a grant's user."""
    return f"{_LOGIN_SERVER}/id/{wire.world.facts.org_id}/{grant.user.user_id}"


def _note_login(request: web.Request, username: str, app_name: str, status: str) -> None:
    world = request.app[WIRE].world
    world.add_login(
        LoginAttempt(
            at=world.now(),
            username=username,
            app_name=app_name,
            source_ip=request.remote or "",
            status_text=status,
            user_agent=request.headers.get("User-Agent", ""),
        )
    )


def _refusal(refused: TokenRefused) -> web.Response:
    body = {"error": refused.error, "error_description": refused.description}
    return web.json_response(body, status=400, headers=NO_STORE)


async def revoke_token(request: web.Request) -> web.Response:
    """``/services/oauth2/revoke``: 200 and nothing, or 400 for a token that is not in force."""
    wire = request.app[WIRE]
    token = (await request.post()).get("token") or request.query.get("token")
    if isinstance(token, str) and wire.tokens.revoke(token):
        return web.Response(headers=NO_STORE)
    return _refusal(TokenRefused("invalid_token", "invalid token"))


async def introspect_token(request: web.Request) -> web.Response:
    """``POST /services/oauth2/introspect`` for a client that signs its own assertion.

    The apps here have certificates and no secrets, so ``private_key_jwt`` is the one client
    authentication on offer. A token of another app is reported as inactive.
    """
    wire = request.app[WIRE]
    form = await request.post()
    assertion = form.get("client_assertion")
    if form.get("client_assertion_type") != _CLIENT_ASSERTION or not isinstance(assertion, str):
        return _refusal(TokenRefused("invalid_client", "invalid client credentials"))
    try:
        consumer_key = str(unverified_claims(assertion).get("iss"))
    except TokenRefused as refused:
        return _refusal(refused)
    if not is_signed_by(assertion, wire.app_keys.get(consumer_key)):
        return _refusal(TokenRefused("invalid_client", "invalid client credentials"))
    grant = wire.tokens.find(str(form.get("token")), wire.world.now())
    if grant is None or grant.app.consumer_key != consumer_key:
        return web.json_response({"active": False}, headers=NO_STORE)
    return web.json_response(_introspection(wire, grant), headers=NO_STORE)


def _introspection(wire: Wire, grant: Grant) -> dict[str, object]:
    issued_s = int(grant.issued_at.timestamp())
    return {
        "active": True,
        "scope": " ".join(grant.app.scopes),
        "client_id": grant.app.consumer_key,
        "username": grant.user.username,
        "sub": identity_of(wire, grant),
        "token_type": "access_token",
        "exp": int(grant.expires_at.timestamp()),
        "iat": issued_s,
        "nbf": issued_s,
    }
