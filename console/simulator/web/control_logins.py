"""``GET /__sim__/logins``: what the owners of the org's apps and accounts would know.

Secrets, passwords and security tokens, so that clients of every kind can be tried. Nothing of it
is secret: the org exists on this machine only, and each value follows from a name.
"""

from aiohttp import web

from console.simulator.faults.frame import CONTROL_PATH
from console.simulator.oauth.login_desk import OTHER_ORGS_APP_KEY
from console.simulator.org.app_secrets import consumer_secret_of, password_of, security_token_of
from console.simulator.web.wire import WIRE


def add_login_list_route(router: web.UrlDispatcher) -> None:
    """Serve the list."""
    router.add_get(f"{CONTROL_PATH}/logins", list_logins)


async def list_logins(request: web.Request) -> web.Response:
    """Apps with key, secret and flow; users with password and security token."""
    if "Origin" in request.headers:
        raise web.HTTPForbidden(text="the control endpoint does not serve web pages")
    facts = request.app[WIRE].world.facts
    apps = [
        {
            "name": app.name,
            "kind": app.kind,
            "flow": app.flow,
            "consumer_key": app.consumer_key,
            "consumer_secret": consumer_secret_of(app),
            "usernames": list(app.approved_usernames),
        }
        for app in facts.apps
    ]
    users = [
        {
            "username": user.username,
            "is_active": user.is_active,
            "password": password_of(user),
            "security_token": security_token_of(user),
        }
        for user in facts.users
    ]
    return web.json_response(
        {"apps": apps, "users": users, "other_orgs_consumer_key": OTHER_ORGS_APP_KEY}
    )
