"""Reads a SELECT statement: the part of SOQL that integrations and consoles use on these objects.

What is left out (subqueries, ``HAVING``, date functions, ``USING SCOPE``, type-of) is refused as
an unexpected token, never answered wrongly. Grammar: SOQL and SOSL reference, SELECT syntax.
"""

from console.simulator.soql_dates import is_date_literal
from console.simulator.soql_errors import (
    MALFORMED_QUERY,
    NUMBER_OUTSIDE_VALID_RANGE,
    SoqlError,
    unexpected_token,
)
from console.simulator.soql_lexer import (
    Token,
    TokenKind,
    date_value,
    datetime_value,
    like_pattern,
    number_value,
    string_value,
    tokens_of,
)
from console.simulator.soql_syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DateLiteral,
    FieldPath,
    Negation,
    Operand,
    Ordering,
    Query,
    Selected,
    SelectedAggregate,
    SelectedField,
    SelectedGroup,
)

MAX_NESTING = 50
"""How deep parentheses may go; deeper ones are refused instead of exhausting the stack."""
MAX_OFFSET = 2000
"""SOQL and SOSL reference, OFFSET."""
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
_RESERVED = frozenset(
    {"AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FOR", "FROM", "GROUP", "HAVING", "IN", "INCLUDES"}
    | {"LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OFFSET", "OR", "ORDER", "SELECT", "USING"}
    | {"WHERE", "WITH"}
)
_OPERATORS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def parse(text: str) -> Query:
    """The statement that ``text`` is; raises SoqlError with the place of the first wrong token."""
    return _Parser(tokens_of(text)).query()


