"""Answers a SOQL text from the world's tables: parse, give names a meaning, filter, sort, cut."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from console.simulator.soql_big_objects import check_big_object
from console.simulator.soql_columns import Binder, Column, TableFinder
from console.simulator.soql_errors import (
    INVALID_FIELD,
    INVALID_TYPE,
    MALFORMED_QUERY,
    SoqlError,
)
from console.simulator.soql_filter import Comparable, comparable, row_test
from console.simulator.soql_groups import Grouping, GroupOutput
from console.simulator.soql_parser import parse
from console.simulator.soql_syntax import (
    FieldPath,
    Ordering,
    Query,
    SelectedAggregate,
    SelectedField,
    SelectedGroup,
)
from console.simulator.tables import Row, Table

MAX_GROUPS = 2000
"""Aggregate results come in one page or not at all (SOQL and SOSL reference, GROUP BY)."""
MAX_FIELDS_LIMIT = 200
"""``FIELDS()`` needs a LIMIT no higher than this (SOQL and SOSL reference, FIELDS)."""


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """Records of one table. Rows are the world's own; the columns say what is shown of them."""

    table: Table
    columns: tuple[Column, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """The groups of an aggregate query, each with the rows in it."""

    table: Table
    outputs: tuple[GroupOutput, ...]
    groups: Sequence[Sequence[Row]]


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """What ``SELECT COUNT()`` gives: a number and no records."""

    table: Table
    total: int


_Item = TypeVar("_Item")
Answer = RecordAnswer | GroupAnswer | CountAnswer


def run(text: str, find_table: TableFinder, now: datetime) -> Answer:
    """The answer to ``text`` at the org's time ``now``; raises SoqlError for what is refused."""
    query = parse(text)
    table = find_table(query.object_name)
    if table is None:
        raise _unknown_type(query)
    check_big_object(query, table)
    binder = Binder(query, table, find_table)
    if _counts_only(query):
        if query.order_by or query.group_by:
            word = "GROUP" if query.group_by else "ORDER"
            raise SoqlError(MALFORMED_QUERY, f"unexpected token: '{word}'")
        return CountAnswer(table, len(_records(query, table, binder, now)))
    if query.group_by or any(isinstance(item, SelectedAggregate) for item in query.select):
        return _grouped(query, table, binder, now)
    columns = _columns(query, table, binder)
    return RecordAnswer(table, columns, _records(query, table, binder, now))


def _records(query: Query, table: Table, binder: Binder, now: datetime) -> list[Row]:
    matching = _matching(query, table, binder, now)
    # A big object is stored in the one order in which it may be asked for, newest first.
    if query.order_by and table.big_object is None:
        rows = list(matching)
        for ordering in reversed(query.order_by):
            _sort(rows, ordering, _row_sort_value(ordering, binder))
        matching = iter(rows)
    return _cut(matching, query, table)


def _counts_only(query: Query) -> bool:
    first = query.select[0]
    return len(query.select) == 1 and isinstance(first, SelectedAggregate) and first.path is None


def _grouped(query: Query, table: Table, binder: Binder, now: datetime) -> GroupAnswer:
    grouping = Grouping(query, binder)
    groups = grouping.groups(_matching(query, table, binder, now))
    for ordering in reversed(query.order_by):
        _sort(groups, ordering, grouping.sort_value(ordering.key))
    groups = groups[query.offset :][: query.limit]
    if len(groups) > MAX_GROUPS:
        raise SoqlError(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to "
            "a single batch",
        )
    return GroupAnswer(table, grouping.outputs, groups)


def _matching(query: Query, table: Table, binder: Binder, now: datetime) -> Iterator[Row]:
    test = row_test(query.where, binder, now)
    return (row for row in table.rows() if test(row))


def _cut(rows: Iterator[Row], query: Query, table: Table) -> list[Row]:
    """The rows that OFFSET, LIMIT and the table's own hard end leave; reads no further."""
    most = [count for count in (query.limit, table.max_rows) if count is not None]
    end = query.offset + min(most) if most else None
    return list(islice(rows, query.offset, end))


def _columns(query: Query, table: Table, binder: Binder) -> tuple[Column, ...]:
    columns: list[Column] = []
    for item in query.select:
        if isinstance(item, SelectedField):
            if item.alias is not None:
                raise SoqlError(
                    MALFORMED_QUERY,
                    "only aggregate expressions use field aliasing",
                    item.path.offset,
                )
            columns.append(binder.column(item.path))
        elif isinstance(item, SelectedGroup):
            columns += _group_of_fields(item, query, table, binder)
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise SoqlError(
                INVALID_FIELD, f"duplicate field selected: {column.name}", column.path.offset
            )
        seen.add(column.name)
    return tuple(columns)


def _group_of_fields(
    item: SelectedGroup, query: Query, table: Table, binder: Binder
) -> list[Column]:
    if item.name != "STANDARD" and (query.limit is None or query.limit > MAX_FIELDS_LIMIT):
        raise SoqlError(
            MALFORMED_QUERY,
            f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_LIMIT}",
            item.offset,
        )
    names = [] if item.name == "CUSTOM" else list(table.fields)
    return [binder.column(FieldPath((name,), item.offset)) for name in names]


def _row_sort_value(ordering: Ordering, binder: Binder) -> Callable[[Row], Comparable | None]:
    if isinstance(ordering.key, SelectedAggregate):
        raise SoqlError(
            MALFORMED_QUERY,
            "Ordered field must be grouped or aggregated",
            ordering.key.offset,
        )
    column = binder.column(ordering.key)
    if not column.field.sortable:
        raise SoqlError(
            INVALID_FIELD,
            f"field '{column.field.name}' can not be sorted in a query call",
            ordering.key.offset,
        )
    return lambda row: comparable(column.value(row), column)


def _sort(
    items: list[_Item], ordering: Ordering, value: Callable[[_Item], Comparable | None]
) -> None:
    """Sort in place by one key, stable, with the null items in a block of their own."""
    keyed = [(value(item), item) for item in items]
    nulls = [item for key, item in keyed if key is None]
    known = [(key, item) for key, item in keyed if key is not None]
    known.sort(key=lambda pair: pair[0], reverse=ordering.descending)
    ordered = [item for _, item in known]
    items[:] = ordered + nulls if ordering.nulls_last else nulls + ordered


def _unknown_type(query: Query) -> SoqlError:
    return SoqlError(
        INVALID_TYPE,
        f"sObject type '{query.object_name}' is not supported. If you are attempting to use a "
        "custom object, be sure to append the '__c' after the entity name. Please reference your "
        "WSDL or the describe call for the appropriate names.",
        query.object_offset,
    )
