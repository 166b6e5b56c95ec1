"""Who a token speaks for: userinfo, the identity URL, and a one-time door into the browser.

A bad token gets 403 and a plain text here, not the 401 of the REST API (captured answers).
"""

import secrets

from aiohttp import web

from console.simulator.moments import iso_ms, to_ms
from console.simulator.oauth.answers import identity_of
from console.simulator.oauth.errors import NO_STORE
from console.simulator.oauth.tokens import Grant
from console.simulator.org.story import SimUser
from console.simulator.rest.call import bearer_token
from console.simulator.web.request_bodies import form_of
from console.simulator.web.wire import WIRE, Wire

BAD_TOKEN = "Bad_OAuth_Token"  # noqa: S105 - the words of the refusal
MISSING_TOKEN = "Missing_OAuth_Token"  # noqa: S105 - the words of the refusal
WRONG_ORG = "Wrong_Org"

_PATHS = {
    "enterprise": "/services/Soap/c/{version}/{org}",
    "metadata": "/services/Soap/m/{version}/{org}",
    "partner": "/services/Soap/u/{version}/{org}",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/{org}",
    "tooling_rest": "/services/data/v{version}/tooling/",
    "profile": "/{user}",
    "feeds": "/services/data/v{version}/chatter/feeds",
    "groups": "/services/data/v{version}/chatter/groups",
    "users": "/services/data/v{version}/chatter/users",
    "feed_items": "/services/data/v{version}/chatter/feed-items",
    "feed_elements": "/services/data/v{version}/chatter/feed-elements",
    "custom_domain": "",
}


def add_identity_routes(router: web.UrlDispatcher) -> None:
    """Serve userinfo, the identity URL and singleaccess."""
    router.add_get("/services/oauth2/userinfo", userinfo)
    router.add_post("/services/oauth2/userinfo", userinfo)
    router.add_get("/id/{org_id}/{user_id}", identity)
    router.add_get("/services/oauth2/singleaccess", single_access)
    router.add_post("/services/oauth2/singleaccess", single_access)


async def userinfo(request: web.Request) -> web.Response:
    """``GET /services/oauth2/userinfo``: OpenID Connect claims of the token's user."""
    wire = request.app[WIRE]
    grant = await _grant(request)
    if grant is None:
        return _bad_token(request)
    user = grant.user
    given, family = _names(user)
    body = {
        "sub": identity_of(wire, grant),
        "preferred_username": user.username,
        "nickname": user.username.partition("@")[0],
        "name": user.name,
        "email_verified": True,
        "given_name": given,
        "family_name": family,
        "zoneinfo": "GMT",
        "profile": f"{wire.instance_url}/{user.user_id}",
        "picture": f"{wire.instance_url}/profilephoto/005/F",
        "address": {},
        "is_salesforce_integration_user": user.licence == "Salesforce Integration",
        "updated_at": iso_ms(to_ms(wire.world.facts.created_at)),
        **_common(wire, user, None),
    }
    return web.json_response(body, headers=NO_STORE)


async def identity(request: web.Request) -> web.Response:
    """``GET /id/<org>/<user>``: the same person in the older form.

    ``urls`` hold a literal ``{version}`` unless ``?version=latest`` or a number is asked for.
    """
    wire = request.app[WIRE]
    grant = await _grant(request)
    if grant is None:
        return _bad_token(request)
    if request.match_info["org_id"][:15] != wire.world.facts.org_id[:15]:
        return _refused(WRONG_ORG)
    if request.match_info["user_id"][:15] != grant.user.user_id[:15]:
        return _refused(BAD_TOKEN)
    version = request.query.get("version")
    if version == "latest":
        version = f"{wire.versions.newest}.0"
    body = _person(wire, grant) | _common(wire, grant.user, version)
    return web.json_response(body, headers=NO_STORE)


def _person(wire: Wire, grant: Grant) -> dict[str, object]:
    """The keys that only the identity URL has."""
    user = grant.user
    first, last = _names(user)
    absent = ("addr_street", "addr_city", "addr_state", "addr_country", "addr_zip", "mobile_phone")
    return {
        "id": identity_of(wire, grant),
        "asserted_user": True,
        "username": user.username,
        "nick_name": user.username.partition("@")[0],
        "display_name": user.name,
        "email_verified": True,
        "first_name": first,
        "last_name": last,
        "timezone": "GMT",
        **dict.fromkeys(absent),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "last_modified_date": iso_ms(to_ms(wire.world.facts.created_at)),
    }


def _common(wire: Wire, user: SimUser, version: str | None) -> dict[str, object]:
    words = {
        "{org}": wire.world.facts.org_id[:15],
        "{user}": user.user_id,
        "{version}": version or "{version}",
    }
    return {
        "user_id": user.user_id,
        "organization_id": wire.world.facts.org_id,
        "email": user.email,
        "photos": {
            "picture": f"{wire.instance_url}/profilephoto/005/F",
            "thumbnail": f"{wire.instance_url}/profilephoto/005/T",
        },
        "urls": {name: wire.instance_url + _filled(path, words) for name, path in _PATHS.items()},
        "active": user.is_active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_GB",
        "utcOffset": 0,
        "is_app_installed": True,
    }


def _filled(path: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        path = path.replace(name, word)
    return path


def _names(user: SimUser) -> tuple[str | None, str]:
    first, _, last = user.name.partition(" ")
    return (first, last) if last else (None, first)


async def single_access(request: web.Request) -> web.Response:
    """``/services/oauth2/singleaccess``: a URL that would open the browser logged in, once."""
    grant = await _grant(request)
    if grant is None:
        return _bad_token(request)
    base = request.app[WIRE].instance_url
    door = f"{base}/secur/frontdoor.jsp?otp={secrets.token_urlsafe(48)}"
    return web.json_response({"frontdoor_uri": door}, headers=NO_STORE)


async def _grant(request: web.Request) -> Grant | None:
    """The token's grant; the token may come as a header, a parameter or a form field."""
    wire = request.app[WIRE]
    now = wire.world.now()
    token = await _token(request)
    grant = None if token is None else wire.tokens.find(token, now)
    if grant is not None:
        wire.tokens.use(grant, now)
    return grant


async def _token(request: web.Request) -> str | None:
    sent = bearer_token(request) or request.query.get("oauth_token")
    sent = sent or request.query.get("access_token")
    if sent is None and request.method == "POST":
        posted = (await form_of(request)).get("access_token")
        sent = posted if isinstance(posted, str) else None
    return sent


def _bad_token(request: web.Request) -> web.Response:
    has_token = "Authorization" in request.headers or "oauth_token" in request.query
    return _refused(BAD_TOKEN if has_token else MISSING_TOKEN)


def _refused(words: str) -> web.Response:
    return web.Response(status=403, text=words, headers=NO_STORE)
