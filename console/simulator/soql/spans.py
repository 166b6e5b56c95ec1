"""Which span of time a query asks for, as far as its WHERE says so on the top level."""

from datetime import date, datetime, timedelta

from console.simulator.soql.dates import span_of
from console.simulator.soql.filter import literal_bound
from console.simulator.soql.syntax import (
    Comparison,
    Condition,
    DateLiteral,
    FieldPath,
    Operand,
    conjuncts,
)

Span = tuple[datetime | None, datetime | None]
"""From a moment on and before another; None leaves that side open."""

_TICK = timedelta(microseconds=1)


def asked_span(where: Condition | None, time_field: str, now: datetime) -> Span:
    """The narrowest span that holds every record which ``where`` can let through."""
    since: datetime | None = None
    until: datetime | None = None
    for comparison in time_filters(where, time_field):
        start, end = _bounds(comparison, now)
        since = max((moment for moment in (since, start) if moment is not None), default=None)
        until = min((moment for moment in (until, end) if moment is not None), default=None)
    return since, until


def time_filters(where: Condition | None, time_field: str) -> list[Comparison]:
    """The comparisons of the time field itself that must all hold."""
    return [
        part
        for part in conjuncts(where)
        if isinstance(part, Comparison) and is_field(part, time_field)
    ]


def is_field(comparison: Comparison, name: str) -> bool:
    """Whether the left side is the field ``name``, perhaps behind the object's own name."""
    left = comparison.left
    return isinstance(left, FieldPath) and left.parts[-1].lower() == name.lower()


def _bounds(comparison: Comparison, now: datetime) -> Span:
    if comparison.operator in ("=", "IN"):
        spans = [_value_span(value, now) for value in comparison.values]
        known = [span for span in spans if span is not None]
        if len(known) < len(spans):
            return None, None
        return min(start for start, _ in known), max(end for _, end in known)
    if comparison.operator not in ("<", "<=", ">", ">="):
        return None, None
    value, sign = comparison.values[0], comparison.operator
    moment: date | Operand = value
    if isinstance(value, DateLiteral):
        sign, moment = literal_bound(value, sign, span_of(value, now))
    if not isinstance(moment, datetime):
        return None, None
    if sign in (">", ">="):
        return moment, None
    return None, moment + _TICK if sign == "<=" else moment


def _value_span(value: Operand, now: datetime) -> tuple[datetime, datetime] | None:
    if isinstance(value, DateLiteral):
        return span_of(value, now)
    return (value, value + _TICK) if isinstance(value, datetime) else None
