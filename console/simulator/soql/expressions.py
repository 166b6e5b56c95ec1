"""Fields and functions in a query's text."""

from console.simulator.soql.lexer import Token
from console.simulator.soql.reader import Reader
from console.simulator.soql.syntax import Expression, FieldPath, FunctionCall

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
DATE_FUNCTIONS = frozenset(
    {f"{unit}_{part}" for unit in ("CALENDAR", "FISCAL") for part in ("MONTH", "QUARTER", "YEAR")}
    | {"DAY_IN_MONTH", "DAY_IN_WEEK", "DAY_IN_YEAR", "DAY_ONLY", "HOUR_IN_DAY"}
    | {"WEEK_IN_MONTH", "WEEK_IN_YEAR"}
)
"""SOQL and SOSL reference, date functions."""
TO_LABEL = "TOLABEL"
CONVERT_TIMEZONE = "CONVERTTIMEZONE"
GROUPING = "GROUPING"


def read_path(reader: Reader, first: Token | None = None) -> FieldPath:
    """A field path from here on, or one whose ``first`` name is already taken."""
    name = reader.name() if first is None else first
    parts = [name.text]
    while reader.take_symbol("."):
        parts.append(reader.name().text)
    return FieldPath(tuple(parts), name.offset)


def read_expression(reader: Reader, functions: frozenset[str]) -> Expression:
    """A field path or a call of one of ``functions``; another function's ``(`` is unexpected."""
    name = reader.name()
    if not reader.token.is_symbol("("):
        return read_path(reader, name)
    word = name.text.upper()
    if word not in functions:
        raise reader.unexpected()
    reader.open_parenthesis()
    argument: Expression | None = None
    if not (word == "COUNT" and reader.token.is_symbol(")")):
        argument = read_expression(reader, _inner_functions(word))
    reader.close_parenthesis()
    return FunctionCall(word, argument, name.offset)


def _inner_functions(outer: str) -> frozenset[str]:
    return frozenset({CONVERT_TIMEZONE}) if outer in DATE_FUNCTIONS else frozenset()
