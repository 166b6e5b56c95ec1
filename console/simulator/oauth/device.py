"""The device flow: a code for the device, a short one for its user, and the user's approval.

``GET /setup/connect?user_code=…`` stands for the page on which the user types the code. It
approves at once, for the app's first user or the one that ``login_hint`` names; ``deny=true``
declines.
"""

from aiohttp import web

from console.simulator.oauth import errors as oauth_errors
from console.simulator.oauth.clients import Form, desk_of, text_of
from console.simulator.oauth.codes import DEVICE_INTERVAL_S
from console.simulator.oauth.flows import DEVICE
from console.simulator.web.wire import WIRE, Wire


def add_device_routes(router: web.UrlDispatcher) -> None:
    """Serve the page on which a user approves a device."""
    router.add_get("/setup/connect", approve_device)


def begin_device(wire: Wire, form: Form) -> dict[str, object]:
    """The answer to ``response_type=device_code``; raises TokenRefused."""
    desk = desk_of(wire)
    desk.check_org()
    client_id = text_of(form, "client_id")
    if not client_id:
        raise oauth_errors.missing("client_id")
    app = desk.app_with_flow(client_id, DEVICE)
    code, user_code = wire.devices.make(app, wire.world.now())
    return {
        "device_code": code,
        "user_code": user_code,
        "verification_uri": f"{wire.instance_url}/setup/connect",
        "interval": DEVICE_INTERVAL_S,
    }


async def approve_device(request: web.Request) -> web.Response:
    """Let the device that showed this code in; 404 for a code that no device showed."""
    wire = request.app[WIRE]
    promise = wire.devices.waiting(request.query.get("user_code", ""))
    if promise is None:
        return web.Response(status=404, text="This code is not valid.")
    if request.query.get("deny") == "true":
        promise.is_denied = True
        return web.Response(text="The device may not connect.")
    names = promise.app.approved_usernames
    promise.username = request.query.get("login_hint") or (names[0] if names else "")
    return web.Response(text="The device may connect.")
