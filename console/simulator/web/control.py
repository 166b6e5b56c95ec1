"""The control endpoint ``/__sim__``: time, ground truth, faults, permissions, who asked for what.

It needs no token: it listens on loopback only. A request that carries an ``Origin`` comes from a
web page and is refused, so that no page in a browser can steer the simulated org. What it does
not understand it answers with 400 and ``{"error": "…"}``, a sentence.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from console.simulator.faults import acts as fault_acts
from console.simulator.faults.frame import CONTROL_PATH
from console.simulator.faults.kinds import FaultNotUnderstood, Number
from console.simulator.org.permissions import Permission
from console.simulator.web.config_text import CONFIGURED_NAMES
from console.simulator.web.request_bodies import UnreadableBody, json_of
from console.simulator.web.wire import WIRE

STOP: web.AppKey[asyncio.Event] = web.AppKey("stop asked", asyncio.Event)

TICK: web.AppKey[partial[None]] = web.AppKey("what a moment does", partial)

_DAY = timedelta(days=1)
_CLOCK_STEP = timedelta(minutes=10)
_CLOCK_KEYS = {
    "advance_s": Number(0, 7 * 86_400),
    "speed": Number(0, 100_000),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NotUnderstood(Exception):
    """A request to the control endpoint that cannot be done; the text is a sentence."""


def add_control_routes(router: web.UrlDispatcher) -> None:
    """Serve the control endpoint."""
    router.add_get(f"{CONTROL_PATH}/now", _local(org_time))
    router.add_post(f"{CONTROL_PATH}/clock", _local(steer_clock))
    router.add_get(f"{CONTROL_PATH}/truth", _local(truth))
    router.add_get(f"{CONTROL_PATH}/requests", _local(requests))
    router.add_get(f"{CONTROL_PATH}/faults", _local(list_faults))
    router.add_post(f"{CONTROL_PATH}/faults", _local(add_fault))
    router.add_delete(f"{CONTROL_PATH}/faults", _local(clear_faults))
    router.add_delete(f"{CONTROL_PATH}/faults/{{number}}", _local(take_fault_down))
    router.add_get(f"{CONTROL_PATH}/permissions", _local(list_permissions))
    router.add_post(f"{CONTROL_PATH}/permissions", _local(change_permissions))
    router.add_post(f"{CONTROL_PATH}/stop", _local(stop))


def _local(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        if "Origin" in request.headers:
            return _sentence(403, "the control endpoint does not serve web pages")
        try:
            return await handler(request)
        except (NotUnderstood, FaultNotUnderstood) as error:
            return _sentence(400, str(error))

    return guarded


# --- time ---


async def org_time(request: web.Request) -> web.Response:
    """``GET /now``: the org's time, and how fast it passes."""
    wire = request.app[WIRE]
    return web.json_response({"now": _text(wire.world.now()), "speed": wire.clock.speed})


async def steer_clock(request: web.Request) -> web.Response:
    """``POST /clock {"advance_s": …, "speed": …}``: set the clock forward, or at another speed.

    Everything that happens in between happens, in order. The settings file tells programs that
    start later; one that runs already goes on living by the clock that it has read.
    """
    document = await _json(request)
    if not isinstance(document, dict) or not document or not set(document) <= set(_CLOCK_KEYS):
        raise NotUnderstood('the body must be a JSON object with "advance_s" or "speed"')
    said = {key: float(str(_CLOCK_KEYS[key].check(key, document[key]))) for key in document}
    wire = request.app[WIRE]
    if "speed" in said:
        wire.clock.run_at(said["speed"])
    left = timedelta(seconds=said.get("advance_s", 0.0))
    while left > timedelta():
        step = min(left, _CLOCK_STEP)
        wire.clock.advance(step)
        left -= step
        request.app[TICK]()
        await asyncio.sleep(0)  # others are answered between two steps
    return await org_time(request)


# --- truth and tallies ---


