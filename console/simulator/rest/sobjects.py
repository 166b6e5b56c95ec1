"""Describe: which objects there are, and what can be done with their fields."""

from functools import partial

from aiohttp import web

from console.simulator.objects.tables import Table
from console.simulator.rest.call import CALL, RestCall, not_found
from console.simulator.rest.describe_shapes import object_shape, whole_shape
from console.simulator.web.wire import WIRE, Wire


def add_describe_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the object list and each object's description below ``base``, of both APIs."""
    for tooling, here in ((False, f"{base}/sobjects"), (True, f"{base}/tooling/sobjects")):
        for end in ("", "/"):
            router.add_get(f"{here}{end}", partial(describe_all, tooling=tooling))
            one = f"{here}/{{name}}"
            router.add_get(f"{one}{end}", partial(basic_information, tooling=tooling))
            router.add_get(f"{one}/describe{end}", partial(describe_one, tooling=tooling))


async def describe_all(request: web.Request, *, tooling: bool) -> web.Response:
    """``GET …/sobjects``: every object, without its fields."""
    return web.json_response(all_objects_body(request.app[WIRE], request[CALL], tooling=tooling))


async def basic_information(request: web.Request, *, tooling: bool) -> web.Response:
    """``GET …/sobjects/<name>``: one object without its fields, and no recent records."""
    call = request[CALL]
    table = visible_table(request.app[WIRE], call, request.match_info["name"], tooling=tooling)
    call.entity = table.name
    return web.json_response(basic_body(table, _base(call, tooling)))


async def describe_one(request: web.Request, *, tooling: bool) -> web.Response:
    """``GET …/sobjects/<name>/describe``: one object with its fields."""
    call = request[CALL]
    table = visible_table(request.app[WIRE], call, request.match_info["name"], tooling=tooling)
    call.entity = table.name
    return web.json_response(whole_shape(table, _base(call, tooling)))


def _base(call: RestCall, tooling: bool) -> str:
    return f"{call.base}/tooling" if tooling else call.base


def visible_table(wire: Wire, call: RestCall, name: str, *, tooling: bool = False) -> Table:
    """The object of that name as the caller sees it; raises RestRefused 404 when there is none."""
    version = int(float(call.version))
    table = wire.world.table_for(call.grant.user, name, tooling=tooling, version=version)
    if table is None:
        raise not_found()
    return table


def all_objects_body(wire: Wire, call: RestCall, *, tooling: bool = False) -> dict[str, object]:
    """The global describe: what the caller may see."""
    world, user, base = wire.world, call.grant.user, _base(call, tooling)
    see = partial(world.table_for, user, tooling=tooling, version=int(float(call.version)))
    tables = [see(name) for name in world.sobject_names(tooling)]
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [object_shape(table, base) for table in tables if table is not None],
    }


def basic_body(table: Table, base: str) -> dict[str, object]:
    """The basic information of one object."""
    return {"objectDescribe": object_shape(table, base), "recentItems": []}
