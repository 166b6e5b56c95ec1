"""ORDER BY: rows sorted by several keys, no more of them kept than the query wants."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from functools import total_ordering
from typing import Any

from console.simulator.objects.tables import Row
from console.simulator.soql.errors import INVALID_FIELD, SoqlError
from console.simulator.soql.filter import Comparable, comparable
from console.simulator.soql.syntax import Ordering
from console.simulator.soql.terms import Term, TermMaker


@total_ordering
class _Falling:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Falling) and bool(self.value == other.value)

    def __lt__(self, other: "_Falling") -> bool:
        return bool(other.value < self.value)

    __hash__ = None  # type: ignore[assignment]


SortKey = Callable[[Row], tuple[object, ...]]


def sort_key(orderings: Sequence[Ordering], term: TermMaker) -> SortKey:
    """What rows are sorted by; raises SoqlError for fields that cannot be sorted by.

    Null sorts apart from all values, first or last as each key says.
    """
    keys = [(_sortable(term(ordering.key)), ordering) for ordering in orderings]

    def key(row: Row) -> tuple[object, ...]:
        return tuple(
            _part(comparable(each.value(row), each.field.type), ordering) for each, ordering in keys
        )

    return key


def first_sorted(rows: Iterable[Row], key: SortKey, most: int | None) -> list[Row]:
    """The first ``most`` of ``rows`` in order, or all; equals keep the order they came in."""
    return sorted(rows, key=key) if most is None else heapq.nsmallest(most, rows, key=key)


def _part(value: Comparable | None, ordering: Ordering) -> tuple[object, ...]:
    if value is None:
        return (2 if ordering.nulls_last else 0,)
    return (1, _Falling(value) if ordering.descending else value)


def _sortable(term: Term) -> Term:
    if not term.field.sortable:
        raise SoqlError(
            INVALID_FIELD,
            f"field '{term.field.name}' can not be sorted in a query call",
            term.offset,
        )
    return term
