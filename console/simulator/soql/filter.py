"""Conditions turned into a test of one row, with Salesforce's own rules of comparison.

Text compares without regard to case, ids by their first 15 characters, an empty text equals
null, and ``!=``, ``NOT IN`` and ``EXCLUDES`` let null through (SOQL and SOSL reference,
comparison operators). A row is a record, or with HAVING a group.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.simulator.objects.tables import FieldType, Row, Value
from console.simulator.soql.dates import reaches_now, span_of
from console.simulator.soql.errors import (
    INVALID_FIELD,
    INVALID_QUERY_FILTER_OPERATOR,
    SoqlError,
)
from console.simulator.soql.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DateLiteral,
    LikePattern,
    Negation,
    Operand,
    SemiJoin,
)
from console.simulator.soql.terms import Term, TermMaker

RowTest = Callable[[Row], bool]
Comparable = str | bool | int | float | datetime | date

ID_TYPES: frozenset[FieldType] = frozenset({"id", "reference"})
_STRING_TYPES: frozenset[FieldType] = frozenset(
    {"string", "picklist", "textarea", "email", "url", "phone"}
)
_TEXT_TYPES = _STRING_TYPES | {"multipicklist"}
_RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TYPE_NAMES: dict[FieldType, str] = {"datetime": "dateTime", "id": "ID", "reference": "reference"}
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the names in a condition mean, seen from ``now``."""

    term: TermMaker
    now: datetime
    join: Callable[[SemiJoin], RowTest]
    """The test that a semi-join is; raises SoqlError where none may stand."""


def row_test(condition: Condition | None, meaning: Meaning) -> RowTest:
    """The test that ``condition`` is; every row passes when there is none.

    Raises SoqlError for unknown and unfilterable fields and for values of the wrong type.
    """
    match condition:
        case None:
            return lambda _row: True
        case Negation(inner):
            test = row_test(inner, meaning)
            return lambda row: not test(row)
        case AllOf(conditions):
            tests = [row_test(part, meaning) for part in conditions]
            return lambda row: all(test(row) for test in tests)
        case AnyOf(conditions):
            tests = [row_test(part, meaning) for part in conditions]
            return lambda row: any(test(row) for test in tests)
        case SemiJoin():
            return meaning.join(condition)
        case Comparison():
            return _comparison_test(condition, meaning)


def comparable(value: Value, kind: FieldType) -> Comparable | None:
    """A row's value in the form in which it is compared and sorted; None for null."""
    if isinstance(value, str):
        return (value[:15] if kind in ID_TYPES else value.casefold()) or None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    raise TypeError(kind)


def filterable(term: Term) -> Term:
    """``term``, or SoqlError when its field is one that no filter takes."""
    if not term.field.filterable:
        raise SoqlError(
            INVALID_FIELD,
            f"field '{term.field.name}' can not be filtered in a query call",
            term.offset,
        )
    return term


def _comparison_test(comparison: Comparison, meaning: Meaning) -> RowTest:
    term = filterable(meaning.term(comparison.left))
    for operand in comparison.values:
        _check_type(operand, term, comparison)
    if comparison.operator == "LIKE":
        return _like_test(comparison, term)
    if comparison.operator in ("INCLUDES", "EXCLUDES"):
        return _includes_test(comparison, term)
    if comparison.operator in _RANGES:
        return _range_test(comparison, term, meaning.now)
    return _equality_test(comparison, term, meaning.now)


def _equality_test(comparison: Comparison, term: Term, now: datetime) -> RowTest:
    kind, value_of = term.field.type, term.value
    literals = [value for value in comparison.values if isinstance(value, DateLiteral)]
    spans = [_span(literal, term, now) for literal in literals]
    wanted = frozenset(
        _comparable_operand(value, kind)
        for value in comparison.values
        if not isinstance(value, DateLiteral)
    )
    negated = comparison.operator in ("!=", "NOT IN")

    def test(row: Row) -> bool:
        value: Any = comparable(value_of(row), kind)
        found = value in wanted
        if spans and not found and value is not None:
            found = any(start <= value < end for start, end in spans)
        return found is not negated

    return test


