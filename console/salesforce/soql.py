"""The one place where values become part of a SOQL text."""

from collections.abc import Iterable
from datetime import UTC, datetime

_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


def quote(value: str) -> str:
    """``value`` as a SOQL string literal, quotes included.

    The escapes are those of the SOQL reference, "Quoted String Escape Sequences". Control
    characters for which it names none are refused with `ValueError`: no field holds them.
    """
    literal = "".join(_ESCAPES.get(character, character) for character in value)
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in literal):
        raise ValueError("a SOQL string cannot hold this control character")
    return f"'{literal}'"


def quoted_list(values: Iterable[str]) -> str:
    """``('a', 'b')`` for an IN clause; `ValueError` when there is nothing to list."""
    quoted = ", ".join(map(quote, values))
    if not quoted:
        raise ValueError("an IN clause needs at least one value")
    return f"({quoted})"


def datetime_literal(moment: datetime) -> str:
    """``moment`` as a SOQL date-time literal, in UTC and whole seconds, rounded down.

    Rounding down keeps a "created at or after" question from missing what was created within
    the second. `ValueError` for a time without an offset.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without an offset cannot be asked for")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
