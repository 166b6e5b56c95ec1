"""The frame around every request to the simulated org: faults, refusals, headers, compression."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from aiohttp import web

from console.simulator.control import CONTROL_PATH
from console.simulator.faults import Fault, FaultKind
from console.simulator.rest_call import (
    CALL,
    RestRefused,
    begin_call,
    client_name,
    finish_call,
    not_found,
)
from console.simulator.wire import WIRE

MOST_URI_CHARACTERS = 16_384
"""REST API guide, status codes: 414 beyond that."""

_VERSION_LIST = ("/services/data", "/services/data/")
_COMPRESS_FROM_BYTES = 1_000
_MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Down for maintenance</title></head>"
    "<body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience.</p></body></html>"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def org_frame(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bring the world up to date, count the request, strike with faults, compress the answer."""
    wire = request.app[WIRE]
    wire.world.advance()
    if request.path.startswith(CONTROL_PATH):
        return await handler(request)
    wire.tally.note(request.path, client_name(request) or request.headers.get("User-Agent", ""))
    slow = wire.faults.strike(FaultKind.SLOW, request.path)
    if slow is not None:
        await asyncio.sleep(slow.delay_s)
    response = _struck(request) or await handler(request)
    if isinstance(response, web.Response) and _worth_compressing(request, response):
        response.enable_compression(web.ContentCoding.gzip)
    return response


@web.middleware
async def rest_frame(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Admit calls to the REST API and turn refusals into its error array."""
    if not request.path.startswith("/services/data") or request.path in _VERSION_LIST:
        return await handler(request)
    try:
        if len(request.path_qs) > MOST_URI_CHARACTERS:
            raise RestRefused(414, "URI_TOO_LONG", "The length of the URI exceeds the limit")
        begin_call(request)
        return await handler(request)
    except RestRefused as refused:
        return _refusal(refused)
    except web.HTTPMethodNotAllowed as wrong:
        allowed = ",".join(sorted(wrong.allowed_methods))
        message = f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}"
        return _refusal(RestRefused(405, "METHOD_NOT_ALLOWED", message))
    except web.HTTPNotFound:
        return _refusal(not_found())


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Give an answer the headers of a real org, and a REST call its last accounting.

    The Date is the org's own: a client may tell by it that its clock is off.
    """
    headers = response.headers
    headers["Server"] = "sfdcedge"
    headers["Date"] = format_datetime(request.app[WIRE].server_time(), usegmt=True)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Robots-Tag"] = "none"
    headers["Vary"] = "Accept-Encoding"
    headers.setdefault("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private")
    if response.content_type == "application/json":
        headers["Content-Type"] = "application/json;charset=UTF-8"
    call = request.get(CALL)
    if call is not None:
        finish_call(request, response, call)


def _refusal(refused: RestRefused) -> web.Response:
    return web.json_response(refused.body(), status=refused.status, headers=refused.headers)


def _struck(request: web.Request) -> web.Response | None:
    """The answer of a fault that takes the place of the real one."""
    board = request.app[WIRE].faults
    fault = board.strike(FaultKind.HTTP_503, request.path)
    if fault is not None:
        return _unavailable(fault)
    fault = board.strike(FaultKind.HTTP_HTML, request.path)
    if fault is not None:
        return web.Response(
            status=fault.status, text=_MAINTENANCE_PAGE, content_type="text/html", charset="UTF-8"
        )
    return None


def _unavailable(fault: Fault) -> web.Response:
    refused = RestRefused(503, "SERVER_UNAVAILABLE", "Server Unavailable")
    if fault.retry_after_s is not None:
        refused.headers["Retry-After"] = str(fault.retry_after_s)
    return _refusal(refused)


def _worth_compressing(request: web.Request, response: web.Response) -> bool:
    accepts = "gzip" in request.headers.get("Accept-Encoding", "").lower()
    return (
        accepts and isinstance(response.body, bytes) and len(response.body) > _COMPRESS_FROM_BYTES
    )
