"""The frame around every request to the simulated org: refusals, headers, compression.

Faults have a frame of their own between these: `console.simulator.faults.frame`.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext
from email.utils import format_datetime

from aiohttp import web

from console.simulator.faults.frame import CONTROL_PATH, SPOILED
from console.simulator.rest.call import (
    CALL,
    RestRefused,
    begin_call,
    client_name,
    finish_call,
    not_allowed,
    not_found,
)
from console.simulator.web.request_bodies import UnreadableBody, json_of
from console.simulator.web.wire import WIRE

MOST_URI_CHARACTERS = 16_384
"""REST API guide, status codes: 414 beyond that; 431 where the headers go beyond it too."""

_REST_ROOT = "/services/data"
_METHODS = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE")
"""The order in which a 405 lists what is allowed (observed)."""
_COOKIES = (
    "CookieConsentPolicy=0:1; path=/; Max-Age=31536000",
    "LSKey-c$CookieConsentPolicy=0:1; path=/; Max-Age=31536000",
    "BrowserId=c2ltdWxhdGVkLW9yZy0wMDAwMDE; path=/; Max-Age=31536000",
)
_VERSION_LIST = ("/services/data", "/services/data/")
_COMPRESS_FROM_BYTES = 1_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def org_frame(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bring the world up to date, count the request, compress the answer."""
    wire = request.app[WIRE]
    wire.world.advance()
    if request.path.startswith(CONTROL_PATH):
        return await _answered(request, handler)
    wire.tally.note(request.path, client_name(request) or request.headers.get("User-Agent", ""))
    is_rest = request.path.startswith(_REST_ROOT)
    with wire.running.running() if is_rest else nullcontext():
        response = await _answered(request, handler)
    if is_rest and request.headers.get("X-PrettyPrint") in ("1", "true"):
        _print_pretty(response)
    if isinstance(response, web.Response) and _worth_compressing(request, response):
        response.enable_compression(web.ContentCoding.gzip)
    return response


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The handler's answer, or a refusal of a body that is not compressed as its header says."""
    try:
        return await handler(request)
    except web.RequestPayloadError:
        return web.Response(status=400, text="Bad Request")


@web.middleware
async def rest_frame(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Admit calls to the REST API and turn refusals into its error array."""
    if not request.path.startswith(_REST_ROOT) or request.path in _VERSION_LIST:
        return await handler(request)
    try:
        if len(request.path_qs) > MOST_URI_CHARACTERS:
            raise RestRefused(414, "URI_TOO_LONG", "The length of the URI exceeds the limit")
        if len(request.path_qs) + _length_of(request.raw_headers) > MOST_URI_CHARACTERS:
            raise RestRefused(
                431, "REQUEST_HEADER_TOO_LARGE", "The URI and the headers exceed the limit"
            )
        begin_call(request)
        return await handler(request)
    except RestRefused as refused:
        return _refusal(refused)
    except web.HTTPMethodNotAllowed as wrong:
        allowed = [method for method in _METHODS if method in wrong.allowed_methods]
        return _refusal(not_allowed(request.method, *allowed))
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
        for cookie in _COOKIES:
            headers.add("Set-Cookie", cookie)


def _length_of(raw_headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes that the headers took on the wire, with their colons and line ends."""
    return sum(len(name) + len(value) + 4 for name, value in raw_headers)


def _print_pretty(response: web.StreamResponse) -> None:
    """``X-PrettyPrint: 1``: the same JSON for people's eyes."""
    is_json = response.content_type == "application/json"
    if not (isinstance(response, web.Response) and is_json and not response.prepared):
        return
    try:
        document = json_of(response.text.encode() if response.text else b"")
    except UnreadableBody:  # empty, or spoilt on purpose
        return
    response.text = json.dumps(document, indent=2)


def _refusal(refused: RestRefused) -> web.Response:
    return web.json_response(refused.body(), status=refused.status, headers=refused.headers)


def _worth_compressing(request: web.Request, response: web.Response) -> bool:
    accepts = "gzip" in request.headers.get("Accept-Encoding", "").lower()
    return (
        accepts
        and SPOILED not in request
        and isinstance(response.body, bytes)
        and len(response.body) > _COMPRESS_FROM_BYTES
    )
