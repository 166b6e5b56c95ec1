"""The control endpoint ``/__sim__``: ground truth, faults, and what clients have asked for.

It needs no token: it listens on loopback only. A request that carries an ``Origin`` comes from a
web page and is refused, so that no page in a browser can steer the simulated org.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from console.simulator.cometd import BOOK
from console.simulator.config_text import CONFIGURED_NAMES
from console.simulator.faults import AT_ONCE, FaultKind, FaultNotUnderstood, fault_from
from console.simulator.wire import WIRE
from console.simulator.world import World

CONTROL_PATH = "/__sim__"
STOP: web.AppKey[asyncio.Event] = web.AppKey("stop asked", asyncio.Event)

_DAY = timedelta(days=1)


def add_control_routes(router: web.UrlDispatcher) -> None:
    """Serve the control endpoint."""
    router.add_get(f"{CONTROL_PATH}/now", _local(org_time))
    router.add_get(f"{CONTROL_PATH}/truth", _local(truth))
    router.add_get(f"{CONTROL_PATH}/requests", _local(requests))
    router.add_get(f"{CONTROL_PATH}/faults", _local(list_faults))
    router.add_post(f"{CONTROL_PATH}/faults", _local(add_fault))
    router.add_delete(f"{CONTROL_PATH}/faults", _local(clear_faults))
    router.add_post(f"{CONTROL_PATH}/stop", _local(stop))


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _local(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        if "Origin" in request.headers:
            raise web.HTTPForbidden(text="the control endpoint does not serve web pages")
        return await handler(request)

    return guarded


async def org_time(request: web.Request) -> web.Response:
    """``GET /now``: the org's time."""
    return web.json_response({"now": _text(request.app[WIRE].world.now())})


async def truth(request: web.Request) -> web.Response:
    """``GET /truth?since=&until=``: what really happened, by default in the last 24 hours."""
    world = request.app[WIRE].world
    now = world.now()
    until = _time(request, "until", now)
    since = _time(request, "since", until - _DAY)
    return web.json_response(_truth(world, since, until))


def _truth(world: World, since: datetime, until: datetime) -> dict[str, object]:
    """The world's truth, each integration also under the name that the settings file gives it."""
    document = {"schema": "orgwatch/simulate-truth/1", **world.truth(since, until)}
    integrations = document.get("integrations")
    for item in integrations if isinstance(integrations, list) else ():
        item["configured_name"] = CONFIGURED_NAMES.get(item["name"], item["name"])
    return document


async def requests(request: web.Request) -> web.Response:
    """``GET /requests``: how often each path was asked for, and by which client."""
    tally = request.app[WIRE].tally
    by_path, by_client = dict(tally.by_path), dict(tally.by_client)
    total = sum(by_path.values())
    return web.json_response({"total": total, "by_path": by_path, "by_client": by_client})


async def list_faults(request: web.Request) -> web.Response:
    """``GET /faults``: what stands, and how wrong the token endpoint's clock is."""
    board = request.app[WIRE].faults
    standing = [fault.as_document() for fault in board.standing]
    return web.json_response(
        {"standing": standing, "clock_skew_s": board.clock_skew.total_seconds()}
    )


async def add_fault(request: web.Request) -> web.Response:
    """``POST /faults {"kind": …}``: cause one trouble; 400 with a sentence if not understood."""
    try:
        document = await request.json()
        if not isinstance(document, dict):
            raise FaultNotUnderstood("the body must be a JSON object")
        fault = fault_from(document)
        if fault.kind not in AT_ONCE:
            request.app[WIRE].faults.stand(fault)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return web.json_response({"error": "the body must be a JSON object"}, status=400)
    except FaultNotUnderstood as error:
        return web.json_response({"error": str(error)}, status=400)
    struck = _strike_at_once(request, fault.kind) if fault.kind in AT_ONCE else None
    return web.json_response({"kind": fault.kind.value, "struck": struck}, status=201)


def _strike_at_once(request: web.Request, kind: FaultKind) -> int:
    """Cause a trouble that does not stand; says how many tokens or sessions it met."""
    if kind is FaultKind.REVOKE_TOKENS:
        return request.app[WIRE].tokens.revoke_all()
    book = request.app[BOOK]
    return book.disconnect_all() if kind is FaultKind.PUSH_DISCONNECT else book.drop_all()


async def clear_faults(request: web.Request) -> web.Response:
    """``DELETE /faults``: take down what stands and set the clock right."""
    request.app[WIRE].faults.clear()
    return web.Response(status=204)


async def stop(request: web.Request) -> web.Response:
    """``POST /stop``: end the simulated org after this answer."""
    request.app[STOP].set()
    return web.json_response({"stopping": True})


def _time(request: web.Request, name: str, default: datetime) -> datetime:
    text = request.query.get(name)
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name} must be an ISO 8601 time") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
