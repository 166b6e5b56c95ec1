"""Describe: which objects there are, and what can be done with their fields."""

from aiohttp import web

from console.simulator.rest_call import CALL, RestCall, not_found
from console.simulator.tables import Field, Table
from console.simulator.wire import WIRE, Wire

_NO = (
    "activateable createable custom customSetting deletable deprecatedAndHidden feedEnabled"
    " hasSubtypes isSubtype layoutable mergeable mruEnabled replicateable searchable triggerable"
    " undeletable updateable"
)
_CANNOT = tuple(_NO.split())
"""What no object of the simulated org can do: its data are read-only."""
_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "datetime": "xsd:dateTime",
    "date": "xsd:date",
    "base64": "xsd:base64Binary",
}


def add_describe_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the object list and each object's description below ``base``."""
    for path in (f"{base}/sobjects", f"{base}/sobjects/"):
        router.add_get(path, describe_all)
    for path in (f"{base}/sobjects/{{name}}", f"{base}/sobjects/{{name}}/"):
        router.add_get(path, basic_information)
    for path in (f"{base}/sobjects/{{name}}/describe", f"{base}/sobjects/{{name}}/describe/"):
        router.add_get(path, describe_one)


async def describe_all(request: web.Request) -> web.Response:
    """``GET …/sobjects``: every object, without its fields."""
    return web.json_response(all_objects_body(request.app[WIRE], request[CALL]))


async def basic_information(request: web.Request) -> web.Response:
    """``GET …/sobjects/<name>``: one object without its fields, and no recent records."""
    call = request[CALL]
    table = visible_table(request.app[WIRE], call, request.match_info["name"])
    call.entity = table.name
    return web.json_response(basic_body(table, call.base))


async def describe_one(request: web.Request) -> web.Response:
    """``GET …/sobjects/<name>/describe``: one object with its fields."""
    call = request[CALL]
    table = visible_table(request.app[WIRE], call, request.match_info["name"])
    call.entity = table.name
    return web.json_response(describe_body(table, call.base))


def visible_table(wire: Wire, call: RestCall, name: str) -> Table:
    """The object of that name as the caller sees it; raises RestRefused 404 when there is none."""
    table = wire.world.table_for(call.grant.user, name, version=int(float(call.version)))
    if table is None:
        raise not_found()
    return table


def all_objects_body(wire: Wire, call: RestCall) -> dict[str, object]:
    """The global describe: what the caller may see."""
    world, user = wire.world, call.grant.user
    tables = [world.table_for(user, name) for name in world.sobject_names()]
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [_summary(table, call.base) for table in tables if table is not None],
    }


def basic_body(table: Table, base: str) -> dict[str, object]:
    """The basic information of one object."""
    return {"objectDescribe": _summary(table, base), "recentItems": []}


def describe_body(table: Table, base: str) -> dict[str, object]:
    """The whole description of one object."""
    relationships = {field: (name, to) for name, (to, field) in table.parents.items()}
    fields = [
        _field(field, *relationships.get(field.name, (None, None)))
        for field in table.fields.values()
    ]
    return {
        **_summary(table, base),
        "fields": fields,
        "childRelationships": [],
        "recordTypeInfos": [],
    }


def _summary(table: Table, base: str) -> dict[str, object]:
    here = f"{base}/sobjects/{table.name}"
    label = table.label or table.name
    return {
        "name": table.name,
        "label": label,
        "labelPlural": label,
        "keyPrefix": table.key_prefix or None,
        "queryable": True,
        "retrieveable": table.big_object is None,
        **dict.fromkeys(_CANNOT, False),
        "urls": {
            "sobject": here,
            "describe": f"{here}/describe",
            "rowTemplate": f"{here}/{{ID}}",
        },
    }


def _field(field: Field, relationship: str | None, parent: str | None) -> dict[str, object]:
    return {
        "name": field.name,
        "label": field.label or field.name,
        "type": field.type,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.groupable,
        "nillable": field.name != "Id",
        "createable": False,
        "updateable": False,
        "custom": False,
        "relationshipName": relationship,
        "referenceTo": [] if parent is None else [parent],
    }
