"""The REST resources that are neither data nor limits: versions, the resource map, log files."""

import asyncio

from aiohttp import web

from console.simulator.oauth.answers import identity_of
from console.simulator.rest.call import CALL, not_found
from console.simulator.web.wire import WIRE

_LISTED = (
    "tooling metadata eclair folders prechatForms contact-tracing jsonxform chatter payments tabs"
    " appMenu quickActions queryAll commerce wave iot analytics search smartdatadiscovery composite"
    " parameterizedSearch fingerprint theme nouns domino event serviceTemplates recent connect"
    " licensing limits process dedupe async-queries query jobs localizedvalue mobile emailConnect"
    " consent tokenizer compactLayouts async sobjects actions support"
)
RESOURCES = tuple(_LISTED.split())
"""What the resource map of 66.0 lists (REST API guide, resources by version). Most of it belongs
to features that are not simulated; those paths answer 404."""

_SEASONS = ("Spring", "Summer", "Winter")


def add_version_routes(router: web.UrlDispatcher) -> None:
    """Serve the version list."""
    for path in ("/services/data", "/services/data/"):
        router.add_get(path, versions)


def add_rest_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the resource map and log files below ``base``, the versioned root."""
    for path in (base, f"{base}/"):
        router.add_get(path, resources)
    router.add_get(f"{base}/sobjects/EventLogFile/{{file_id}}/LogFile", log_file)


async def versions(request: web.Request) -> web.Response:
    """``GET /services/data``: every version that answers, oldest first; needs no token."""
    rules = request.app[WIRE].versions
    return web.json_response(
        [
            {
                "label": _release_name(number),
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number in range(rules.oldest, rules.newest + 1)
        ]
    )


def _release_name(number: int) -> str:
    """Three releases a year; 66.0 was Spring '26."""
    season = number % 3
    year = 26 + (number - 66) // 3 + (season == 2)
    return f"{_SEASONS[season]} '{year}"


async def resources(request: web.Request) -> web.Response:
    """``GET /services/data/vXX.0``: resource names and their paths, and the identity URL."""
    call = request[CALL]
    paths = {name: f"{call.base}/{name}" for name in RESOURCES}
    return web.json_response({**paths, "identity": identity_of(request.app[WIRE], call.grant)})


async def log_file(request: web.Request) -> web.StreamResponse:
    """``GET …/sobjects/EventLogFile/<id>/LogFile``: the CSV, chunked, compressed when accepted."""
    world, call = request.app[WIRE].world, request[CALL]
    call.entity = "EventLogFile"
    may_read = world.access.may_read(call.grant.user, call.entity)
    chunks = world.log_file_body(request.match_info["file_id"]) if may_read else None
    if chunks is None:
        raise not_found()
    response = web.StreamResponse(headers={"Content-Type": "application/octetstream"})
    response.enable_chunked_encoding()
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.enable_compression(web.ContentCoding.gzip)
    await response.prepare(request)
    for chunk in chunks:
        await response.write(chunk)
        await asyncio.sleep(0)  # other clients get their turn while a large file is generated
    await response.write_eof()
    return response
