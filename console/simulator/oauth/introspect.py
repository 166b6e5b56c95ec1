"""``POST /services/oauth2/introspect``: what a token is worth.

An app may ask about its own tokens; one that the administrator allowed may ask about all (help,
token introspection). A token that is not in force, or not the app's, is ``{"active": false}``
(RFC 7662).
"""

from aiohttp import web

from console.simulator.oauth.answers import identity_of, identity_url
from console.simulator.oauth.clients import proven_client, text_of
from console.simulator.oauth.errors import NO_STORE, TokenRefused, missing, refusal, wrong_secret
from console.simulator.oauth.tokens import Grant, RefreshGrant
from console.simulator.org.story import SimApp
from console.simulator.web.request_bodies import form_of
from console.simulator.web.wire import WIRE, Wire

_HINTS = ("", "access_token", "refresh_token")


def add_introspect_routes(router: web.UrlDispatcher) -> None:
    """Serve the introspection endpoint."""
    router.add_post("/services/oauth2/introspect", introspect_token)


async def introspect_token(request: web.Request) -> web.Response:
    """The token's owner, app, scopes and end; refused to a client that proves nothing."""
    wire = request.app[WIRE]
    form = await form_of(request)
    try:
        names_itself = text_of(form, "client_id") or text_of(form, "client_assertion")
        if not names_itself and "Authorization" not in request.headers:
            raise wrong_secret()
        app = proven_client(wire, request, form, "introspect")
        token = text_of(form, "token")
        if not token:
            raise missing("token")
        if text_of(form, "token_type_hint") not in _HINTS:
            raise TokenRefused("unsupported_token_type", "this token type is not supported")
    except TokenRefused as refused:
        return refusal(refused)
    return web.json_response(_worth(wire, app, token), headers=NO_STORE)


def _worth(wire: Wire, app: SimApp, token: str) -> dict[str, object]:
    now = wire.world.now()
    sees_all = wire.options.oauth.policy(app.consumer_key).introspects_all
    found = wire.tokens.find(token, now) or wire.tokens.find_refresh(token, now)
    owner = None if found is None or found.app is None else found.app.consumer_key
    if found is None or not (sees_all or owner == app.consumer_key):
        return {"active": False}
    return _of_access(wire, found) if isinstance(found, Grant) else _of_refresh(wire, found)


def _of_access(wire: Wire, grant: Grant) -> dict[str, object]:
    issued_s = int(grant.issued_at.timestamp())
    return {
        "active": True,
        "scope": " ".join(grant.scopes),
        "client_id": None if grant.app is None else grant.app.consumer_key,
        "username": grant.user.username,
        "sub": identity_of(wire, grant),
        "token_type": "access_token",
        "exp": int(grant.expires_at.timestamp()),
        "iat": issued_s,
        "nbf": issued_s,
    }


def _of_refresh(wire: Wire, approval: RefreshGrant) -> dict[str, object]:
    issued_s = int(approval.created_at.timestamp())
    return {
        "active": True,
        "scope": " ".join(approval.scopes),
        "client_id": approval.app.consumer_key,
        "username": approval.user.username,
        "sub": identity_url(wire, approval.user),
        "token_type": "refresh_token",
        "iat": issued_s,
        "nbf": issued_s,
    }
