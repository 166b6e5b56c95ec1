"""The token endpoint: ``POST /services/oauth2/token``.

Bodies and texts: Salesforce help, the pages of the OAuth 2.0 flows and flow errors.
"""

from aiohttp import web

from console.simulator.faults.board import FaultKind
from console.simulator.oauth.answers import open_session, token_body
from console.simulator.oauth.clients import text_of
from console.simulator.oauth.device import begin_device
from console.simulator.oauth.errors import NO_STORE, TokenRefused, refusal
from console.simulator.oauth.flows import TokenRequest, accept
from console.simulator.web.request_bodies import form_of
from console.simulator.web.wire import WIRE, Wire
from console.simulator.world import LoginAttempt


def add_oauth_routes(router: web.UrlDispatcher) -> None:
    """Serve the token endpoint."""
    router.add_post("/services/oauth2/token", issue_token)


async def issue_token(request: web.Request) -> web.Response:
    """An access token for whatever the form offers, or a refusal with its captured words.

    Parameters may stand in the address instead, where many published programs put them.
    """
    wire = request.app[WIRE]
    form = {**request.query, **await form_of(request)}
    asked = TokenRequest(wire, request, form, wire.server_time())
    try:
        _strike(wire)
        if text_of(form, "response_type") == "device_code":
            return web.json_response(begin_device(wire, form), headers=NO_STORE)
        accepted = accept(asked)
    except TokenRefused as refused:
        if refused.username:
            _note_login(
                request,
                refused.username,
                refused.app_name,
                refused.login_status,
                refused.sub_type,
            )
        return refusal(refused)
    grant = open_session(wire, accepted)
    _note_login(request, accepted.user.username, accepted.app.name, "Success", accepted.sub_type)
    return web.json_response(token_body(wire, accepted, grant), headers=NO_STORE)


def _strike(wire: Wire) -> None:
    fault = wire.faults.strike(FaultKind.LOGIN_REFUSED)
    if fault is not None:
        raise TokenRefused(fault.error, fault.error_description)


def _note_login(
    request: web.Request, username: str, app_name: str, status: str, sub_type: str | None
) -> None:
    world = request.app[WIRE].world
    world.add_login(
        LoginAttempt(
            at=world.now(),
            username=username,
            app_name=app_name,
            source_ip=request.remote or "",
            status_text=status,
            login_sub_type=sub_type,
            user_agent=request.headers.get("User-Agent", ""),
        )
    )
