"""Single values of a log as they are meant: without outer quotes, numbers as numbers.

Conventions: salesforce-event-monitoring facts, section 3.4.
"""

import re

UNKNOWN_VERSIONS = frozenset({"", "9998", "9998.0", "9999"})
"""What Salesforce writes for a version that it does not know."""

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,9})?", re.ASCII)


def unquoted(text: str) -> str:
    """``text`` without the one pair of quotes that Salesforce itself wraps some values in."""
    if len(text) >= 2 and text[0] == '"' and text[-1] == '"':
        return text[1:-1]
    return text


def whole_number(text: str) -> int | None:
    """The number that ``text`` writes, without its fraction; None for anything else."""
    stripped = text.strip()
    return int(float(stripped)) if _NUMBER.fullmatch(stripped) else None


def known_version(text: str | None) -> str | None:
    """An API version; None where the log has a placeholder for one."""
    return None if text is None or text in UNKNOWN_VERSIONS else text


def storable(text: str) -> str:
    """``text`` as SQLite can keep it: a lone surrogate, which JSON allows, is spelled out."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()
