"""The REST resources besides queries: versions, the resource map, limits, blobs, app usage."""

import asyncio
from datetime import UTC, datetime

from aiohttp import web

from console.simulator.oauth import identity_of
from console.simulator.rest_call import CALL, not_found
from console.simulator.wire import NEWEST_VERSION, OLDEST_VERSION, WIRE

LIMITS_COPY_S = 300
"""``/limits`` is right to within five minutes (REST API guide, Limits): its copy is that old."""

_RESOURCES = ("tooling", "queryAll", "limits", "query", "sobjects", "composite", "apps/oauth/usage")
_SEASONS = ("Spring", "Summer", "Winter")
_MOST_PAGE_APPS = 200


def add_rest_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the version list and the plain resources below ``base``, the versioned root."""
    for path in ("/services/data", "/services/data/"):
        router.add_get(path, versions)
    for path in (base, f"{base}/"):
        router.add_get(path, resources)
    for path in (f"{base}/limits", f"{base}/limits/"):
        router.add_get(path, limits)
    router.add_get(f"{base}/sobjects/EventLogFile/{{file_id}}/LogFile", log_file)
    router.add_get(f"{base}/apps/oauth/usage", app_usage)


async def versions(request: web.Request) -> web.Response:
    """``GET /services/data``: every version that answers, oldest first; needs no token."""
    return web.json_response(
        [
            {
                "label": _release_name(number),
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number in range(OLDEST_VERSION, NEWEST_VERSION + 1)
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
    paths = {name.split("/")[0]: f"{call.base}/{name}" for name in _RESOURCES}
    return web.json_response({**paths, "identity": identity_of(request.app[WIRE], call.grant)})


async def limits(request: web.Request) -> web.Response:
    """``GET …/limits``: every limit's Max and Remaining, as a copy up to five minutes old."""
    world = request.app[WIRE].world
    copied_s = int(world.now().timestamp()) // LIMITS_COPY_S * LIMITS_COPY_S
    values = world.limits(datetime.fromtimestamp(copied_s, UTC))
    nested = world.nested_limits()
    return web.json_response(
        {
            name: _gauge(value)
            | {part: _gauge(inner) for part, inner in nested.get(name, {}).items()}
            for name, value in values.items()
        }
    )


def _gauge(limit: tuple[int, int]) -> dict[str, object]:
    most, remaining = limit
    return {"Max": most, "Remaining": remaining}


async def log_file(request: web.Request) -> web.StreamResponse:
    """``GET …/sobjects/EventLogFile/<id>/LogFile``: the CSV, chunked, compressed when accepted."""
    request[CALL].entity = "EventLogFile"
    chunks = request.app[WIRE].world.log_file_body(request.match_info["file_id"])
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


async def app_usage(request: web.Request) -> web.Response:
    """``GET …/apps/oauth/usage``: External Client Apps with usage data, page by page.

    ``nextPageUrl`` is there even on the last page, and a page past the end is empty (observed by
    tools that read it).
    """
    call = request[CALL]
    apps: list[dict[str, object]] = [
        {
            "accessTokenFormat": "Opaque",
            "availableActions": [],
            "description": app.description,
            "developerName": app.developer_name,
            "identifier": app.app_id,
            "isFromPackage": app.namespace is not None,
            "label": app.name,
            "usageDetailsUrl": f"{call.base}/apps/oauth/usage/{app.app_id}/users",
        }
        for app in request.app[WIRE].world.facts.apps
        if app.kind == "external_client_app" and app.token_uses > 0
    ]
    page = _whole(request.query.get("page"), 0)
    size = min(max(_whole(request.query.get("pageSize"), 100), 1), _MOST_PAGE_APPS)
    here = f"{call.base}/apps/oauth/usage?pageSize={size}&page="
    return web.json_response(
        {
            "apps": apps[page * size : (page + 1) * size],
            "currentPageUrl": f"{here}{page}",
            "nextPageUrl": f"{here}{page + 1}",
        }
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else default
