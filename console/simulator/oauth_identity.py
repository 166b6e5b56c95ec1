"""Who a token speaks for: the userinfo endpoint and the identity URL.

A bad token gets 403 and a plain text here, not the 401 of the REST API (captured answers).
"""

from aiohttp import web

from console.simulator.oauth import NO_STORE, identity_of
from console.simulator.rest_call import bearer_token
from console.simulator.story import SimUser
from console.simulator.tokens import Grant
from console.simulator.wire import WIRE, Wire

_PATHS = {
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "query": "/services/data/v{version}/query/",
    "tooling_rest": "/services/data/v{version}/tooling/",
}


def add_identity_routes(router: web.UrlDispatcher) -> None:
    """Serve userinfo and the identity URL."""
    router.add_get("/services/oauth2/userinfo", userinfo)
    router.add_get("/id/{org_id}/{user_id}", identity)


async def userinfo(request: web.Request) -> web.Response:
    """``GET /services/oauth2/userinfo``: OpenID Connect claims of the token's user."""
    wire = request.app[WIRE]
    grant = _grant(request)
    if grant is None:
        return _bad_token()
    user = grant.user
    body = {
        "sub": identity_of(wire, grant),
        "preferred_username": user.username,
        "email_verified": True,
        "zoneinfo": "GMT",
        "is_salesforce_integration_user": user.licence == "Salesforce Integration",
        **_common(wire, user),
        "name": user.name,
    }
    return web.json_response(body, headers=NO_STORE)


async def identity(request: web.Request) -> web.Response:
    """``GET /id/<org>/<user>``: the same person in the older form."""
    wire = request.app[WIRE]
    grant = _grant(request)
    asked = (request.match_info["org_id"][:15], request.match_info["user_id"][:15])
    if grant is None or asked != (wire.world.facts.org_id[:15], grant.user.user_id[:15]):
        return _bad_token()
    body = {
        "id": identity_of(wire, grant),
        "asserted_user": True,
        "username": grant.user.username,
        "display_name": grant.user.name,
        "timezone": "GMT",
        **_common(wire, grant.user),
    }
    return web.json_response(body, headers=NO_STORE)


def _common(wire: Wire, user: SimUser) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "organization_id": wire.world.facts.org_id,
        "email": user.email,
        "urls": {name: wire.instance_url + path for name, path in _PATHS.items()},
        "active": user.is_active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_GB",
        "utcOffset": 0,
        "is_app_installed": True,
    }


def _grant(request: web.Request) -> Grant | None:
    wire = request.app[WIRE]
    now = wire.world.now()
    token = bearer_token(request)
    grant = None if token is None else wire.tokens.find(token, now)
    if grant is not None:
        wire.tokens.use(grant, now)
    return grant


def _bad_token() -> web.Response:
    return web.Response(status=403, text="Bad_OAuth_Token", headers=NO_STORE)