def _range_test(comparison: Comparison, term: Term, now: datetime) -> RowTest:
    operand, sign = comparison.values[0], comparison.operator
    kind, value_of = term.field.type, term.value
    if operand is None or kind in ("boolean", "multipicklist"):
        raise _invalid_operator(comparison, term)
    bound: Any
    if isinstance(operand, DateLiteral):
        sign, bound = literal_bound(operand, sign, _span(operand, term, now))
    else:
        bound = _comparable_operand(operand, kind)
    if bound is None:
        raise _invalid_operator(comparison, term)
    compare = _RANGES[sign]
    if kind not in _TEXT_TYPES | ID_TYPES:
        # What is no text compares as it is; most rows of a day are thrown out here.
        return lambda row: (value := value_of(row)) is not None and compare(value, bound)

    def test(row: Row) -> bool:
        value = comparable(value_of(row), kind)
        return value is not None and compare(value, bound)

    return test


def literal_bound(literal: DateLiteral, sign: str, span: tuple[date, date]) -> tuple[str, date]:
    """The plain comparison that one with a date literal is.

    All of a span counts as one value: after it is from its end on, before it is below its start
    (``CloseDate > NEXT_WEEK``; SOQL and SOSL reference, date literals). After a span that reaches
    up to now there is nothing; clients that ask ``> LAST_N_DAYS:7`` mean since its start, and the
    reference does not say that they are wrong.
    """
    start, end = span
    if sign == ">" and reaches_now(literal):
        return ">", start
    if sign in (">", "<="):
        return {">": ">=", "<=": "<"}[sign], end
    return sign, start


def _span(literal: DateLiteral, term: Term, now: datetime) -> tuple[date, date]:
    start, end = span_of(literal, now)
    return (start.date(), end.date()) if term.field.type == "date" else (start, end)


def _like_test(comparison: Comparison, term: Term) -> RowTest:
    pattern, value_of = comparison.values[0], term.value
    if not isinstance(pattern, LikePattern) or term.field.type not in _STRING_TYPES:
        raise _invalid_operator(comparison, term)
    matches = re.compile(pattern.expression, re.IGNORECASE | re.DOTALL).fullmatch

    def test(row: Row) -> bool:
        value = value_of(row)
        return isinstance(value, str) and value != "" and matches(value) is not None

    return test


def _includes_test(comparison: Comparison, term: Term) -> RowTest:
    """``INCLUDES ('A;B', 'C')``: A and B are both chosen, or C is."""
    if term.field.type != "multipicklist":
        raise _invalid_operator(comparison, term)
    wanted = [_choices(value) for value in comparison.values]
    excluded = comparison.operator == "EXCLUDES"

    def test(row: Row) -> bool:
        chosen = _choices(term.value(row))
        return any(each <= chosen if each else not chosen for each in wanted) is not excluded

    return test


def _choices(value: object) -> frozenset[str]:
    text = value if isinstance(value, str) else ""
    return frozenset(choice.casefold() for choice in text.split(";") if choice)


def _comparable_operand(operand: Operand, kind: FieldType) -> Comparable | None:
    if isinstance(operand, LikePattern | DateLiteral):
        raise TypeError(operand)
    return comparable(operand, kind)


def _invalid_operator(comparison: Comparison, term: Term) -> SoqlError:
    return SoqlError(
        INVALID_QUERY_FILTER_OPERATOR,
        f"invalid operator on {term.field.type} field",
        comparison.offset,
    )


def _check_type(operand: Operand, term: Term, comparison: Comparison) -> None:
    """Refuse a value that the field's type does not take, in the words of the API."""
    kind = term.field.type
    if operand is None or isinstance(operand, LikePattern):
        return
    if kind in ID_TYPES and isinstance(operand, str):
        if operand and _ID.fullmatch(operand) is None:
            raise SoqlError(
                INVALID_QUERY_FILTER_OPERATOR, f"invalid ID field: {operand}", comparison.offset
            )
        return
    if _takes(kind, operand):
        return
    quoted = kind in _TEXT_TYPES | ID_TYPES
    type_name = "string" if kind in _TEXT_TYPES else _TYPE_NAMES.get(kind, kind)
    raise SoqlError(
        INVALID_FIELD,
        f"value of filter criterion for field '{term.field.name}' must be of type {type_name} and "
        f"should {'' if quoted else 'not '}be enclosed in quotes",
        comparison.offset,
    )


def _takes(kind: FieldType, operand: Operand) -> bool:
    if kind in _TEXT_TYPES:
        return isinstance(operand, str)
    if kind == "boolean":
        return isinstance(operand, bool)
    if kind in ("int", "double"):
        return isinstance(operand, int | float) and not isinstance(operand, bool)
    if kind == "datetime":
        return isinstance(operand, datetime | DateLiteral)
    if kind == "date":
        is_date = isinstance(operand, date) and not isinstance(operand, datetime)
        return is_date or isinstance(operand, DateLiteral)
    return False
