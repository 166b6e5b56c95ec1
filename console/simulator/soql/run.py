"""Answers a SOQL text from the world's tables: parse, give names a meaning, filter, sort, cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from console.simulator.objects.tables import Row, Table
from console.simulator.soql.columns import TableFinder
from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql.filter import Meaning, RowTest, row_test
from console.simulator.soql.groups import Grouping, GroupOutput, is_grouped
from console.simulator.soql.order import first_sorted, sort_key
from console.simulator.soql.parser import parse
from console.simulator.soql.scan import Scan, root_table
from console.simulator.soql.selection import (
    Selection,
    ShownColumn,
    cut,
    row_sort_key,
    selection_of,
)
from console.simulator.soql.syntax import Expression, FieldPath, SemiJoin
from console.simulator.soql.terms import Term

MAX_GROUPS = 2000
"""Aggregate results come in one page or not at all (SOQL and SOSL reference, GROUP BY)."""


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """Records of one table. Rows are the world's own; the selection says what is shown of them."""

    table: Table
    selection: Selection
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """The groups of an aggregate query: rows whose values stand under the outputs' keys."""

    table: Table
    outputs: tuple[GroupOutput, ...]
    groups: Sequence[Row]


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """What ``SELECT COUNT()`` gives: a number and no records."""

    table: Table
    total: int


Answer = RecordAnswer | GroupAnswer | CountAnswer


def run(text: str, find_table: TableFinder, now: datetime) -> Answer:
    """The answer to ``text`` at the org's time ``now``; raises SoqlError for what is refused."""
    query = parse(text)
    scan = Scan(query, root_table(query, find_table), find_table, now)
    if query.counts_only:
        return CountAnswer(scan.table, _count(scan))
    if is_grouped(query):
        return GroupAnswer(scan.table, *_grouped(scan))
    selection = selection_of(scan)
    rows = cut(None, scan, row_sort_key(scan))
    _check_single_row(selection, rows)
    return RecordAnswer(scan.table, selection, rows)


def _count(scan: Scan) -> int:
    query = scan.query
    end = None if query.limit is None else query.offset + query.limit
    return sum(1 for _ in islice(scan.rows(), query.offset, end))


def _grouped(scan: Scan) -> tuple[tuple[GroupOutput, ...], list[Row]]:
    query = scan.query
    if query.group_by is None and query.limit is not None:
        raise SoqlError(
            MALFORMED_QUERY,
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
        )
    grouping = Grouping(query, scan.binder)
    having = row_test(query.having, Meaning(grouping.term, scan.now, _no_join))
    key = sort_key(query.order_by, lambda expression: _ordered(expression, grouping))
    groups = first_sorted(filter(having, grouping.groups(scan.rows())), key, None)
    groups = groups[query.offset :][: query.limit]
    if len(groups) > MAX_GROUPS:
        raise SoqlError(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to "
            "a single batch",
        )
    return grouping.outputs, groups


def _ordered(expression: Expression, grouping: Grouping) -> Term:
    """The term that groups are sorted by, in the words of ORDER BY when there is none."""
    try:
        return grouping.term(expression)
    except SoqlError as error:
        if error.code != MALFORMED_QUERY or not isinstance(expression, FieldPath):
            raise
        raise SoqlError(
            MALFORMED_QUERY,
            f"Ordered field must be grouped or aggregated: {expression.text}",
            expression.offset,
        ) from None


def _no_join(join: SemiJoin) -> RowTest:
    """HAVING has no semi-joins; the parser lets none through."""
    raise TypeError(join)


def _check_single_row(selection: Selection, rows: Sequence[Row]) -> None:
    """Metadata and FullName come one at a time (Tooling API guide, Metadata field)."""
    single = any(
        isinstance(shown, ShownColumn) and shown.column.field.single_row for shown in selection
    )
    if single and len(rows) > 1:
        raise SoqlError(
            MALFORMED_QUERY,
            "When retrieving results with Metadata or FullName fields, the query qualifications "
            f"must specify no more than one row for retrieval. Result size: {len(rows)}",
        )
