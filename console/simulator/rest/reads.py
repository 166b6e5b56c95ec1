"""The reads that composite and batch requests may hold, addressed as their parts address them.

Composite takes sobjects, query, queryAll and collections; batch takes limits besides (REST API
guide, Composite and Batch).
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from console.simulator.rest.call import RestCall, not_found
from console.simulator.rest.describe_shapes import whole_shape
from console.simulator.rest.limits import limits_body
from console.simulator.rest.query import MOST_PAGE_ROWS, first_page, next_page
from console.simulator.rest.records import record_body, records_body
from console.simulator.rest.sobjects import (
    all_objects_body,
    basic_body,
    visible_table,
)
from console.simulator.web.wire import Wire


@dataclass(frozen=True, slots=True)
class Reading:
    """One read to be answered."""

    wire: Wire
    call: RestCall
    """Of the part's own version; what it touches is noted there."""
    words: tuple[str, ...]
    """The resource's path in parts: ``("sobjects", "User", "describe")``."""
    query: str
    """What follows the question mark."""


Reader = Callable[[Reading], object]


def reader_of(words: tuple[str, ...], *, with_limits: bool) -> Reader:
    """What answers that path; raises RestRefused 404 for what is not allowed in a part."""
    match words:
        case ("query" | "queryAll",):
            return _first
        case ("query" | "queryAll", _):
            return _next
        case ("sobjects",):
            return lambda reading: all_objects_body(reading.wire, reading.call)
        case ("sobjects", _):
            return _basic
        case ("sobjects", _, "describe"):
            return _described
        case ("sobjects", _, _):
            return _record
        case ("composite", "sobjects", _):
            return _collection
        case ("limits",) if with_limits:
            return lambda reading: limits_body(reading.wire, reading.call)
    raise not_found()


def counts_as_query(words: tuple[str, ...]) -> bool:
    """Whether a composite may hold only five of these: queries and collections."""
    return words[:1] in (("query",), ("queryAll",)) or words[:2] == ("composite", "sobjects")


def _first(reading: Reading) -> object:
    text = parse_qs(reading.query).get("q", [""])[0]
    page = first_page(reading.wire, reading.call, text, MOST_PAGE_ROWS, tooling=False)
    reading.call.entity = page.entity
    return page.body


def _next(reading: Reading) -> object:
    page = next_page(reading.wire, reading.call, reading.words[1], tooling=False)
    reading.call.entity = page.entity
    return page.body


def _basic(reading: Reading) -> object:
    table = visible_table(reading.wire, reading.call, reading.words[1])
    reading.call.entity = table.name
    return basic_body(table, reading.call.base)


def _described(reading: Reading) -> object:
    table = visible_table(reading.wire, reading.call, reading.words[1])
    reading.call.entity = table.name
    return whole_shape(table, reading.call.base)


def _record(reading: Reading) -> object:
    _, name, record_id = reading.words
    return record_body(reading.wire, reading.call, name, record_id, reading.query)


def _collection(reading: Reading) -> object:
    named = parse_qs(reading.query)
    ids = named.get("ids", [""])[0].split(",")
    fields = named.get("fields", [""])[0].split(",")
    return records_body(reading.wire, reading.call, reading.words[2], ids, fields)
