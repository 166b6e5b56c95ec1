"""Expressions with a meaning: a type, and a value for every row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter

from console.simulator.objects.tables import Field, FieldType, Row, Value
from console.simulator.soql.columns import Binder, Column
from console.simulator.soql.errors import INVALID_FIELD, MALFORMED_QUERY, SoqlError
from console.simulator.soql.expressions import CONVERT_TIMEZONE, DATE_FUNCTIONS, TO_LABEL
from console.simulator.soql.syntax import Expression, FieldPath, FunctionCall


@dataclass(frozen=True, slots=True)
class Term:
    """One expression of a query, bound to the columns it means."""

    key: str
    """The expression in one spelling, ``CALENDAR_YEAR(LoginTime)``: equal keys, equal values."""
    field: Field
    """Type and abilities of the value; the name is the one that errors show."""
    value: Callable[[Row], Value]
    offset: int


TermMaker = Callable[[Expression], Term]


def column_term(column: Column) -> Term:
    """A plain field as a term."""
    value = column.value if column.steps else itemgetter(column.field.name)
    return Term(column.name, column.field, value, column.path.offset)


def row_term(expression: Expression, binder: Binder) -> Term:
    """The term of a field, of a date function or of toLabel.

    Raises SoqlError for names that do not exist and for functions of the wrong type.
    """
    if isinstance(expression, FieldPath):
        return column_term(binder.column(expression))
    if expression.name == TO_LABEL:
        return _label(expression, binder)
    if expression.name in DATE_FUNCTIONS:
        return _date_function(expression, binder)
    raise SoqlError(
        MALFORMED_QUERY,
        f"Field must be grouped or aggregated: {expression.name}",
        expression.offset,
    )


def _label(call: FunctionCall, binder: Binder) -> Term:
    inner = row_term(_argument(call), binder)
    labels = inner.field.labels

    def label(row: Row) -> Value:
        value = inner.value(row)
        return labels.get(value, value) if isinstance(value, str) else value

    return Term(f"{TO_LABEL}({inner.key})", inner.field, label, call.offset)


def _date_function(call: FunctionCall, binder: Binder) -> Term:
    argument = _argument(call)
    converted = isinstance(argument, FunctionCall) and argument.name == CONVERT_TIMEZONE
    # The time zone of the simulated users is UTC, in which rows already are.
    path = _argument(argument) if isinstance(argument, FunctionCall) else argument
    inner = row_term(path, binder)
    needs_time = converted or call.name == "HOUR_IN_DAY"
    if inner.field.type not in (("datetime",) if needs_time else ("datetime", "date")):
        raise SoqlError(
            INVALID_FIELD,
            f"field {inner.field.name} does not support date function {call.name}",
            call.offset,
        )
    part = _DATE_PARTS[call.name]

    def of_row(row: Row) -> Value:
        value = inner.value(row)
        return part(value) if isinstance(value, date) else None

    kind: FieldType = "date" if call.name == "DAY_ONLY" else "int"
    field = replace(inner.field, type=kind, groupable=True)
    return Term(f"{call.name}({inner.key})", field, of_row, call.offset)


def _argument(call: FunctionCall) -> Expression:
    if call.argument is None:
        raise SoqlError(MALFORMED_QUERY, "unexpected token: ')'", call.offset)
    return call.argument


def _day_only(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _hour(value: date) -> int:
    return value.hour if isinstance(value, datetime) else 0


_DATE_PARTS: dict[str, Callable[[date], Value]] = {
    "CALENDAR_MONTH": lambda value: value.month,
    "CALENDAR_QUARTER": lambda value: (value.month + 2) // 3,
    "CALENDAR_YEAR": lambda value: value.year,
    "FISCAL_MONTH": lambda value: value.month,
    "FISCAL_QUARTER": lambda value: (value.month + 2) // 3,
    "FISCAL_YEAR": lambda value: value.year,
    "DAY_IN_MONTH": lambda value: value.day,
    "DAY_IN_WEEK": lambda value: value.isoweekday() % 7 + 1,
    "DAY_IN_YEAR": lambda value: value.timetuple().tm_yday,
    "DAY_ONLY": _day_only,
    "HOUR_IN_DAY": _hour,
    "WEEK_IN_MONTH": lambda value: (value.day + 6) // 7,
    "WEEK_IN_YEAR": lambda value: (value.timetuple().tm_yday + 6) // 7,
}
"""SOQL and SOSL reference, date functions: Sunday is day 1, week 1 is the first seven days. The
fiscal year is the calendar year, as in an org that never changed it."""
