"""Aggregate functions and GROUP BY."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from console.simulator.soql_columns import Binder, Column
from console.simulator.soql_errors import INVALID_FIELD, MALFORMED_QUERY, SoqlError
from console.simulator.soql_filter import Comparable, comparable
from console.simulator.soql_syntax import (
    FieldPath,
    Query,
    SelectedAggregate,
    SelectedField,
)
from console.simulator.tables import Row, Value

_NUMBERS = frozenset({"int", "double"})
_UNORDERED = frozenset({"boolean", "base64", "textarea"})


@dataclass(frozen=True, slots=True)
class GroupOutput:
    """One column of a grouped result: its name there, and how a group's rows give its value."""

    name: str
    value: Callable[[Sequence[Row]], Value]
    type: str
    """Field type of the values, for writing them out."""


class Grouping:
    """A checked aggregate query: which rows belong together and what is said of each group."""

    def __init__(self, query: Query, binder: Binder) -> None:
        self._keys = [_groupable(binder.column(path)) for path in query.group_by]
        self._grouped = {column.name for column in self._keys}
        self._binder = binder
        self.outputs = self._outputs(query)

    def groups(self, rows: Iterable[Row]) -> list[Sequence[Row]]:
        """The rows of each group; one group of everything when nothing is grouped by."""
        if not self._keys:
            return [list(rows)]
        found: dict[tuple[Comparable | None, ...], list[Row]] = {}
        for row in rows:
            key = tuple(comparable(column.value(row), column) for column in self._keys)
            found.setdefault(key, []).append(row)
        return list(found.values())

    def sort_value(
        self, key: FieldPath | SelectedAggregate
    ) -> Callable[[Sequence[Row]], Comparable | None]:
        """What a group is sorted by; raises SoqlError for a field that is not grouped."""
        if isinstance(key, SelectedAggregate):
            value = _aggregate(key, self._binder).value

            def of_aggregate(rows: Sequence[Row]) -> Comparable | None:
                found = value(rows)
                return found.casefold() if isinstance(found, str) else found

            return of_aggregate
        column = self._grouped_column(key)
        return lambda rows: comparable(column.value(rows[0]), column)

    def _outputs(self, query: Query) -> tuple[GroupOutput, ...]:
        outputs: list[GroupOutput] = []
        unnamed = 0
        for item in query.select:
            if isinstance(item, SelectedField):
                column = self._grouped_column(item.path)
                name = item.alias or column.field.name
                outputs.append(GroupOutput(name, _first(column), column.field.type))
            elif isinstance(item, SelectedAggregate):
                output = _aggregate(item, self._binder)
                name = item.alias or f"expr{unnamed}"
                unnamed += item.alias is None
                outputs.append(GroupOutput(name, output.value, output.type))
            else:
                raise SoqlError(
                    MALFORMED_QUERY, "The SOQL FIELDS function is not supported with GROUP BY"
                )
            if name.lower() in {output.name.lower() for output in outputs[:-1]}:
                raise SoqlError(MALFORMED_QUERY, f"duplicate alias: {name}")
        return tuple(outputs)

    def _grouped_column(self, path: FieldPath) -> Column:
        column = self._binder.column(path)
        if column.name not in self._grouped:
            raise SoqlError(
                MALFORMED_QUERY, f"Field must be grouped or aggregated: {path.text}", path.offset
            )
        return column


def _groupable(column: Column) -> Column:
    if not column.field.groupable:
        raise SoqlError(
            INVALID_FIELD,
            f"field '{column.field.name}' can not be grouped in a query call",
            column.path.offset,
        )
    return column


def _first(column: Column) -> Callable[[Sequence[Row]], Value]:
    return lambda rows: column.value(rows[0])


def _aggregate(item: SelectedAggregate, binder: Binder) -> GroupOutput:
    if item.path is None:
        raise SoqlError(
            MALFORMED_QUERY, "COUNT() must be the only element in the SELECT list", item.offset
        )
    column = binder.column(item.path)
    kind = column.field.type
    function = item.function
    wrong = function in ("SUM", "AVG") and kind not in _NUMBERS
    if wrong or (function in ("MIN", "MAX") and kind in _UNORDERED):
        raise SoqlError(
            MALFORMED_QUERY,
            f"field {column.field.name} does not support aggregate operator {function}",
            item.offset,
        )
    if function in ("COUNT", "COUNT_DISTINCT"):
        return GroupOutput("", _counter(column, distinct=function == "COUNT_DISTINCT"), "int")
    if function in ("MIN", "MAX"):
        return GroupOutput("", _extreme(column, largest=function == "MAX"), kind)
    return GroupOutput("", _total(column, average=function == "AVG"), "double")


def _counter(column: Column, *, distinct: bool) -> Callable[[Sequence[Row]], Value]:
    def count(rows: Sequence[Row]) -> Value:
        values = [comparable(column.value(row), column) for row in rows]
        known = [value for value in values if value is not None]
        return len(set(known)) if distinct else len(known)

    return count


def _extreme(column: Column, *, largest: bool) -> Callable[[Sequence[Row]], Value]:
    def extreme(rows: Sequence[Row]) -> Value:
        known = [row for row in rows if comparable(column.value(row), column) is not None]
        if not known:
            return None
        chosen = (max if largest else min)(known, key=lambda row: _ordered(column, row))
        return column.value(chosen)

    return extreme


def _ordered(column: Column, row: Row) -> tuple[Comparable]:
    value = comparable(column.value(row), column)
    if value is None:
        raise TypeError(column.name)
    return (value,)


def _total(column: Column, *, average: bool) -> Callable[[Sequence[Row]], Value]:
    def total(rows: Sequence[Row]) -> Value:
        values = [column.value(row) for row in rows]
        known = [value for value in values if isinstance(value, int | float)]
        if not known:
            return None
        return sum(known) / len(known) if average else float(sum(known))

    return total
