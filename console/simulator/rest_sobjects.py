"""Describe: which objects there are, and what can be done with their fields."""

from aiohttp import web

from console.simulator.rest_call import CALL, not_found
from console.simulator.tables import Field, Table
from console.simulator.wire import WIRE

OBJECTS = (
    "ApiEvent",
    "AppMenuItem",
    "ConnectedApplication",
    "EventLogFile",
    "ExternalClientApplication",
    "ExtlClntAppOauthConsumer",
    "ExtlClntAppOauthPlcyCnfg",
    "ExtlClntAppOauthSettings",
    "ExtlClntAppPlcyCnfg",
    "LoginEvent",
    "LoginHistory",
    "OauthToken",
    "Organization",
    "PermissionSet",
    "PermissionSetAssignment",
    "Profile",
    "SetupEntityAccess",
    "User",
    "UserLicense",
)
"""The objects that the simulated org may have; those it has not are left out."""

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
    for path in (f"{base}/sobjects/{{name}}/describe", f"{base}/sobjects/{{name}}/describe/"):
        router.add_get(path, describe_one)


async def describe_all(request: web.Request) -> web.Response:
    """``GET …/sobjects``: every object, without its fields."""
    world, user = request.app[WIRE].world, request[CALL].grant.user
    base = request[CALL].base
    tables = [table for name in OBJECTS if (table := world.table_for(user, name)) is not None]
    body = {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [_summary(table, base) for table in tables],
    }
    return web.json_response(body)


async def describe_one(request: web.Request) -> web.Response:
    """``GET …/sobjects/<name>/describe``: one object with its fields."""
    call = request[CALL]
    table = request.app[WIRE].world.table_for(call.grant.user, request.match_info["name"])
    if table is None:
        raise not_found()
    call.entity = table.name
    relationships = {field: (name, to) for name, (to, field) in table.parents.items()}
    fields = [
        _field(field, *relationships.get(field.name, (None, None)))
        for field in table.fields.values()
    ]
    return web.json_response({**_summary(table, call.base), "fields": fields})


def _summary(table: Table, base: str) -> dict[str, object]:
    here = f"{base}/sobjects/{table.name}"
    return {
        "name": table.name,
        "label": table.label or table.name,
        "keyPrefix": table.key_prefix or None,
        "queryable": True,
        "createable": False,
        "updateable": False,
        "deletable": False,
        "custom": False,
        "urls": {"sobject": here, "describe": f"{here}/describe", "rowTemplate": f"{here}/{{ID}}"},
    }


def _field(field: Field, relationship: str | None, parent: str | None) -> dict[str, object]:
    return {
        "name": field.name,
        "type": field.type,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "filterable": field.filterable,
        "sortable": field.sortable,
        "groupable": field.groupable,
        "relationshipName": relationship,
        "referenceTo": [] if parent is None else [parent],
    }
