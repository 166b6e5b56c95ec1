"""``GET /services/oauth2/authorize``: the page on which a user approves an app, without the page.

Approval is given at once: for the user that ``login_hint`` names, else for the app's first. What
is wrong with the client itself is shown here; everything else travels back in the redirect (RFC
6749, section 4.1.2.1).
"""

from urllib.parse import urlencode, urlsplit

from aiohttp import web

from console.simulator.oauth import errors as oauth_errors
from console.simulator.oauth.clients import desk_of
from console.simulator.oauth.codes import CodePromise
from console.simulator.oauth.errors import TokenRefused
from console.simulator.oauth.flows import AUTHORIZATION_CODE
from console.simulator.org.story import SimApp
from console.simulator.web.wire import WIRE, Wire

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def add_authorize_routes(router: web.UrlDispatcher) -> None:
    """Serve the authorization endpoint."""
    router.add_get("/services/oauth2/authorize", authorize)


async def authorize(request: web.Request) -> web.Response:
    """Send the browser back with ``code`` or ``error``, and the client's ``state``."""
    wire, query = request.app[WIRE], request.query
    try:
        app = desk_of(wire).app(_required(query.get("client_id"), "client_id"))
        redirect_uri = query.get("redirect_uri")
        if not redirect_uri:
            raise TokenRefused("redirect_uri_missing", "redirect_uri must be provided")
        _check_redirect(wire, app, redirect_uri)
    except TokenRefused as refused:
        return oauth_errors.refusal(refused)
    answer = {}
    try:
        answer["code"] = _code(wire, request, app, redirect_uri)
    except TokenRefused as refused:
        answer = {"error": refused.error, "error_description": refused.description}
    if "state" in query:
        answer["state"] = query["state"]
    joint = "&" if "?" in redirect_uri else "?"
    location = redirect_uri + joint + urlencode(answer)
    return web.Response(status=302, headers={"Location": location, **oauth_errors.NO_STORE})


def _code(wire: Wire, request: web.Request, app: SimApp, redirect_uri: str) -> str:
    query = request.query
    if query.get("response_type") != "code":
        raise TokenRefused("unsupported_response_type", "response type not supported")
    desk_of(wire).app_with_flow(app.consumer_key, AUTHORIZATION_CODE)
    wished = tuple(query.get("scope", "").split()) or app.scopes
    if not set(wished) <= set(app.scopes):
        raise TokenRefused("invalid_scope", "the requested scope is not allowed")
    challenge = query.get("code_challenge", "")
    if challenge and query.get("code_challenge_method", "S256") != "S256":
        raise TokenRefused("invalid_request", "unsupported code challenge method")
    names = app.approved_usernames
    username = query.get("login_hint") or (names[0] if names else "")
    user = wire.world.user_by_username(username)
    if user is None or not user.is_active:
        raise TokenRefused("access_denied", "end-user denied authorization")
    if app.pre_authorized_only and not app.may_be_used_by(user.username):
        raise TokenRefused("invalid_app_access", "user is not admin approved to access this app")
    promise = CodePromise(user, app, redirect_uri, wished, challenge, wire.world.now())
    return wire.codes.make(promise)


def _check_redirect(wire: Wire, app: SimApp, redirect_uri: str) -> None:
    """Codes go to registered addresses, and to programs on this machine."""
    known = wire.options.oauth.policy(app.consumer_key).callback_urls
    if redirect_uri not in known and _host_of(redirect_uri) not in _LOOPBACK:
        raise TokenRefused("redirect_uri_mismatch", "redirect_uri must match configuration")


def _host_of(url: str) -> str | None:
    """The host of a URL that can stand in a header; None for anything else."""
    if not (url.isascii() and url.isprintable()):
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _required(value: str | None, name: str) -> str:
    if not value:
        raise oauth_errors.missing(name)
    return value