async def truth(request: web.Request) -> web.Response:
    """``GET /truth?since=&until=``: what really happened, by default in the last 24 hours.

    ``log_files=no`` leaves the files out, which to measure for the first time takes seconds.
    """
    world = request.app[WIRE].world
    now = world.now()
    until = _time(request, "until", now)
    since = _time(request, "since", until - _DAY)
    if since > until:
        raise NotUnderstood("since must not be after until")
    wish = request.query.get("log_files", "yes")
    if wish not in ("yes", "no"):
        raise NotUnderstood("log_files must be yes or no")
    files = wish == "yes"
    for _ in world.truth_prepare(since, until, with_log_files=files):
        await asyncio.sleep(0)  # streams go on between two steps of the adding up
    truth_of_world = world.truth(since, until, with_log_files=files)
    return web.json_response(_named_as_configured(truth_of_world))


def _named_as_configured(truth_of_world: dict[str, object]) -> dict[str, object]:
    """The world's truth, each integration also under the name that the settings file gives it."""
    document = {"schema": "orgwatch/simulate-truth/1", **truth_of_world}
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


# --- faults ---


async def list_faults(request: web.Request) -> web.Response:
    """``GET /faults``: what stands, how often each kind has struck, how wrong the clock is."""
    wire = request.app[WIRE]
    board, stream = wire.faults, wire.world.stream_faults
    return web.json_response(
        {
            "standing": [fault.as_document() for fault in board.standing],
            "stream": [
                {"kind": f"{fault.kind}_events", "channel": fault.channel}
                for fault in stream.standing
            ],
            "struck": dict(board.struck),
            "clock_skew_s": board.clock_skew.total_seconds(),
        }
    )


async def add_fault(request: web.Request) -> web.Response:
    """``POST /faults {"kind": …}``: cause one trouble; 400 with a sentence if not understood."""
    document = await _json(request)
    return web.json_response(fault_acts.cause(request.app, document), status=201)


async def clear_faults(request: web.Request) -> web.Response:
    """``DELETE /faults``: take down what stands and set the clock right."""
    fault_acts.clear(request.app)
    return web.Response(status=204)


async def take_fault_down(request: web.Request) -> web.Response:
    """``DELETE /faults/<id>``: take down one fault; 404 when it does not stand."""
    number = request.match_info["number"]
    if number.isascii() and number.isdigit() and request.app[WIRE].faults.take_down(int(number)):
        return web.Response(status=204)
    return _sentence(404, f"no fault {number} stands")


# --- permissions ---


async def list_permissions(request: web.Request) -> web.Response:
    """``GET /permissions``: what the console's user has, and what is withheld from it."""
    world = request.app[WIRE].world
    user = world.facts.console_user
    return web.json_response(
        {
            "username": user.username,
            "granted": sorted(each.value for each in Permission if world.access.may(user, each)),
            "withheld": sorted(each.value for each in world.access.withheld),
        }
    )


async def change_permissions(request: web.Request) -> web.Response:
    """``POST /permissions {"withhold": [...], "grant": [...]}``; the next request notices."""
    document = await _json(request)
    if not isinstance(document, dict) or not set(document) <= {"withhold", "grant"}:
        raise NotUnderstood('the body must be a JSON object with "withhold" or "grant"')
    withhold, grant = (_permissions(document, key) for key in ("withhold", "grant"))
    access = request.app[WIRE].world.access
    access.withhold(*withhold)
    access.grant(*grant)
    return await list_permissions(request)


def _permissions(document: dict[str, object], key: str) -> list[Permission]:
    names = document.get(key, [])
    if not isinstance(names, list):
        raise NotUnderstood(f"{key} must be a list of permissions")
    return [fault_acts.permission_named(str(name)) for name in names]


# --- the end ---


async def stop(request: web.Request) -> web.Response:
    """``POST /stop``: end the simulated org after this answer."""
    request.app[STOP].set()
    return web.json_response({"stopping": True})


async def _json(request: web.Request) -> object:
    try:
        return json_of(await request.read())
    except UnreadableBody:
        raise NotUnderstood("the body must be a JSON object") from None


def _time(request: web.Request, name: str, default: datetime) -> datetime:
    text = request.query.get(name)
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotUnderstood(f"{name} must be an ISO 8601 time") from None


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _sentence(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
