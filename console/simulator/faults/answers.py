"""The answers that stand in for the right one: errors, HTML pages, redirects, broken JSON.

Statuses, codes and messages: REST API guide, status codes and error responses; captured answers.
420 and 502 come from the edge in front of an org (same guide) and so as HTML.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType

from aiohttp import web

from console.simulator.faults.board import Fault, FaultBoard, FaultKind

JSON = "application/json"

_ERRORS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("JSON_PARSER_ERROR", "Unexpected character"),
        401: ("INVALID_SESSION_ID", "Session expired or invalid"),
        403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        404: ("NOT_FOUND", "The requested resource does not exist"),
        410: ("UNSUPPORTED_API_VERSION", "The requested resource has been retired or removed"),
        500: (
            "UNKNOWN_EXCEPTION",
            "An unexpected error occurred. Please include this ErrorId if you contact support: "
            "1234567890-12345 (1234567890)",
        ),
        503: ("SERVER_UNAVAILABLE", "Server Unavailable"),
    }
)
_LIMITS = {
    "total": "TotalRequests Limit exceeded.",
    "concurrent": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
}
_EDGE_STATUSES = (420, 502)
_PAGE_STATUS = {"maintenance": 503, "login": 200, "proxy": 407, "edge": 502}
_PAGES = {
    "maintenance": (
        "Down for maintenance",
        "<h1>We are down for maintenance.</h1><p>Sorry for the inconvenience.</p>",
    ),
    "login": (
        "Login | Salesforce",
        '<form method="post" action="/"><input name="username"><input type="password" name="pw">'
        '<input type="submit" value="Log In"></form>',
    ),
    "proxy": (
        "Proxy Authentication Required",
        "<h1>407 Proxy Authentication Required</h1><p>Your network asks who you are.</p>",
    ),
    "edge": ("Bad gateway", "<h1>The server did not answer.</h1>"),
}

IN_PLACE = (
    FaultKind.HTTP_ERROR,
    FaultKind.HTTP_503,
    FaultKind.HTTP_HTML,
    FaultKind.LIMIT_EXCEEDED,
    FaultKind.REDIRECT,
    FaultKind.INVALID_JSON,
    FaultKind.EMPTY_BODY,
    FaultKind.MAINTENANCE,
)
"""The kinds that answer in place of the org."""


def answer_in_place(
    board: FaultBoard, request: web.Request, server_time: datetime
) -> web.Response | None:
    """The answer of the oldest fault that takes the place of the right one, or None."""
    fault = board.strike_one_of(IN_PLACE, request.path)
    if fault is None:
        return None
    if fault.kind is FaultKind.HTTP_HTML:
        return _page(fault.text("page"), fault.count("status"))
    if fault.kind is FaultKind.LIMIT_EXCEEDED:
        return _error(request.path, 403, "REQUEST_LIMIT_EXCEEDED", _LIMITS[fault.text("which")])
    if fault.kind is FaultKind.REDIRECT:
        return _redirect(fault, request)
    if fault.kind is FaultKind.INVALID_JSON:
        return web.Response(text=fault.text("body"), content_type=JSON)
    if fault.kind is FaultKind.EMPTY_BODY:
        return web.Response(body=b"", content_type=JSON)
    if fault.kind is FaultKind.MAINTENANCE:
        return _maintenance(request.path)
    return _http_error(fault, request.path, server_time)


def _http_error(fault: Fault, path: str, server_time: datetime) -> web.Response:
    status = fault.count("status")
    code, message = _ERRORS.get(status, ("UNKNOWN_EXCEPTION", f"HTTP {status}"))
    if status in _EDGE_STATUSES and not fault.has("error_code"):
        response = _page("edge", status)
    else:
        code = fault.text("error_code") or code
        response = _error(path, status, code, fault.text("message") or message)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Token"
    if fault.has("retry_after_s"):
        wait_s = fault.count("retry_after_s")
        _put_retry_after(response, wait_s, server_time, as_date=fault.text("retry_after") == "date")
    return response


def _put_retry_after(
    response: web.Response, wait_s: int, server_time: datetime, *, as_date: bool
) -> None:
    until = server_time + timedelta(seconds=wait_s)
    response.headers["Retry-After"] = (
        format_datetime(until.replace(microsecond=0), usegmt=True) if as_date else str(wait_s)
    )


def _maintenance(path: str) -> web.Response:
    if path.startswith("/services/"):
        code, message = _ERRORS[503]
        return _error(path, 503, code, message)
    return _page("maintenance", 503)


def _error(path: str, status: int, code: str, message: str) -> web.Response:
    """An error in the shape of the API that was asked: OAuth's object, else REST's array."""
    if path.startswith("/services/oauth2/"):
        return web.json_response(
            {"error": code.lower(), "error_description": message}, status=status
        )
    return web.json_response([{"message": message, "errorCode": code}], status=status)


def _page(name: str, status: int) -> web.Response:
    title, body = _PAGES[name]
    response = web.Response(
        status=status or _PAGE_STATUS[name],
        text=f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>",
        content_type="text/html",
        charset="UTF-8",
    )
    if response.status == 407:
        response.headers["Proxy-Authenticate"] = 'Basic realm="proxy"'
    return response


def _redirect(fault: Fault, request: web.Request) -> web.Response:
    wished = fault.text("location")
    location = str(request.url) if wished == "itself" else wished
    return web.Response(status=fault.count("status"), headers={"Location": location})
