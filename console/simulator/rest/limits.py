"""``GET …/limits``: every limit of the org, as a copy up to five minutes old.

Names, nesting and permissions: REST API guide, Limits, and the answers of real orgs.
"""

from datetime import UTC, datetime

from aiohttp import web

from console.simulator.rest.call import CALL, RestCall, RestRefused
from console.simulator.rest.limits_table import MONTHLY_EVENTS, NESTED_BY_APP, NESTED_UNTIL
from console.simulator.web.wire import WIRE, Wire

LIMITS_COPY_S = 300
"""``/limits`` is right to within five minutes (REST API guide, Limits): its copy is that old."""

_STORAGE = ("DataStorageMB", "FileStorageMB")
_BATCHES_RENAMED_IN = 49
"""DailyBulkApiBatches was called DailyBulkApiRequests up to 48.0 (REST API guide, Limits)."""
_MONTHLY_RENAMED_IN = 48
"""MonthlyPlatformEventsUsageEntitlement was called MonthlyPlatformEvents up to 47.0."""

Gauge = dict[str, object]


def add_limits_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the limits below ``base``."""
    for path in (f"{base}/limits", f"{base}/limits/"):
        router.add_get(path, limits)


async def limits(request: web.Request) -> web.Response:
    """The whole list; 403 for a user who may not view the setup."""
    return web.json_response(limits_body(request.app[WIRE], request[CALL]))


def limits_body(wire: Wire, call: RestCall) -> dict[str, Gauge]:
    """The limits as this caller sees them; raises RestRefused without View Setup.

    What real orgs answer without that permission is not known.
    """
    world, user = wire.world, call.grant.user
    if not world.access.may_read_limits(user):
        raise RestRefused(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
    copied_s = int(world.now().timestamp()) // LIMITS_COPY_S * LIMITS_COPY_S
    nested = world.nested_limits()
    body = {
        name: _gauge(value) | {part: _gauge(inner) for part, inner in nested.get(name, {}).items()}
        for name, value in world.limits(datetime.fromtimestamp(copied_s, UTC)).items()
    }
    if not world.access.may_read_storage(user):
        for name in _STORAGE:
            body.pop(name, None)
    version = int(float(call.version))
    if wire.options.rest.event_add_on:
        body[_monthly_name(version)] = _gauge(MONTHLY_EVENTS)
    if wire.options.rest.app_quotas and version <= NESTED_UNTIL:
        _nest_apps(body, [app.name for app in world.facts.apps if app.kind == "connected_app"])
    if version < _BATCHES_RENAMED_IN and "DailyBulkApiBatches" in body:
        body["DailyBulkApiRequests"] = body.pop("DailyBulkApiBatches")
    return dict(sorted(body.items()))


def _monthly_name(version: int) -> str:
    is_old = version < _MONTHLY_RENAMED_IN
    return "MonthlyPlatformEvents" if is_old else "MonthlyPlatformEventsUsageEntitlement"


def _nest_apps(body: dict[str, Gauge], app_names: list[str]) -> None:
    """Old orgs show a slot for each connected app, always 0 of 0: a quota nobody set, no usage."""
    for name in NESTED_BY_APP:
        if name in body:
            body[name] |= {app: _gauge((0, 0)) for app in app_names}


def _gauge(limit: tuple[int, int]) -> Gauge:
    most, remaining = limit
    return {"Max": most, "Remaining": remaining}
