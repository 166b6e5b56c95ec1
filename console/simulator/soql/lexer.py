"""A query text cut into tokens, each with the place where it stands."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError, unexpected_token
from console.simulator.soql.syntax import LikePattern

MAX_QUERY_CHARACTERS = 100_000
"""The longest statement that Salesforce takes (SOQL and SOSL reference, SOQL limits)."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<datetime>\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:?\d{2}))
  | (?P<date>\d{4}-\d{2}-\d{2})(?![\dTt])
  | (?P<number>[+-]?\d+(?:\.\d+)?)(?![\w.])
  | (?P<name>[A-Za-z][A-Za-z0-9_]*)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<symbol><=|>=|!=|<>|[=<>(),.:])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    **{sign: sign for sign in "\"'\\_%"},
}
"""SOQL and SOSL reference, quoted string escape sequences."""
_LIKE_PIECE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)
_MAX_NUMBER_CHARACTERS = 40


class TokenKind(Enum):
    """What a token is."""

    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query: its kind, its own text and the offset of its first character."""

    kind: TokenKind
    text: str
    offset: int

    def is_word(self, word: str) -> bool:
        """Whether this is the keyword ``word``, in any mixture of cases."""
        return self.kind is TokenKind.NAME and self.text.upper() == word

    def is_symbol(self, symbol: str) -> bool:
        """Whether this is the sign ``symbol``."""
        return self.kind is TokenKind.SYMBOL and self.text == symbol

    @property
    def shown(self) -> str:
        """The token as an error message names it."""
        return "<EOF>" if self.kind is TokenKind.END else self.text


def tokens_of(text: str) -> list[Token]:
    """``text`` as tokens, closed by one of kind END.

    Raises SoqlError for a character that no token begins with and for a text that is too long.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise SoqlError(
            MALFORMED_QUERY,
            f"SOQL statements cannot be longer than {MAX_QUERY_CHARACTERS} characters.",
        )
    tokens = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise unexpected_token(text[offset], offset)
        kind = match.lastgroup
        if kind is not None and kind != "space":
            tokens.append(Token(TokenKind(kind), match.group(), offset))
        offset = match.end()
    tokens.append(Token(TokenKind.END, "", len(text)))
    return tokens


def string_value(token: Token) -> str:
    """What a quoted string stands for; raises SoqlError for an escape that SOQL does not know."""
    return _ESCAPE.sub(lambda match: _unescaped(match, token), token.text[1:-1])


def like_pattern(token: Token) -> LikePattern:
    r"""A quoted string as the right side of ``LIKE``.

    ``%`` stands for any characters and ``_`` for one; ``\%`` and ``\_`` for themselves (SOQL
    reference, comparison operators and quoted string escape sequences).
    """
    segments = [""]
    for match in _LIKE_PIECE.finditer(token.text[1:-1]):
        piece = match.group()
        if piece == "%":
            segments.append("")
        elif piece == "_":
            segments[-1] += "."
        else:
            plain = _ESCAPE.sub(lambda found: _unescaped(found, token), piece)
            segments[-1] += re.escape(plain)
    return LikePattern(_segments_in_order(segments))


def _segments_in_order(segments: list[str]) -> str:
    """An expression for ``segments`` with anything between them.

    Each but the last is taken where it first fits, for good: a pattern of many ``%`` costs no more
    than its length times the value's.
    """
    if len(segments) == 1:
        return segments[0]
    middle = "".join(f"(?>.*?{segment})" for segment in segments[1:-1] if segment)
    return f"{segments[0]}{middle}.*{segments[-1]}"


def _unescaped(match: re.Match[str], token: Token) -> str:
    code = match.group(1)
    if len(code) > 1:
        return chr(int(code[1:], 16))
    if code in _ESCAPED:
        return _ESCAPED[code]
    raise SoqlError(
        MALFORMED_QUERY,
        f"Illegal character sequence '\\{code}' in string literal.",
        token.offset,
    )


def datetime_value(token: Token) -> datetime:
    """A date-time token in UTC; raises SoqlError for one that the calendar does not have."""
    text = token.text.upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SoqlError(MALFORMED_QUERY, f"Invalid datetime: {token.text}", token.offset) from None


def date_value(token: Token) -> date:
    """A date token; raises SoqlError for one that the calendar does not have."""
    try:
        return date.fromisoformat(token.text)
    except ValueError:
        raise SoqlError(MALFORMED_QUERY, f"Invalid date: {token.text}", token.offset) from None


def number_value(token: Token) -> int | float:
    """A number token: whole numbers stay whole; raises SoqlError for one out of all proportion."""
    if len(token.text) > _MAX_NUMBER_CHARACTERS:
        raise SoqlError(MALFORMED_QUERY, f"Invalid number: {token.text}", token.offset)
    return float(token.text) if "." in token.text else int(token.text)
