"""``/services/oauth2/revoke``: end a session, or a refresh token with all its sessions.

By POST, by GET, or by GET with a callback for scripts in a page (help, revoking OAuth tokens).
"""

import json
import re

from aiohttp import web

from console.simulator.oauth.errors import NO_STORE, TokenRefused, refusal
from console.simulator.web.request_bodies import form_of
from console.simulator.web.wire import WIRE

_HINTS = ("access_token", "refresh_token")
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}")


def add_revoke_routes(router: web.UrlDispatcher) -> None:
    """Serve the revocation endpoint."""
    router.add_post("/services/oauth2/revoke", revoke_by_form)
    router.add_get("/services/oauth2/revoke", revoke_by_query)


async def revoke_by_form(request: web.Request) -> web.Response:
    """200 and nothing, or 400 for a token that is not in force."""
    form = await form_of(request)
    token = form.get("token") or request.query.get("token")
    hint = form.get("token_type_hint")
    refused = _revoke(request, token, hint)
    return web.Response(headers=NO_STORE) if refused is None else refusal(refused)


async def revoke_by_query(request: web.Request) -> web.Response:
    """The same; with ``callback`` the answer is a script that calls it, always with 200."""
    query = request.query
    refused = _revoke(request, query.get("token"), query.get("token_type_hint"))
    callback = query.get("callback", "")
    if _CALLBACK.fullmatch(callback):
        error = {} if refused is None else {"error": refused.error}
        script = f"{callback}({json.dumps(error)});"
        return web.Response(text=script, content_type="application/javascript", headers=NO_STORE)
    return web.Response(headers=NO_STORE) if refused is None else refusal(refused)


def _revoke(request: web.Request, token: object, hint: object) -> TokenRefused | None:
    if hint is not None and hint not in _HINTS:
        return TokenRefused("unsupported_token_type", "this token type is not supported")
    if isinstance(token, str) and request.app[WIRE].tokens.revoke(token):
        return None
    return TokenRefused("invalid_token", "invalid token")
