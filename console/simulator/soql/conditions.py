"""WHERE and HAVING: comparisons joined by AND, OR and NOT."""

from collections.abc import Callable
from dataclasses import dataclass

from console.simulator.soql.dates import is_date_literal
from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql.expressions import read_expression
from console.simulator.soql.lexer import (
    Token,
    TokenKind,
    date_value,
    datetime_value,
    like_pattern,
    number_value,
    string_value,
)
from console.simulator.soql.reader import Reader
from console.simulator.soql.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DateLiteral,
    Expression,
    Negation,
    Operand,
    Query,
    SemiJoin,
)

_OPERATORS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_VALUE_MAKERS: dict[TokenKind, Callable[[Token], Operand]] = {
    TokenKind.STRING: string_value,
    TokenKind.NUMBER: number_value,
    TokenKind.DATETIME: datetime_value,
    TokenKind.DATE: date_value,
}


@dataclass(frozen=True, slots=True)
class ConditionGrammar:
    """What the clause at hand allows: its functions, and how a query in parentheses is read."""

    functions: frozenset[str]
    read_inner: Callable[[Reader], Query] | None
    """None where no semi-join may stand, as in HAVING."""

    def read(self, reader: Reader) -> Condition:
        """``a AND b AND c`` or ``a OR b OR c``; the two mix only through parentheses."""
        negated = reader.take_word("NOT")
        first = Negation(self._term(reader)) if negated else self._term(reader)
        for word, join in (("AND", AllOf), ("OR", AnyOf)):
            if reader.token.is_word(word):
                terms = [first]
                while reader.take_word(word):
                    terms.append(self._term(reader))
                if reader.token.is_word("AND") or reader.token.is_word("OR"):
                    raise reader.unexpected()
                return join(tuple(terms))
        return first

    def _term(self, reader: Reader) -> Condition:
        if not reader.token.is_symbol("("):
            return self._comparison(reader)
        reader.open_parenthesis()
        condition = self.read(reader)
        reader.close_parenthesis()
        return condition

    def _comparison(self, reader: Reader) -> Condition:
        left = read_expression(reader, self.functions)
        operator = reader.token
        if operator.kind is TokenKind.SYMBOL and operator.text in _OPERATORS:
            reader.take()
            return Comparison(left, _OPERATORS[operator.text], (_value(reader),), left.offset)
        if reader.take_word("LIKE"):
            return Comparison(left, "LIKE", (_like_value(reader),), left.offset)
        for word in ("INCLUDES", "EXCLUDES"):
            if reader.take_word(word):
                return Comparison(left, word, _values(reader), left.offset)
        negated = reader.take_word("NOT")
        reader.expect_word("IN")
        if reader.token.is_symbol("(") and reader.following.is_word("SELECT"):
            return self._semi_join(reader, left, negated=negated)
        operator_name = "NOT IN" if negated else "IN"
        return Comparison(left, operator_name, _values(reader), left.offset)

    def _semi_join(self, reader: Reader, left: Expression, *, negated: bool) -> SemiJoin:
        reader.open_parenthesis()
        if self.read_inner is None:
            raise reader.unexpected()
        query = self.read_inner(reader)
        reader.close_parenthesis()
        return SemiJoin(left, negated, query, left.offset)


def _values(reader: Reader) -> tuple[Operand, ...]:
    _refuse_bind(reader)
    reader.open_parenthesis()
    values = [_value(reader)]
    while reader.take_symbol(","):
        values.append(_value(reader))
    reader.close_parenthesis()
    return tuple(values)


def _like_value(reader: Reader) -> Operand:
    _refuse_bind(reader)
    if reader.token.kind is TokenKind.STRING:
        return like_pattern(reader.take())
    # A value of another type is refused by what it is, once the field's type is known.
    return _value(reader)


def _value(reader: Reader) -> Operand:
    _refuse_bind(reader)
    if reader.token.kind is TokenKind.NAME:
        return _word_value(reader)
    maker = _VALUE_MAKERS.get(reader.token.kind)
    if maker is None:
        raise reader.unexpected()
    return maker(reader.take())


def _refuse_bind(reader: Reader) -> None:
    if reader.token.is_symbol(":"):
        raise SoqlError(
            MALFORMED_QUERY, "Bind variables only allowed in Apex code", reader.token.offset
        )


def _word_value(reader: Reader) -> Operand:
    word = reader.token.text.upper()
    if word == "NULL":
        reader.take()
        return None
    if word in ("TRUE", "FALSE"):
        reader.take()
        return word == "TRUE"
    counted = reader.following.is_symbol(":")
    if not is_date_literal(word, counted=counted):
        raise reader.unexpected()
    reader.take()
    if not counted:
        return DateLiteral(word)
    reader.take()
    return DateLiteral(word, reader.whole_number())
