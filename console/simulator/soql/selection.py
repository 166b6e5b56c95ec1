"""What SELECT shows of each record: columns, and the records below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from console.simulator.objects.tables import Row, Table
from console.simulator.soql.columns import Column
from console.simulator.soql.errors import INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY, SoqlError
from console.simulator.soql.expressions import TO_LABEL
from console.simulator.soql.order import SortKey, first_sorted, sort_key
from console.simulator.soql.scan import Scan
from console.simulator.soql.syntax import (
    FieldPath,
    FunctionCall,
    SelectedChildren,
    SelectedExpression,
    SelectedGroup,
)
from console.simulator.soql.terms import row_term

MAX_FIELDS_LIMIT = 200
"""``FIELDS(ALL)`` and ``FIELDS(CUSTOM)`` need a LIMIT no higher than this (SOQL and SOSL
reference, FIELDS)."""
_CUSTOM_SUFFIXES = ("__c", "__pc", "__latitude__s", "__longitude__s")


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One field, or with ``labelled`` what ``toLabel()`` makes of it, which may have an alias."""

    column: Column
    labelled: bool = False
    alias: str | None = None

    @property
    def name(self) -> str:
        """The name that no other column of the result may have."""
        return self.alias or self.column.name


@dataclass(frozen=True, slots=True)
class ShownChildren:
    """The records of a child relationship, below each record."""

    name: str
    rows: "ChildRows"


Shown = ShownColumn | ShownChildren
Selection = tuple[Shown, ...]


class ChildRows:
    """The child query of one statement: run once, its rows sorted to their parents."""

    def __init__(self, scan: Scan, reference_field: str) -> None:
        self.table = scan.table
        self.selection = selection_of(scan)
        self._scan = scan
        self._reference_field = reference_field
        self._key = row_sort_key(scan)
        self._by_parent: dict[str, list[Row]] | None = None

    def of(self, parent: Row) -> Sequence[Row]:
        """The children of one record, in order, as many as LIMIT and OFFSET leave."""
        if self._by_parent is None:
            self._by_parent = {}
            for row in self._scan.rows():
                key = str(row[self._reference_field])[:15]
                self._by_parent.setdefault(key, []).append(row)
        rows = self._by_parent.get(str(parent["Id"])[:15], [])
        return cut(rows, self._scan, self._key)


def row_sort_key(scan: Scan) -> SortKey | None:
    """What ORDER BY sorts records by, or None where the table's own order stays."""
    # A big object is stored in the one order in which it may be asked for, newest first.
    if not scan.query.order_by or scan.table.big_object is not None:
        return None
    return sort_key(scan.query.order_by, lambda expression: row_term(expression, scan.binder))


def cut(rows: Sequence[Row] | None, scan: Scan, key: SortKey | None) -> list[Row]:
    """The rows that ORDER BY, OFFSET, LIMIT and the table's own hard end leave.

    ``rows`` are those of the scan when None; no more of them are kept than the answer has.
    """
    query = scan.query
    most = [count for count in (query.limit, scan.table.max_rows) if count is not None]
    end = query.offset + min(most) if most else None
    found = scan.rows() if rows is None else iter(rows)
    if key is not None:
        found = iter(first_sorted(found, key, end))
    return list(islice(found, query.offset, end))


def selection_of(scan: Scan) -> Selection:
    """What the query of ``scan`` shows; raises SoqlError for names that are not there."""
    shown: list[Shown] = []
    for item in scan.query.select:
        match item:
            case SelectedExpression():
                shown.append(_column(item, scan))
            case SelectedGroup():
                shown += _group_of_fields(item, scan)
            case SelectedChildren():
                shown.append(_children(item, scan))
    seen: set[str] = set()
    for each in shown:
        if each.name.lower() in seen:
            offset = each.column.path.offset if isinstance(each, ShownColumn) else None
            raise SoqlError(INVALID_FIELD, f"duplicate field selected: {each.name}", offset)
        seen.add(each.name.lower())
    return tuple(shown)


def _column(item: SelectedExpression, scan: Scan) -> ShownColumn:
    expression = item.expression
    if isinstance(expression, FieldPath):
        if item.alias is not None:
            raise SoqlError(
                MALFORMED_QUERY,
                "only aggregate expressions use field aliasing",
                expression.offset,
            )
        return ShownColumn(scan.binder.column(expression))
    if expression.name == TO_LABEL and isinstance(expression.argument, FieldPath):
        return ShownColumn(scan.binder.column(expression.argument), True, item.alias)
    inner = expression.argument
    while isinstance(inner, FunctionCall):
        inner = inner.argument
    shown = expression.name if inner is None else inner.text
    raise SoqlError(
        MALFORMED_QUERY, f"Field must be grouped or aggregated: {shown}", expression.offset
    )


def _group_of_fields(item: SelectedGroup, scan: Scan) -> list[ShownColumn]:
    limit = scan.query.limit
    if item.name != "STANDARD" and (limit is None or limit > MAX_FIELDS_LIMIT):
        raise SoqlError(
            MALFORMED_QUERY,
            f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELDS_LIMIT}",
            item.offset,
        )
    wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[item.name]
    return [
        ShownColumn(scan.binder.column(FieldPath((name,), item.offset)))
        for name in scan.table.fields
        if name.endswith(_CUSTOM_SUFFIXES) in wanted
    ]


def _children(item: SelectedChildren, scan: Scan) -> ShownChildren:
    source = item.query.source
    parts = list(source.parts)
    own_names = {scan.table.name.lower(), (scan.query.alias or scan.table.name).lower()}
    if len(parts) == 2 and parts[0].lower() in own_names:
        del parts[0]
    if len(parts) == 1:
        for name, (child_name, reference_field) in scan.table.children.items():
            table = scan.find_table(child_name) if name.lower() == parts[0].lower() else None
            if table is not None:
                child = Scan(item.query, table, scan.find_table, scan.now)
                return ShownChildren(name, ChildRows(child, reference_field))
    raise _no_children(source, scan.table)


def _no_children(source: FieldPath, table: Table) -> SoqlError:
    return SoqlError(
        INVALID_TYPE,
        f"Didn't understand relationship '{source.text}' in FROM part of query call. If you are "
        "attempting to use a custom relationship, be sure to append the '__r' after the custom "
        "relationship name. Please reference your WSDL or the describe call for the appropriate "
        "names.",
        source.offset,
    )
