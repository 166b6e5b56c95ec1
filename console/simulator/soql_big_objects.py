"""The narrow grammar of the Real-Time Event Monitoring big objects (LoginEvent, ApiEvent).

Filters only on the index fields, from the first one on without a gap; ranges and date literals
only on the last one used; no ``!=``, ``LIKE``, ``NOT IN``, ``OR``, aggregates or grouping; no
sorting but by the first index field, newest first, and none at all for LoginEvent (platform
events reference, LoginEvent and ApiEvent; SOQL and SOSL reference, big objects). The error code
of a refused filter is published nowhere; MALFORMED_QUERY is assumed.
"""

from console.simulator.soql_errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql_syntax import (
    AllOf,
    Comparison,
    Condition,
    DateLiteral,
    FieldPath,
    Ordering,
    Query,
    SelectedAggregate,
)
from console.simulator.tables import Table

_RANGES = frozenset({"<", "<=", ">", ">="})
_NEVER_SORTED = frozenset({"LoginEvent"})


def check_big_object(query: Query, table: Table) -> None:
    """Raise SoqlError when ``table`` is a big object and ``query`` asks more than it can do."""
    rules = table.big_object
    if rules is None:
        return
    if query.group_by or any(isinstance(item, SelectedAggregate) for item in query.select):
        raise _refused(f"Aggregate functions are not supported on {table.name}", None)
    _check_filters(query.where, rules.index)
    for ordering in query.order_by:
        _check_ordering(ordering, table, rules.index[0])


def _check_ordering(ordering: Ordering, table: Table, sort_field: str) -> None:
    key = ordering.key
    fits = isinstance(key, FieldPath) and key.parts[-1].lower() == sort_field.lower()
    if table.name in _NEVER_SORTED or not fits or not ordering.descending:
        raise _refused(f"This ORDER BY is not supported on {table.name}", key.offset)


def _check_filters(where: Condition | None, index: tuple[str, ...]) -> None:
    comparisons = _joined_by_and(where)
    names = [comparison.path.parts[-1].lower() for comparison in comparisons]
    used = list(dict.fromkeys(names))
    expected = [name.lower() for name in index[: len(used)]]
    if used != expected:
        raise _refused(
            f"Filters must use the index fields {', '.join(index)} in that order, without gaps",
            comparisons[0].offset if comparisons else None,
        )
    for comparison, name in zip(comparisons, names, strict=True):
        _check_operator(comparison, last=name == used[-1])
    if sum(comparison.operator == "IN" for comparison in comparisons) > 1:
        raise _refused("Only one IN filter is supported", comparisons[-1].offset)


def _joined_by_and(where: Condition | None) -> list[Comparison]:
    if where is None:
        return []
    parts = where.conditions if isinstance(where, AllOf) else (where,)
    comparisons = []
    for part in parts:
        if not isinstance(part, Comparison):
            raise _refused("Only AND joins filters on a big object", None)
        comparisons.append(part)
    return comparisons


def _check_operator(comparison: Comparison, *, last: bool) -> None:
    if comparison.operator in ("=", "IN"):
        if not last and any(isinstance(value, DateLiteral) for value in comparison.values):
            raise _refused("Date literals belong in the final filter", comparison.offset)
    elif comparison.operator not in _RANGES:
        raise _refused(f"Operator {comparison.operator} is not supported", comparison.offset)
    elif not last:
        raise _refused("A range is supported on the last filter only", comparison.offset)


def _refused(explanation: str, offset: int | None) -> SoqlError:
    return SoqlError(MALFORMED_QUERY, explanation, offset)
