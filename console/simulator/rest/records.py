"""One record by its id, several by their ids, and a record's blob.

Shapes: REST API guide, sObject Rows, sObject Collections, sObject Blob Get.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qs

from aiohttp import web

from console.simulator.objects.tables import Table
from console.simulator.rest.call import CALL, RestCall, RestRefused, not_found
from console.simulator.rest.query import MOST_PAGE_ROWS, first_page
from console.simulator.rest.sobjects import visible_table
from console.simulator.web.request_bodies import UnreadableBody, json_of
from console.simulator.web.wire import WIRE, Wire

MOST_RECORDS = 2_000
"""Records of one retrieve."""

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_NAME = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*")

Record = dict[str, object]


def add_record_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve records below ``base``; objects and their descriptions have routes of their own."""
    router.add_get(f"{base}/sobjects/{{name}}/{{record_id}}", one_record)
    router.add_get(f"{base}/sobjects/{{name}}/{{record_id}}/{{field}}", blob)
    router.add_get(f"{base}/composite/sobjects/{{name}}", retrieve)
    router.add_post(f"{base}/composite/sobjects/{{name}}", retrieve)


async def one_record(request: web.Request) -> web.Response:
    """``GET …/sobjects/<name>/<id>``: all fields, or those that ``?fields=`` names."""
    call, named = request[CALL], request.match_info
    body = record_body(
        request.app[WIRE], call, named["name"], named["record_id"], request.rel_url.query_string
    )
    return web.json_response(body)


async def blob(request: web.Request) -> web.Response:
    """The blob of a record: only log files have one, and they have a route of their own."""
    raise not_found()


async def retrieve(request: web.Request) -> web.Response:
    """``…/composite/sobjects/<name>``: records in the order of their ids, null for an unknown one.

    Ids and fields come as comma-separated parameters, or by POST as a JSON object.
    """
    call = request[CALL]
    if request.method == "POST":
        ids, fields = _posted(await request.read())
    else:
        ids = _listed(request.query.get("ids", ""))
        fields = _listed(request.query.get("fields", ""))
    name = request.match_info["name"]
    return web.json_response(records_body(request.app[WIRE], call, name, ids, fields))


def record_body(wire: Wire, call: RestCall, name: str, record_id: str, query: str) -> Record:
    """One record; raises RestRefused 404 when there is none, 400 for fields that are not."""
    table = visible_table(wire, call, name)
    call.entity = table.name
    wished = _listed(parse_qs(query).get("fields", [""])[0])
    found = _records(wire, call, table, [record_id], wished)
    if not found:
        raise not_found()
    return found[0]


def records_body(
    wire: Wire, call: RestCall, name: str, ids: Sequence[str], fields: Sequence[str]
) -> list[Record | None]:
    """Records in the order of ``ids``; raises RestRefused for what cannot be asked."""
    table = visible_table(wire, call, name)
    call.entity = table.name
    if not ids or not fields:
        raise RestRefused(400, "INVALID_INPUT", "ids and fields must be given")
    if len(ids) > MOST_RECORDS:
        raise RestRefused(400, "EXCEEDED_ID_LIMIT", f"record limit reached: {MOST_RECORDS}")
    found = {
        str(record.get("Id"))[:15]: record
        for record in _records(wire, call, table, ids, ["Id", *fields])
    }
    return [found.get(each[:15]) for each in ids]


def _records(
    wire: Wire, call: RestCall, table: Table, ids: Sequence[str], wished: Sequence[str]
) -> list[Record]:
    known = [each for each in ids if _ID.fullmatch(each)]
    if table.big_object is not None or "Id" not in table.fields or not known:
        return []
    for name in wished:
        if _NAME.fullmatch(name) is None:
            raise RestRefused(400, "INVALID_FIELD", f"No such column '{name}'")
    columns = dict.fromkeys(wished) or table.fields
    listed = ", ".join(f"'{each}'" for each in known)
    text = f"SELECT {', '.join(columns)} FROM {table.name} WHERE Id IN ({listed})"  # noqa: S608
    # The row in the logs is that of the caller's request, which has no SOQL.
    page = first_page(wire, replace(call), text, MOST_PAGE_ROWS, tooling=False)
    records = page.body["records"]
    call.rows = page.rows
    return records if isinstance(records, list) else []


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _posted(body: bytes) -> tuple[list[str], list[str]]:
    try:
        document = json_of(body)
    except UnreadableBody:
        raise RestRefused(400, "JSON_PARSER_ERROR", "The body is not readable JSON") from None
    fields = document if isinstance(document, dict) else {}
    ids, names = fields.get("ids"), fields.get("fields")
    if not isinstance(ids, list) or not isinstance(names, list):
        raise RestRefused(400, "JSON_PARSER_ERROR", "ids and fields must be lists")
    return [str(each) for each in ids], [str(each) for each in names]
