"""The pages of one query: read to the end, within a bound.

REST has no call that gives a query's cursor back, so none is left half read: whoever may find more
than fits puts a LIMIT into the query. (It is not added here: LoginEvent takes none.) Only a
failure, or a list beyond its bound, leaves a cursor behind, which the org drops by itself.
"""

from collections.abc import Awaitable, Callable

from console.errors import OrgRefused
from console.salesforce.composite import Page, parse_page
from console.salesforce.exchange import unexpected
from console.salesforce.values import Record

CURSOR_GONE = "INVALID_QUERY_LOCATOR"
"""The code of a page whose cursor the org dropped."""

Fetch = Callable[[str], Awaitable[object]]
"""The parsed JSON at a path of the org."""


async def all_records(first: Page, fetch: Fetch, soql: str, max_records: int) -> list[Record]:
    """The records of ``first`` and of every further page.

    A query with more than ``max_records`` raises `OrgRefused` with the code ``TOO_MANY_RECORDS``:
    a list that was cut short would be taken for the whole.
    """
    collected = list(first.records)
    next_path = first.next_path
    while next_path is not None:
        if len(collected) >= max_records:
            raise _too_many(soql, max_records)
        page = parse_page(await fetch(next_path))
        if not page.records or page.next_path == next_path:
            raise unexpected("a query", "new records on every page")
        collected += page.records
        next_path = page.next_path
    if len(collected) > max_records:
        raise _too_many(soql, max_records)
    return collected


def _too_many(soql: str, max_records: int) -> OrgRefused:
    return OrgRefused(
        "The query has more records than expected",
        f"More than {max_records:,} records came, and a part would be taken for the whole.",
        "Nothing was stored of it; report it with the words below.",
        soql,
        code="TOO_MANY_RECORDS",
    )
