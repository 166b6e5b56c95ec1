"""A place in the tokens of a query, moved forward by the rules of the grammar."""

from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError, unexpected_token
from console.simulator.soql.lexer import Token, TokenKind, number_value, tokens_of

MAX_NESTING = 50
"""How deep parentheses may go; deeper ones are refused instead of exhausting the stack."""
RESERVED = frozenset(
    {"AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FOR", "FROM", "GROUP", "HAVING", "IN", "INCLUDES"}
    | {"LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OFFSET", "OR", "ORDER", "SELECT", "USING"}
    | {"WHERE", "WITH"}
)
"""Words that are no names (SOQL and SOSL reference, reserved keywords)."""


class Reader:
    """Reads tokens one after the other; what is not expected is refused as Salesforce words it."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._index = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._index]

    @property
    def following(self) -> Token:
        """The token after the next; at the end, the end."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, which is then behind; the end stays."""
        token = self.token
        if token.kind is not TokenKind.END:
            self._index += 1
        return token

    def take_word(self, word: str) -> bool:
        """Whether the keyword ``word`` was next, which is then behind."""
        found = self.token.is_word(word)
        self._index += found
        return found

    def take_symbol(self, symbol: str) -> bool:
        """Whether the sign ``symbol`` was next, which is then behind."""
        found = self.token.is_symbol(symbol)
        self._index += found
        return found

    def expect_word(self, word: str) -> None:
        """Take the keyword ``word``; raises SoqlError when something else is next."""
        if not self.take_word(word):
            raise self.unexpected()

    def expect_symbol(self, symbol: str) -> None:
        """Take the sign ``symbol``; raises SoqlError when something else is next."""
        if not self.take_symbol(symbol):
            raise self.unexpected()

    def unexpected(self) -> SoqlError:
        """The refusal of the next token."""
        return unexpected_token(self.token.shown, self.token.offset)

    def name(self) -> Token:
        """Take a name; raises SoqlError when something else or a reserved word is next."""
        if not self.at_name():
            raise self.unexpected()
        return self.take()

    def at_name(self) -> bool:
        """Whether a name is next."""
        return self.token.kind is TokenKind.NAME and self.token.text.upper() not in RESERVED

    def alias(self) -> str | None:
        """Take the alias that may follow a field or an object; ``ALL ROWS`` is none."""
        if not self.at_name() or (self.token.is_word("ALL") and self.following.is_word("ROWS")):
            return None
        return self.take().text

    def open_parenthesis(self) -> None:
        """Take ``(``; raises SoqlError when it is not next or too many are open."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.unexpected()
        self.expect_symbol("(")

    def close_parenthesis(self) -> None:
        """Take ``)``; raises SoqlError when it is not next."""
        self.expect_symbol(")")
        self._depth -= 1

    def whole_number(self) -> int:
        """Take a number that is not negative and has no fraction, or raise SoqlError."""
        token = self.token
        if token.kind is not TokenKind.NUMBER:
            raise self.unexpected()
        number = number_value(token)
        if isinstance(number, float) or number < 0:
            raise SoqlError(MALFORMED_QUERY, f"unexpected token: '{token.text}'", token.offset)
        self.take()
        return number
