"""``POST /composite``: several reads in one call, later ones with values from earlier ones.

Up to 25 parts, at most five of them queries or collections; the whole series costs one call and is
logged once (REST API guide, Composite). The simulated org's data are read-only: parts that would
write are refused as such.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aiohttp import web

from console.simulator.rest.call import (
    CALL,
    RestCall,
    RestRefused,
    check_version,
    not_allowed,
    not_found,
    version_and_resource,
)
from console.simulator.rest.composite_references import ReferenceUnknown, with_values
from console.simulator.rest.reads import Reading, counts_as_query, reader_of
from console.simulator.web.request_bodies import UnreadableBody, json_of
from console.simulator.web.wire import WIRE, Wire

MOST_PARTS = 25
MOST_QUERIES = 5

_REFERENCE_ID = re.compile(r"[A-Za-z0-9_]+")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."
_MEMBERS = ("tree", "batch", "sobjects", "graph")


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
        router.add_get(path, members)


async def members(request: web.Request) -> web.Response:
    """``GET …/composite``: the paths of the composite resources."""
    base = request[CALL].base
    return web.json_response({name: f"{base}/composite/{name}" for name in _MEMBERS})


async def composite(request: web.Request) -> web.Response:
    """Answer every part; with ``allOrNone`` one failed part takes the others with it."""
    wire, call = request.app[WIRE], request[CALL]
    document = await json_object(request)
    parts = _parts(wire, document.get("compositeRequest"))
    answers: list[PartAnswer] = []
    answered: dict[str, object] = {}
    for part in parts:
        answer = _answer(wire, call, part, answered)
        answers.append(answer)
        if answer.status < 400:
            answered[part.reference_id] = answer.body
    if document.get("allOrNone") is True and any(a.status >= 400 for a in answers):
        answers = [a if a.status >= 400 else _halted(a.reference_id, _HALTED) for a in answers]
    return web.json_response({"compositeResponse": [a.as_document() for a in answers]})


async def json_object(request: web.Request) -> dict[str, object]:
    """The request's body as a JSON object; raises RestRefused 400 for anything else."""
    try:
        document = json_of(await request.read())
    except UnreadableBody:
        raise RestRefused(400, "JSON_PARSER_ERROR", "The body is not readable JSON") from None
    if not isinstance(document, dict):
        raise RestRefused(400, "JSON_PARSER_ERROR", "The body must be a JSON object")
    return document


def _parts(wire: Wire, listed: object) -> list[Part]:
    if not isinstance(listed, list) or not listed:
        raise RestRefused(400, "INVALID_INPUT", "compositeRequest must list the subrequests")
    if len(listed) > MOST_PARTS:
        raise RestRefused(
            400, "LIMIT_EXCEEDED", f"Maximum number of subrequests exceeded. Limit is {MOST_PARTS}"
        )
    parts = [_part(item) for item in listed]
    if len({part.reference_id.lower() for part in parts}) < len(parts):
        raise RestRefused(400, "INVALID_INPUT", "Every referenceId must be unique")
    if sum(counts_as_query(_address(wire, part.url)[1]) for part in parts) > MOST_QUERIES:
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


def _address(wire: Wire, url: str) -> tuple[int, tuple[str, ...], str]:
    """Version, resource in words, and query of a part's URL; no words outside the REST API."""
    try:
        parsed = urlsplit(url)
    except ValueError:
        return 0, (), ""
    found = version_and_resource(unquote(parsed.path), wire.versions)
    if found is None or parsed.netloc:
        return 0, (), ""
    return found[0], tuple(word for word in found[1].split("/") if word), parsed.query


def _answer(wire: Wire, call: RestCall, part: Part, answered: Mapping[str, object]) -> PartAnswer:
    try:
        url = with_values(part.url, answered)
    except ReferenceUnknown as unknown:
        return _halted(part.reference_id, str(unknown))
    try:
        return PartAnswer(200, _read(wire, call, part.method, url), part.reference_id)
    except RestRefused as refused:
        return PartAnswer(refused.status, refused.body(), part.reference_id)


def _read(wire: Wire, call: RestCall, method: str, url: str) -> object:
    version, words, query = _address(wire, url)
    if not words:
        raise not_found()
    read = reader_of(words, with_limits=False)
    if method not in ("GET", "HEAD"):
        raise not_allowed(method, "HEAD", "GET")
    check_version(version, wire.versions)
    own_call = RestCall(call.grant, f"{version}.0", call.request_id)
    return read(Reading(wire, own_call, words, query))


def _halted(reference_id: str, message: str) -> PartAnswer:
    body = [{"errorCode": "PROCESSING_HALTED", "message": message}]
    return PartAnswer(400, body, reference_id)
