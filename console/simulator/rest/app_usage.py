"""``…/apps/oauth/usage``: which External Client Apps have tokens, whose they are, and their end.

Shapes: Connect REST API, OAuth Usage, and observations of tools that read it: ``nextPageUrl`` is
there even on the last page, and a page past the end is empty. Connected apps are not listed.
Tokens that the story tells of are ended by being remembered as revoked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.simulator.ids import record_id
from console.simulator.moments import iso_ms, to_ms
from console.simulator.oauth.tokens import RefreshGrant
from console.simulator.org.story import SimApp, SimUser
from console.simulator.rest.call import CALL, RestCall, not_found
from console.simulator.web.wire import WIRE, Wire

FIRST_VERSION = 59
_MOST_PER_PAGE = 200

Item = dict[str, object]


@dataclass(frozen=True, slots=True)
class Usage:
    """One approval of one user: of the story, or made by a client of this run."""

    token_id: str
    app: SimApp
    user: SimUser
    first_at: datetime
    last_at: datetime | None
    use_count: int
    grant: RefreshGrant | None = None


def add_app_usage_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the usage resources below ``base``."""
    here = f"{base}/apps/oauth/usage"
    for path in (here, f"{here}/"):
        router.add_get(path, list_apps)
    router.add_get(f"{here}/{{app_id}}/users", list_users)
    router.add_get(f"{here}/{{app_id}}/{{user_id}}/tokens", list_tokens)
    router.add_delete(f"{here}/{{app_id}}/{{user_id}}/tokens", end_tokens)
    router.add_delete(f"{here}/{{app_id}}/tokens", end_tokens)
    router.add_delete(f"{here}/tokens/{{token_id}}", end_one_token)


async def list_apps(request: web.Request) -> web.Response:
    """External Client Apps that somebody uses."""
    wire, call = _opened(request)
    apps = dict.fromkeys(usage.app for usage in usages(wire))
    items: list[Item] = [
        {
            "accessTokenFormat": _format(wire, app),
            "availableActions": [],
            "description": app.description,
            "developerName": app.developer_name,
            "identifier": app.app_id,
            "isFromPackage": app.namespace is not None,
            "label": app.name,
            "usageDetailsUrl": f"{call.base}/apps/oauth/usage/{app.app_id}/users",
        }
        for app in apps
    ]
    return _page(request, f"{call.base}/apps/oauth/usage", "apps", items)


async def list_users(request: web.Request) -> web.Response:
    """The users of one app, with first and last use and the number of uses."""
    wire, call = _opened(request)
    app = _app(wire, request)
    here = f"{call.base}/apps/oauth/usage/{app.app_id}"
    of_user: dict[SimUser, list[Usage]] = {}
    for usage in usages(wire):
        if usage.app is app:
            of_user.setdefault(usage.user, []).append(usage)
    items: list[Item] = [
        {
            "initialConnectionAt": _written(min(each.first_at for each in found)),
            "lastUsedAt": _written(max((e.last_at for e in found if e.last_at), default=None)),
            "useCount": sum(each.use_count for each in found),
            "userIdentifier": user.user_id,
            "username": user.username,
            "revocationUrl": f"{here}/{user.user_id}/tokens",
        }
        for user, found in of_user.items()
    ]
    return _page(request, f"{here}/users", "users", items)


async def list_tokens(request: web.Request) -> web.Response:
    """The refresh tokens of one user and app."""
    wire, call = _opened(request)
    app = _app(wire, request)
    user_id = request.match_info["user_id"]
    here = f"{call.base}/apps/oauth/usage"
    items: list[Item] = [
        {
            "accessTokenFormat": _format(wire, app),
            "appDeveloperName": app.developer_name,
            "appIdentifier": app.app_id,
            "initialConnectionAt": _written(usage.first_at),
            "lastUsedAt": _written(usage.last_at),
            "revocationUrl": f"{here}/tokens/{usage.token_id}",
            "useCount": usage.use_count,
            "userIdentifier": usage.user.user_id,
            "username": usage.user.username,
        }
        for usage in usages(wire)
        if usage.app is app and usage.user.user_id[:15] == user_id[:15]
    ]
    return _page(request, f"{here}/{app.app_id}/{user_id}/tokens", "tokens", items)


async def end_tokens(request: web.Request) -> web.Response:
    """End every token of an app, or of one user with it: 204."""
    wire, _ = _opened(request)
    app, user_id = _app(wire, request), request.match_info.get("user_id")
    _end(
        wire,
        lambda usage: (
            usage.app is app and (user_id is None or usage.user.user_id[:15] == user_id[:15])
        ),
    )
    wire.tokens.revoke_where(
        lambda of, user: of is app and (user_id is None or user.user_id[:15] == user_id[:15])
    )
    return web.Response(status=204)


async def end_one_token(request: web.Request) -> web.Response:
    """End one refresh token and the sessions that came from it: 204."""
    wire, _ = _opened(request)
    token_id = request.match_info["token_id"]
    if not _end(wire, lambda usage: usage.token_id == token_id):
        raise not_found()
    return web.Response(status=204)


def usages(wire: Wire) -> Iterator[Usage]:
    """Every approval that is in force, the story's first."""
    for app in wire.world.facts.apps:
        if app.kind == "external_client_app" and app.token_uses > 0:
            yield from _of_story(wire, app)
    for grant in wire.tokens.approvals():
        if grant.app.kind == "external_client_app":
            yield Usage(
                grant.token_id,
                grant.app,
                grant.user,
                grant.created_at,
                grant.last_used_at,
                grant.use_count,
                grant,
            )


def _of_story(wire: Wire, app: SimApp) -> Iterator[Usage]:
    for n, username in enumerate(app.approved_usernames):
        user = wire.world.user_by_username(username)
        token_id = record_id("0CQ", app.name, username)
        if user is not None and token_id not in wire.ended_story_tokens:
            last_at = app.last_used_at
            yield Usage(token_id, app, user, app.created_at, last_at, app.token_uses // (n + 1))


def _end(wire: Wire, concerns: Callable[[Usage], bool]) -> int:
    """End what ``concerns`` names; says how many approvals that were."""
    ended = [usage for usage in usages(wire) if concerns(usage)]
    for usage in ended:
        if usage.grant is None:
            wire.ended_story_tokens.add(usage.token_id)
        else:
            wire.tokens.revoke(usage.grant.token)
    return len(ended)


def _opened(request: web.Request) -> tuple[Wire, RestCall]:
    call = request[CALL]
    if int(float(call.version)) < FIRST_VERSION:
        raise not_found()
    return request.app[WIRE], call


def _app(wire: Wire, request: web.Request) -> SimApp:
    wished = request.match_info["app_id"][:15]
    for app in wire.world.facts.apps:
        if app.kind == "external_client_app" and (app.app_id or "")[:15] == wished:
            return app
    raise not_found()


def _format(wire: Wire, app: SimApp) -> str:
    return "JWT" if wire.options.oauth.policy(app.consumer_key).issues_jwts else "Opaque"


def _page(request: web.Request, path: str, name: str, items: Sequence[Item]) -> web.Response:
    page = _whole(request.query.get("page"), 0)
    size = min(max(_whole(request.query.get("pageSize"), 100), 1), _MOST_PER_PAGE)
    here = f"{path}?pageSize={size}&page="
    return web.json_response(
        {
            name: items[page * size : (page + 1) * size],
            "currentPageUrl": f"{here}{page}",
            "nextPageUrl": f"{here}{page + 1}",
        }
    )


def _whole(text: str | None, default: int) -> int:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and text else default


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else iso_ms(to_ms(moment))