class _Parser:
    """Recursive descent over the tokens, one method for each rule of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0

    # --- tokens ---

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._token
        if token.kind is not TokenKind.END:
            self._index += 1
        return token

    def _take_word(self, word: str) -> bool:
        if self._token.is_word(word):
            self._index += 1
            return True
        return False

    def _take_symbol(self, symbol: str) -> bool:
        if self._token.is_symbol(symbol):
            self._index += 1
            return True
        return False

    def _expect_word(self, word: str) -> None:
        if not self._take_word(word):
            raise self._unexpected()

    def _expect_symbol(self, symbol: str) -> None:
        if not self._take_symbol(symbol):
            raise self._unexpected()

    def _unexpected(self) -> SoqlError:
        return unexpected_token(self._token.shown, self._token.offset)

    def _name(self) -> Token:
        token = self._token
        if token.kind is not TokenKind.NAME or token.text.upper() in _RESERVED:
            raise self._unexpected()
        return self._take()

    def _alias(self) -> str | None:
        token = self._token
        if token.kind is TokenKind.NAME and token.text.upper() not in _RESERVED:
            return self._take().text
        return None

    # --- the statement ---

    def query(self) -> Query:
        self._expect_word("SELECT")
        select = [self._selected()]
        while self._take_symbol(","):
            select.append(self._selected())
        self._expect_word("FROM")
        name = self._name()
        alias = self._alias()
        where = self._condition() if self._take_word("WHERE") else None
        group_by = self._group_by()
        order_by = self._order_by()
        limit = self._whole_number() if self._take_word("LIMIT") else None
        offset = self._offset()
        if self._token.kind is not TokenKind.END:
            raise self._unexpected()
        return Query(
            tuple(select), name.text, alias, name.offset, where, group_by, order_by, limit, offset
        )

    def _selected(self) -> Selected:
        name = self._name()
        if self._token.is_symbol("("):
            return self._function(name)
        path = self._path_from(name)
        return SelectedField(path, self._alias())

    def _function(self, name: Token) -> Selected:
        word = name.text.upper()
        if word == "FIELDS":
            self._expect_symbol("(")
            group = self._name()
            if group.text.upper() not in ("ALL", "STANDARD", "CUSTOM"):
                raise unexpected_token(group.text, group.offset)
            self._expect_symbol(")")
            return SelectedGroup(group.text.upper(), name.offset)
        aggregate = self._aggregate(name)
        return SelectedAggregate(
            aggregate.function, aggregate.path, self._alias(), aggregate.offset
        )

    def _aggregate(self, name: Token) -> SelectedAggregate:
        word = name.text.upper()
        if word not in AGGREGATES:
            raise self._unexpected()
        self._expect_symbol("(")
        path = None
        if not (word == "COUNT" and self._token.is_symbol(")")):
            path = self._path_from(self._name())
        self._expect_symbol(")")
        return SelectedAggregate(word, path, None, name.offset)

    def _path_from(self, first: Token) -> FieldPath:
        parts = [first.text]
        while self._take_symbol("."):
            parts.append(self._name().text)
        return FieldPath(tuple(parts), first.offset)

    # --- conditions ---

    def _condition(self) -> Condition:
        """``a AND b AND c`` or ``a OR b OR c``; SOQL mixes the two only through parentheses."""
        first = Negation(self._term()) if self._take_word("NOT") else self._term()
        for word, join in (("AND", AllOf), ("OR", AnyOf)):
            if self._token.is_word(word):
                terms = [first]
                while self._take_word(word):
                    terms.append(self._term())
                if self._token.is_word("AND") or self._token.is_word("OR"):
                    raise self._unexpected()
                return join(tuple(terms))
        return first

    def _term(self) -> Condition:
        if not self._token.is_symbol("("):
            return self._comparison()
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self._unexpected()
        self._take()
        condition = self._condition()
        self._expect_symbol(")")
        self._depth -= 1
        return condition

    def _comparison(self) -> Comparison:
        path = self._path_from(self._name())
        operator = self._token
        if operator.kind is TokenKind.SYMBOL and operator.text in _OPERATORS:
            self._take()
            return Comparison(path, _OPERATORS[operator.text], (self._value(),), path.offset)
        if self._take_word("LIKE"):
            if self._token.kind is not TokenKind.STRING:
                raise self._unexpected()
            return Comparison(path, "LIKE", (like_pattern(self._take()),), path.offset)
        negated = self._take_word("NOT")
        self._expect_word("IN")
        return Comparison(path, "NOT IN" if negated else "IN", self._values(), path.offset)

    def _values(self) -> tuple[Operand, ...]:
        self._expect_symbol("(")
        values = [self._value()]
        while self._take_symbol(","):
            values.append(self._value())
        self._expect_symbol(")")
        return tuple(values)

    def _value(self) -> Operand:
        token = self._token
        if token.kind is TokenKind.NAME:
            return self._word_value()
        makers = {
            TokenKind.STRING: string_value,
            TokenKind.NUMBER: number_value,
            TokenKind.DATETIME: datetime_value,
            TokenKind.DATE: date_value,
        }
        if token.kind not in makers:
            raise self._unexpected()
        return makers[token.kind](self._take())

    def _word_value(self) -> Operand:
        token = self._token
        word = token.text.upper()
        if word == "NULL":
            self._take()
            return None
        if word in ("TRUE", "FALSE"):
            self._take()
            return word == "TRUE"
        counted = self._tokens[self._index + 1].is_symbol(":")
        if not is_date_literal(word, counted=counted):
            raise self._unexpected()
        self._take()
        if not counted:
            return DateLiteral(word)
        self._take()
        return DateLiteral(word, self._whole_number())

    # --- the clauses after WHERE ---

    def _group_by(self) -> tuple[FieldPath, ...]:
        if not self._take_word("GROUP"):
            return ()
        self._expect_word("BY")
        paths = [self._path_from(self._name())]
        while self._take_symbol(","):
            paths.append(self._path_from(self._name()))
        return tuple(paths)

    def _order_by(self) -> tuple[Ordering, ...]:
        if not self._take_word("ORDER"):
            return ()
        self._expect_word("BY")
        orderings = [self._ordering()]
        while self._take_symbol(","):
            orderings.append(self._ordering())
        return tuple(orderings)

    def _ordering(self) -> Ordering:
        name = self._name()
        key = self._aggregate(name) if self._token.is_symbol("(") else self._path_from(name)
        descending = self._take_word("DESC")
        if not descending:
            self._take_word("ASC")
        nulls_last = False
        if self._take_word("NULLS"):
            nulls_last = self._take_word("LAST")
            if not nulls_last:
                self._expect_word("FIRST")
        return Ordering(key, descending, nulls_last)

    def _offset(self) -> int:
        if not self._take_word("OFFSET"):
            return 0
        token = self._token
        number = self._whole_number()
        if number > MAX_OFFSET:
            raise SoqlError(
                NUMBER_OUTSIDE_VALID_RANGE,
                f"Maximum SOQL offset allowed is {MAX_OFFSET}",
                token.offset,
            )
        return number

    def _whole_number(self) -> int:
        token = self._token
        if token.kind is not TokenKind.NUMBER:
            raise self._unexpected()
        self._take()
        number = number_value(token)
        if isinstance(number, float) or number < 0:
            raise SoqlError(MALFORMED_QUERY, f"unexpected token: '{token.text}'", token.offset)
        return number
