"""``POST /composite/batch``: independent reads in one request, each of which costs a call.

Up to 25 parts from 34.0 on and no newer than the batch itself; ``haltOnError`` answers the rest
with 412 (REST API guide, Composite Batch).
"""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from aiohttp import web

from console.simulator.rest.call import (
    CALL,
    RestCall,
    RestRefused,
    Subrequest,
    check_version,
    not_allowed,
    not_found,
    version_and_resource,
)
from console.simulator.rest.composite import MOST_PARTS, json_object
from console.simulator.rest.reads import Reading, reader_of
from console.simulator.web.wire import WIRE, Wire

FIRST_VERSION = 34

_ROOT = "/services/data/"


def add_batch_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the batch resource below ``base``."""
    for path in (f"{base}/composite/batch", f"{base}/composite/batch/"):
        router.add_post(path, batch)


async def batch(request: web.Request) -> web.Response:
    """Answer the parts in order; with ``haltOnError`` none after the first that fails."""
    wire, call = request.app[WIRE], request[CALL]
    document = await json_object(request)
    listed = document.get("batchRequests")
    if not isinstance(listed, list) or not listed:
        raise RestRefused(400, "INVALID_INPUT", "batchRequests must list the subrequests")
    if len(listed) > MOST_PARTS:
        raise RestRefused(
            400, "LIMIT_EXCEEDED", f"Maximum number of subrequests exceeded. Limit is {MOST_PARTS}"
        )
    results: list[dict[str, object]] = []
    has_errors = False
    for item in listed:
        if has_errors and document.get("haltOnError") is True:
            results.append(_result(412, _HALTED))
            continue
        status, body = _answer(wire, call, item if isinstance(item, dict) else {})
        has_errors = has_errors or status >= 400
        results.append(_result(status, body))
    return web.json_response({"hasErrors": has_errors, "results": results})


_HALTED = [
    {
        "errorCode": "BATCH_PROCESSING_HALTED",
        "message": "Batch processing halted per request's haltOnError setting.",
    }
]


def _result(status: int, body: object) -> dict[str, object]:
    return {"statusCode": status, "result": body}


def _answer(wire: Wire, call: RestCall, item: Mapping[str, object]) -> tuple[int, object]:
    method, url = str(item.get("method", "")).upper(), str(item.get("url", ""))
    own_call = RestCall(call.grant, call.version, call.request_id)
    status, body = 200, None
    try:
        body = _read(wire, own_call, int(float(call.version)), method, url)
    except RestRefused as refused:
        status, body = refused.status, refused.body()
    resource = "/" + urlsplit(_path_of(url)).path.removeprefix(_ROOT)
    part = Subrequest(method or "GET", resource, own_call.version, status, own_call.entity)
    call.subrequests.append(part)
    return status, body


def _read(wire: Wire, own_call: RestCall, outer: int, method: str, url: str) -> object:
    parsed = urlsplit(_path_of(url))
    found = version_and_resource(unquote(parsed.path), wire.versions)
    if found is None:
        raise not_found()
    version, resource = found
    own_call.version = f"{version}.0"
    words = tuple(word for word in resource.split("/") if word)
    if not FIRST_VERSION <= version <= outer:
        raise RestRefused(
            400,
            "INVALID_INPUT",
            f"The version of a subrequest must be from {FIRST_VERSION}.0 to {outer}.0",
        )
    check_version(version, wire.versions)
    read = reader_of(words, with_limits=True)
    if method not in ("GET", "HEAD"):
        raise not_allowed(method, "HEAD", "GET")
    return read(Reading(wire, own_call, words, parsed.query))


def _path_of(url: str) -> str:
    """A part's URL begins at its version: ``v66.0/limits``. Whole paths are taken too."""
    path = url.lstrip("/")
    return "/" + path if path.startswith("services/data/") else _ROOT + path
