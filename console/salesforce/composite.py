"""Several queries in one call (REST API guide, "Composite").

A composite request costs one API call for up to 25 subrequests, of which five may be queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from console.errors import OrgRefused
from console.salesforce.exchange import unexpected
from console.salesforce.faults import refusal
from console.salesforce.types import ApiVersion
from console.salesforce.values import Record

MAX_QUERIES = 5


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query's records."""

    records: list[Record]
    next_path: str | None
    """Where the next page is, beginning ``/services/data/``; None on the last."""
    total: int | None
    """``totalSize``: how many records the query has, or counted."""


def composite_body(soqls: Mapping[str, str], version: ApiVersion) -> dict[str, object]:
    """The request body that asks every query of ``soqls``.

    `ValueError` for none or more than `MAX_QUERIES`.
    """
    if not 0 < len(soqls) <= MAX_QUERIES:
        raise ValueError(f"one composite request takes 1 to {MAX_QUERIES} queries")
    return {
        "allOrNone": False,
        "compositeRequest": [
            {
                "method": "GET",
                "url": f"/services/data/v{version}/query?q={quote_plus(soql)}",
                "referenceId": f"q{number}",
            }
            for number, soql in enumerate(soqls.values())
        ],
    }


def composite_pages(answer: object, soqls: Mapping[str, str]) -> dict[str, Page | OrgRefused]:
    """Each query's first page, or why it was refused, from the answer to `composite_body`."""
    parts = answer.get("compositeResponse") if isinstance(answer, dict) else None
    by_reference = {
        part.get("referenceId"): part
        for part in (parts if isinstance(parts, list) else [])
        if isinstance(part, dict)
    }
    pages: dict[str, Page | OrgRefused] = {}
    for number, (name, soql) in enumerate(soqls.items()):
        part = by_reference.get(f"q{number}")
        status = part.get("httpStatusCode") if part else None
        if part is None or not isinstance(status, int):
            raise unexpected("/composite", "one answer for each query")
        if status >= 400:
            pages[name] = refusal(status, part.get("body"), soql)
        else:
            pages[name] = parse_page(part.get("body"))
    return pages


def parse_page(body: object) -> Page:
    """A page of a query's answer (REST API guide, "Query").

    `UnreadableAnswer` for another shape; the next page must be on the same host.
    """
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(records, list):
        raise unexpected("a query", "a list of records")
    if not all(isinstance(record, dict) for record in records):
        raise unexpected("a query", "records that are objects")
    next_path = body.get("nextRecordsUrl")
    if next_path is not None and not is_data_path(next_path):
        raise unexpected("a query", "the path of its next page")
    if body.get("done") is False and next_path is None:
        raise unexpected("a query", "the path of its next page")
    total = body.get("totalSize")
    return Page(records, next_path, total if isinstance(total, int) else None)


def is_data_path(value: object) -> bool:
    """Whether ``value`` is a path of the REST API on the org's own host."""
    return (
        isinstance(value, str)
        and value.startswith("/services/data/")
        and ".." not in value
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )
