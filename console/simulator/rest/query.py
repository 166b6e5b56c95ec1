"""Query, QueryMore, QueryAll and the Tooling query, for HTTP handlers and for composite parts.

Shapes: REST API guide, Query and Query More; Tooling API guide, Tooling Query.
"""

import asyncio
import re
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from console.simulator.rest.call import CALL, RestCall, RestRefused
from console.simulator.rest.cursors import Cursor
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import Record, records_of, total_of
from console.simulator.soql.run import Answer, run
from console.simulator.web.wire import WIRE, Wire

FEWEST_PAGE_ROWS = 200
MOST_PAGE_ROWS = 2_000
"""Bounds of ``Sforce-Query-Options: batchSize`` (REST API guide, query options header)."""

_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d{1,9})", re.IGNORECASE)
_LOCATOR = re.compile(r"(01g[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?)-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer, ready to be sent."""

    body: Record
    entity: str
    query: str
    rows: int


def add_query_routes(router: web.UrlDispatcher, base: str) -> None:
    """Serve the query resources below ``base``, the versioned root."""
    for path in (f"{base}/query", f"{base}/query/"):
        router.add_get(path, partial(_query, operation="Query", tooling=False))
    for path in (f"{base}/queryAll", f"{base}/queryAll/"):
        router.add_get(path, partial(_query, operation="QueryAll", tooling=False))
    for path in (f"{base}/tooling/query", f"{base}/tooling/query/"):
        router.add_get(path, partial(_query, operation="", tooling=True))
    for path, tooling in ((f"{base}/query", False), (f"{base}/tooling/query", True)):
        router.add_get(f"{path}/{{locator}}", partial(_query_more, tooling=tooling))
        router.add_delete(f"{path}/{{locator}}", _forget)


async def _query(request: web.Request, *, operation: str, tooling: bool) -> web.Response:
    call = request[CALL]
    text = request.query.get("q", "")
    for _ in request.app[WIRE].world.query_prepare(text):
        await asyncio.sleep(0)  # other clients get their turn while a month of logs is measured
    page = first_page(request.app[WIRE], call, text, _wished_rows(request), tooling=tooling)
    _describe(call, page, operation)
    return web.json_response(page.body)


async def _query_more(request: web.Request, *, tooling: bool) -> web.Response:
    call = request[CALL]
    page = next_page(request.app[WIRE], call, request.match_info["locator"], tooling=tooling)
    _describe(call, page, "" if tooling else "QueryMore")
    return web.json_response(page.body)


async def _forget(request: web.Request) -> web.Response:
    """Close a cursor before its time."""
    cursor, _ = _cursor_of(request.app[WIRE], request[CALL], request.match_info["locator"])
    request.app[WIRE].cursors.drop(cursor)
    return web.Response(status=204)


def first_page(wire: Wire, call: RestCall, text: str, wished_rows: int, *, tooling: bool) -> Page:
    """Run ``text`` and give the first page; raises RestRefused 400 with the parser's message."""
    if not text.strip():
        raise RestRefused(400, "MALFORMED_QUERY", "SOQL query string not specified")
    call.query = text
    now = wire.world.now()
    try:
        find_table = partial(
            wire.world.table_for, call.grant.user, tooling=tooling, version=int(float(call.version))
        )
        answer = run(text, find_table, now)
    except SoqlError as error:
        raise RestRefused(400, error.code, error.message(text)) from None
    page_rows = min(wished_rows, answer.table.page_rows)
    locator = None
    if total_of(answer) > page_rows:
        cursor = wire.cursors.keep(answer, page_rows, text, call.grant.user.user_id, now)
        locator = cursor.locator
    return _page(answer, call, text, 0, page_rows, locator, tooling=tooling)


def next_page(wire: Wire, call: RestCall, locator_text: str, *, tooling: bool) -> Page:
    """The page that a ``nextRecordsUrl`` names; raises RestRefused 404 when its cursor is gone."""
    cursor, start = _cursor_of(wire, call, locator_text)
    return _page(
        cursor.answer,
        call,
        cursor.query,
        start,
        cursor.page_rows,
        cursor.locator,
        tooling=tooling,
    )


def _cursor_of(wire: Wire, call: RestCall, locator_text: str) -> tuple[Cursor, int]:
    """The cursor of ``01g…-2000`` and the row that is named; raises RestRefused 404."""
    match = _LOCATOR.fullmatch(locator_text)
    if match is not None:
        start = int(match.group(2))
        cursor = wire.cursors.find(match.group(1), call.grant.user.user_id, wire.world.now())
        if cursor is not None and start < total_of(cursor.answer):
            return cursor, start
    raise RestRefused(404, "INVALID_QUERY_LOCATOR", "Invalid query locator")


def _page(
    answer: Answer,
    call: RestCall,
    text: str,
    start: int,
    page_rows: int,
    locator: str | None,
    *,
    tooling: bool,
) -> Page:
    base = f"{call.base}/tooling" if tooling else call.base
    total = total_of(answer)
    records = records_of(answer, start, page_rows, base)
    end = start + page_rows
    following = f"{locator}-{end}" if locator is not None and end < total else None
    body: Record = {"totalSize": total, "done": following is None}
    if tooling:
        body = {"size": len(records), **body, "queryLocator": following}
        body["entityTypeName"] = answer.table.name
    if following is not None:
        body["nextRecordsUrl"] = f"{base}/query/{following}"
    body["records"] = records
    return Page(body, answer.table.name, text, len(records))


def _describe(call: RestCall, page: Page, operation: str) -> None:
    call.entity, call.query, call.rows = page.entity, page.query, page.rows
    call.operation = operation


def _wished_rows(request: web.Request) -> int:
    match = _BATCH_SIZE.search(request.headers.get("Sforce-Query-Options", ""))
    wished = MOST_PAGE_ROWS if match is None else int(match.group(1))
    return min(max(wished, FEWEST_PAGE_ROWS), MOST_PAGE_ROWS)
