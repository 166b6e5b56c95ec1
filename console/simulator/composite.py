"""``POST /composite``: several reads in one call.

Up to 25 parts, at most five of them queries; the whole series costs one call and is logged once
(REST API guide, Composite). Parts may read records by query only: everything else that a real
composite takes is refused part by part. References between parts (``@{id.field}``) are too.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from aiohttp import web

from console.simulator.rest_call import (
    CALL,
    RestCall,
    RestRefused,
    check_version,
    not_found,
    version_and_resource,
)
from console.simulator.rest_query import MOST_PAGE_ROWS, Page, first_page, next_page
from console.simulator.wire import WIRE, Wire

MOST_PARTS = 25
MOST_QUERIES = 5

_REFERENCE_ID = re.compile(r"[A-Za-z0-9_]+")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


@dataclass(frozen=True, slots=True)
class Part:
    """One subrequest."""

    method: str
    url: str
    reference_id: str


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What one subrequest got."""

    status: int
    body: object
    reference_id: str

    def as_document(self) -> dict[str, object]:
        """The entry of ``compositeResponse``."""
        return {
            "body": self.body,
            "httpHeaders": {},
            "httpStatusCode": self.status,
            "referenceId": self.reference_id,
        }


def add_composite_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the composite resource below ``base``."""
    for path in (f"{base}/composite", f"{base}/composite/"):
        router.add_post(path, composite)


async def composite(request: web.Request) -> web.Response:
    """Answer every part; with ``allOrNone`` one failed part takes the others with it."""
    wire, call = request.app[WIRE], request[CALL]
    document = await _document(request)
    parts = _parts(document.get("compositeRequest"))
    answers = [_answer(wire, call, part) for part in parts]
    if document.get("allOrNone") is True and any(a.status >= 400 for a in answers):
        answers = [a if a.status >= 400 else _halted(a) for a in answers]
    return web.json_response({"compositeResponse": [a.as_document() for a in answers]})


async def _document(request: web.Request) -> dict[str, object]:
    try:
        document = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise RestRefused(400, "JSON_PARSER_ERROR", "The body is not readable JSON") from None
    if not isinstance(document, dict):
        raise RestRefused(400, "JSON_PARSER_ERROR", "The body must be a JSON object")
    return document


def _parts(listed: object) -> list[Part]:
    if not isinstance(listed, list) or not listed:
        raise RestRefused(400, "INVALID_INPUT", "compositeRequest must list the subrequests")
    if len(listed) > MOST_PARTS:
        raise RestRefused(
            400, "LIMIT_EXCEEDED", f"Maximum number of subrequests exceeded. Limit is {MOST_PARTS}"
        )
    parts = [_part(item) for item in listed]
    if len({part.reference_id.lower() for part in parts}) < len(parts):
        raise RestRefused(400, "INVALID_INPUT", "Every referenceId must be unique")
    queries = sum("/query" in urlsplit(part.url).path for part in parts)
    if queries > MOST_QUERIES:
        raise RestRefused(
            400, "LIMIT_EXCEEDED", f"Maximum number of query operations is {MOST_QUERIES}"
        )
    return parts


def _part(item: object) -> Part:
    fields = item if isinstance(item, dict) else {}
    method, url, reference_id = (fields.get(key) for key in ("method", "url", "referenceId"))
    if not (isinstance(method, str) and isinstance(url, str) and isinstance(reference_id, str)):
        raise RestRefused(400, "INVALID_INPUT", "Each subrequest needs method, url and referenceId")
    if _REFERENCE_ID.fullmatch(reference_id) is None:
        raise RestRefused(400, "INVALID_INPUT", f"Invalid referenceId: {reference_id}")
    return Part(method.upper(), url, reference_id)


def _answer(wire: Wire, call: RestCall, part: Part) -> PartAnswer:
    try:
        return PartAnswer(200, _page(wire, call, part).body, part.reference_id)
    except RestRefused as refused:
        return PartAnswer(refused.status, refused.body(), part.reference_id)


def _page(wire: Wire, call: RestCall, part: Part) -> Page:
    if "@{" in part.url:
        raise RestRefused(400, "INVALID_INPUT", "References between subrequests are not supported")
    address = urlsplit(part.url)
    version, resource = version_and_resource(unquote(address.path)) or (0, "")
    read = _reader(resource.rstrip("/"))
    if read is None:
        raise not_found()
    if part.method != "GET":
        raise RestRefused(
            405,
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{part.method}' not allowed. Allowed are GET,HEAD",
        )
    check_version(version)
    return read(wire, RestCall(call.grant, f"{version}.0", call.request_id), address.query)


def _reader(resource: str) -> Callable[[Wire, RestCall, str], Page] | None:
    if resource in ("/query", "/queryAll"):
        return _read_first
    if resource.startswith("/query/"):
        locator = resource.removeprefix("/query/")
        return lambda wire, call, _query: next_page(wire, call, locator, tooling=False)
    return None


def _read_first(wire: Wire, call: RestCall, query: str) -> Page:
    text = parse_qs(query).get("q", [""])[0]
    return first_page(wire, call, text, MOST_PAGE_ROWS, tooling=False)


def _halted(answer: PartAnswer) -> PartAnswer:
    body = [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}]
    return PartAnswer(400, body, answer.reference_id)
