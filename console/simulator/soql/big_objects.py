"""The narrow grammar of the Real-Time Event Monitoring big objects (LoginEvent, ApiEvent).

Filters only on the index fields, from the first one on without a gap; ranges and date literals
only on the last one used; no ``!=``, ``LIKE``, ``NOT IN``, ``OR``, functions, subqueries, OFFSET
or grouping; no sorting but by the first index field, newest first, and none at all for LoginEvent
(platform events reference, LoginEvent and ApiEvent; SOQL and SOSL reference, big objects). The
error code of a refused filter is published nowhere; `BigObjectRules` says which one is given.
"""

from console.simulator.objects.tables import BigObjectRules, Table
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.syntax import (
    Comparison,
    DateLiteral,
    FieldPath,
    FunctionCall,
    Ordering,
    Query,
    SelectedChildren,
    SelectedExpression,
    conjuncts,
)

_RANGES = frozenset({"<", "<=", ">", ">="})
_NEVER_SORTED = frozenset({"LoginEvent"})


def check_big_object(query: Query, table: Table) -> None:
    """Raise SoqlError when ``table`` is a big object and ``query`` asks more than it can do."""
    if table.big_object is not None:
        _BigObject(table.name, table.big_object).check(query)


class _BigObject:
    def __init__(self, name: str, rules: BigObjectRules) -> None:
        self._name = name
        self._rules = rules

    def check(self, query: Query) -> None:
        self._check_select(query)
        self._check_filters(query)
        for ordering in query.order_by:
            self._check_ordering(ordering)
        if query.offset:
            raise self._refused(f"OFFSET is not supported on {self._name}", query.offset_at)

    def _check_select(self, query: Query) -> None:
        called = any(
            isinstance(item, SelectedExpression) and isinstance(item.expression, FunctionCall)
            for item in query.select
        )
        if query.group_by is not None or called:
            raise self._refused(f"Aggregate functions are not supported on {self._name}", None)
        if any(isinstance(item, SelectedChildren) for item in query.select):
            raise self._refused(f"Subqueries are not supported on {self._name}", None)

    def _check_ordering(self, ordering: Ordering) -> None:
        key = ordering.key
        first = self._rules.index[0].lower()
        fits = isinstance(key, FieldPath) and key.parts[-1].lower() == first
        if self._name in _NEVER_SORTED or not fits or not ordering.descending:
            raise self._refused(f"This ORDER BY is not supported on {self._name}", key.offset)

    def _check_filters(self, query: Query) -> None:
        index = self._rules.index
        comparisons = [self._comparison(part) for part in conjuncts(query.where)]
        names = [name for _, name in comparisons]
        used = list(dict.fromkeys(names))
        if used != [name.lower() for name in index[: len(used)]]:
            raise self._refused(
                f"Filters must use the index fields {', '.join(index)} in that order, without gaps",
                comparisons[0][0].offset,
            )
        for comparison, name in comparisons:
            self._check_operator(comparison, last=name == used[-1])
        if sum(comparison.operator == "IN" for comparison, _ in comparisons) > 1:
            raise self._refused("Only one IN filter is supported", comparisons[-1][0].offset)

    def _comparison(self, part: object) -> tuple[Comparison, str]:
        if not isinstance(part, Comparison):
            raise self._refused("Only AND joins filters on a big object", None)
        if isinstance(part.left, FunctionCall):
            raise self._refused(f"Functions are not supported on {self._name}", part.offset)
        return part, part.left.parts[-1].lower()

    def _check_operator(self, comparison: Comparison, *, last: bool) -> None:
        if comparison.operator in ("=", "IN"):
            if not last and any(isinstance(value, DateLiteral) for value in comparison.values):
                raise self._refused("Date literals belong in the final filter", comparison.offset)
        elif comparison.operator not in _RANGES:
            raise self._refused(
                f"Operator {comparison.operator} is not supported", comparison.offset
            )
        elif not last:
            raise self._refused("A range is supported on the last filter only", comparison.offset)

    def _refused(self, explanation: str, offset: int | None) -> SoqlError:
        return SoqlError(self._rules.error_code, explanation, offset)
