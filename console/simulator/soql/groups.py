"""GROUP BY: rows told apart by keys, and what is said of each group."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter

from console.simulator.objects.tables import Field, FieldType, Row, Value
from console.simulator.soql.aggregates import Tally, aggregate_field, tally_maker
from console.simulator.soql.columns import Binder
from console.simulator.soql.errors import INVALID_FIELD, MALFORMED_QUERY, SoqlError
from console.simulator.soql.expressions import AGGREGATES, GROUPING
from console.simulator.soql.filter import Comparable, comparable
from console.simulator.soql.syntax import (
    Expression,
    FieldPath,
    FunctionCall,
    GroupBy,
    Query,
    SelectedExpression,
)
from console.simulator.soql.terms import Term, row_term


@dataclass(frozen=True, slots=True)
class GroupOutput:
    """One column of a grouped result: its name there, and the group's value that it shows."""

    name: str
    key: str
    type: FieldType


class Grouping:
    """A checked aggregate query. A group is a row whose values stand under their term's key.

    ``term`` must have been asked for every expression of HAVING and ORDER BY before ``groups``.
    """

    def __init__(self, query: Query, binder: Binder) -> None:
        self._binder = binder
        group_by = query.group_by or GroupBy(())
        self._keys = [_groupable(row_term(key, binder)) for key in group_by.keys]
        self._sets = _grouping_sets(len(self._keys), group_by.totals)
        self._calls: dict[str, tuple[FunctionCall, Term]] = {}
        self.outputs = self._outputs(query)

    def term(self, expression: Expression) -> Term:
        """An expression over a group; raises SoqlError for what is not grouped or aggregated."""
        if isinstance(expression, FunctionCall) and expression.name in AGGREGATES:
            return self._aggregate(expression)
        if isinstance(expression, FunctionCall) and expression.name == GROUPING:
            return self._grouping(expression)
        bound = row_term(expression, self._binder)
        if bound.key not in {key.key for key in self._keys}:
            shown = expression.text if isinstance(expression, FieldPath) else bound.field.name
            raise SoqlError(
                MALFORMED_QUERY,
                f"Field must be grouped or aggregated: {shown}",
                expression.offset,
            )
        return Term(bound.key, bound.field, itemgetter(bound.key), expression.offset)

    def groups(self, rows: Iterable[Row]) -> list[Row]:
        """The groups of ``rows``; one of everything when nothing is grouped by."""
        found: dict[tuple[object, ...], _Group] = {}
        if not self._keys:
            found[_group_name([], frozenset())] = self._new_group({})
        for row in rows:
            values = [key.value(row) for key in self._keys]
            known = [
                comparable(value, key.field.type)
                for value, key in zip(values, self._keys, strict=True)
            ]
            for kept in self._sets:
                name = _group_name(known, kept)
                if name not in found:
                    shown = {key.key: v for key, v in zip(self._keys, values, strict=True)}
                    found[name] = self._new_group(shown, kept)
                found[name].add(row)
        return [group.as_row() for group in found.values()]

    def _new_group(self, shown: dict[str, Value], kept: frozenset[int] | None = None) -> "_Group":
        values: dict[str, Value] = {}
        for number, key in enumerate(self._keys):
            rolled_up = kept is not None and number not in kept
            values[key.key] = None if rolled_up else shown.get(key.key)
            values[f"{GROUPING}({key.key})"] = int(rolled_up)
        tallies = [
            (name, term, tally_maker(call, term)()) for name, (call, term) in self._calls.items()
        ]
        return _Group(values, tallies)

    def _aggregate(self, call: FunctionCall) -> Term:
        if call.argument is None:
            raise SoqlError(
                MALFORMED_QUERY, "COUNT() must be the only element in the SELECT list", call.offset
            )
        inner = row_term(call.argument, self._binder)
        field = aggregate_field(call, inner)
        key = f"{call.name}({inner.key})"
        self._calls[key] = (call, inner)
        return Term(key, field, itemgetter(key), call.offset)

    def _grouping(self, call: FunctionCall) -> Term:
        inner = self.term(_inner(call))
        key = f"{GROUPING}({inner.key})"
        return Term(key, Field(inner.field.name, "int"), itemgetter(key), call.offset)

    def _outputs(self, query: Query) -> tuple[GroupOutput, ...]:
        outputs: list[GroupOutput] = []
        names: set[str] = set()
        unnamed = 0
        for item in query.select:
            if not isinstance(item, SelectedExpression):
                raise SoqlError(
                    MALFORMED_QUERY,
                    "Grouped query cannot select FIELDS() or child relationships",
                    item.offset,
                )
            term = self.term(item.expression)
            is_field = isinstance(item.expression, FieldPath)
            name = item.alias or (term.field.name if is_field else f"expr{unnamed}")
            unnamed += item.alias is None and not is_field
            if name.lower() in names:
                raise SoqlError(MALFORMED_QUERY, f"duplicate alias: {name}", term.offset)
            names.add(name.lower())
            outputs.append(GroupOutput(name, term.key, term.field.type))
        return tuple(outputs)


class _Group:
    """One group while its rows go by."""

    def __init__(self, values: dict[str, Value], tallies: list[tuple[str, Term, Tally]]) -> None:
        self._values = values
        self._tallies = tallies

    def add(self, row: Row) -> None:
        for _, term, tally in self._tallies:
            tally.add(term.value(row))

    def as_row(self) -> Row:
        return self._values | {name: tally.result() for name, _, tally in self._tallies}


def is_grouped(query: Query) -> bool:
    """Whether the answer is made of groups: GROUP BY, or an aggregate in SELECT."""
    return query.group_by is not None or any(
        isinstance(item, SelectedExpression)
        and isinstance(item.expression, FunctionCall)
        and item.expression.name in AGGREGATES
        for item in query.select
    )


def _grouping_sets(keys: int, totals: str) -> list[frozenset[int]]:
    """The keys that count in each kind of group: all of them, and with totals fewer and fewer."""
    if totals == "ROLLUP":
        return [frozenset(range(count)) for count in range(keys, -1, -1)]
    if totals == "CUBE":
        return list(_subsets(keys))
    return [frozenset(range(keys))]


def _subsets(keys: int) -> Iterator[frozenset[int]]:
    for count in range(keys, -1, -1):
        yield from map(frozenset, combinations(range(keys), count))


def _group_name(known: list[Comparable | None], kept: frozenset[int]) -> tuple[object, ...]:
    """Tells a group from all others: its key values, and which keys count at all."""
    return (kept, *(value if number in kept else None for number, value in enumerate(known)))


def _inner(call: FunctionCall) -> Expression:
    if call.argument is None:
        raise SoqlError(MALFORMED_QUERY, "unexpected token: ')'", call.offset)
    return call.argument


def _groupable(term: Term) -> Term:
    if not term.field.groupable:
        raise SoqlError(
            INVALID_FIELD,
            f"field '{term.field.name}' can not be grouped in a query call",
            term.offset,
        )
    return term
