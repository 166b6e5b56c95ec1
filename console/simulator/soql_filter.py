"""Conditions turned into a test of one row, with Salesforce's own rules of comparison.

Text compares without regard to case, ids by their first 15 characters, an empty text equals
null, and ``!=`` and ``NOT IN`` let null through (SOQL and SOSL reference, comparison operators).
"""

import operator
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from console.simulator.soql_columns import Binder, Column
from console.simulator.soql_dates import span_of
from console.simulator.soql_errors import (
    INVALID_FIELD,
    INVALID_QUERY_FILTER_OPERATOR,
    SoqlError,
)
from console.simulator.soql_syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DateLiteral,
    LikePattern,
    Negation,
    Operand,
)
from console.simulator.tables import Row, Value

RowTest = Callable[[Row], bool]

_TEXT_TYPES = frozenset({"string", "picklist", "textarea", "email", "base64"})
_ID_TYPES = frozenset({"id", "reference"})
_RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TYPE_NAMES = {"datetime": "dateTime", "id": "ID", "reference": "reference"}
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")

Comparable = str | bool | int | float | datetime | date


def row_test(condition: Condition | None, binder: Binder, now: datetime) -> RowTest:
    """The test that ``condition`` is; every row passes when there is none.

    Raises SoqlError for unknown and unfilterable fields and for values of the wrong type.
    """
    match condition:
        case None:
            return lambda _row: True
        case Negation(inner):
            test = row_test(inner, binder, now)
            return lambda row: not test(row)
        case AllOf(conditions):
            tests = [row_test(part, binder, now) for part in conditions]
            return lambda row: all(test(row) for test in tests)
        case AnyOf(conditions):
            tests = [row_test(part, binder, now) for part in conditions]
            return lambda row: any(test(row) for test in tests)
        case Comparison():
            return _comparison_test(condition, binder, now)


def _comparison_test(comparison: Comparison, binder: Binder, now: datetime) -> RowTest:
    column = binder.column(comparison.path)
    if not column.field.filterable:
        raise SoqlError(
            INVALID_FIELD,
            f"field '{column.field.name}' can not be filtered in a query call",
            comparison.offset,
        )
    for operand in comparison.values:
        _check_type(operand, column, comparison)
    if comparison.operator == "LIKE":
        return _like_test(comparison, column)
    if comparison.operator in _RANGES:
        return _range_test(comparison, column, now)
    tests = [_equality_test(operand, column, now) for operand in comparison.values]
    if comparison.operator in ("!=", "NOT IN"):
        return lambda row: not any(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def comparable(value: Value, column: Column) -> Comparable | None:
    """A row's value in the form in which it is compared and sorted; None for null."""
    if isinstance(value, str):
        if column.field.type in _ID_TYPES:
            return value[:15] or None
        return value.casefold() or None
    return value


def _equality_test(operand: Operand, column: Column, now: datetime) -> RowTest:
    if isinstance(operand, DateLiteral):
        start, end = span_of(operand, now)
        return lambda row: _within(comparable(column.value(row), column), start, end)
    wanted = _comparable_operand(operand, column)
    return lambda row: comparable(column.value(row), column) == wanted


def _range_test(comparison: Comparison, column: Column, now: datetime) -> RowTest:
    operand = comparison.values[0]
    if operand is None or isinstance(operand, bool):
        raise SoqlError(INVALID_QUERY_FILTER_OPERATOR, "invalid operator", comparison.offset)
    sign = comparison.operator
    if isinstance(operand, DateLiteral):
        start, end = span_of(operand, now)
        # All of the span counts as one value: after it is beyond its end, before it is below its
        # start.
        sign = {">": ">=", "<=": "<"}.get(sign, sign)
        operand = end if comparison.operator in (">", "<=") else start
    wanted = _comparable_operand(operand, column)
    compare = _RANGES[sign]

    def test(row: Row) -> bool:
        value = comparable(column.value(row), column)
        return value is not None and compare(value, wanted)

    return test


def _like_test(comparison: Comparison, column: Column) -> RowTest:
    pattern = comparison.values[0]
    if not isinstance(pattern, LikePattern) or column.field.type not in _TEXT_TYPES:
        raise SoqlError(
            INVALID_QUERY_FILTER_OPERATOR,
            f"invalid operator on {column.field.type} field",
            comparison.offset,
        )
    expression = re.compile(pattern.expression, re.IGNORECASE | re.DOTALL)

    def test(row: Row) -> bool:
        value = column.value(row)
        return isinstance(value, str) and expression.fullmatch(value) is not None

    return test


def _within(value: Comparable | None, start: datetime, end: datetime) -> bool:
    return isinstance(value, datetime) and start <= value < end


def _comparable_operand(operand: Operand, column: Column) -> Comparable | None:
    if isinstance(operand, str):
        return comparable(operand, column)
    if isinstance(operand, LikePattern | DateLiteral):
        raise TypeError(operand)
    return operand


def _check_type(operand: Operand, column: Column, comparison: Comparison) -> None:
    """Refuse a value that the field's type does not take, in the words of the API."""
    kind = column.field.type
    if operand is None or isinstance(operand, LikePattern):
        return
    if kind in _ID_TYPES and isinstance(operand, str):
        if operand and _ID.fullmatch(operand) is None:
            raise SoqlError(
                INVALID_QUERY_FILTER_OPERATOR, f"invalid ID field: {operand}", comparison.offset
            )
        return
    if _takes(kind, operand):
        return
    quoting = (
        "should be enclosed in quotes"
        if kind in _TEXT_TYPES | _ID_TYPES
        else "should not be enclosed in quotes"
    )
    raise SoqlError(
        INVALID_FIELD,
        f"value of filter criterion for field '{column.field.name}' must be of type "
        f"{_TYPE_NAMES.get(kind, kind)} and {quoting}",
        comparison.offset,
    )


def _takes(kind: str, operand: Operand) -> bool:
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
