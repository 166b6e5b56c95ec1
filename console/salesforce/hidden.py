"""What of the org could not be read: noted with its reason, and the rest read on."""

import re

from console.errors import OrgRefused

_TOO_SLOW = "QUERY_TIMEOUT"
"""It passes in principle, but a query that ran too long will mostly do so again."""
_MISSING_FIELD = "INVALID_FIELD"
_NAMED = re.compile(r"(?:No such column|Didn't understand relationship) '([^']{1,80})'")


def note_hidden(refused: OrgRefused, what: str, not_visible: dict[str, str]) -> None:
    """Notes under ``what`` why it could not be read; raises a refusal that may soon be over."""
    if refused.retryable and refused.code != _TOO_SLOW:
        raise refused
    code = f" ({refused.code})" if refused.code else ""
    not_visible[what] = f"{refused.title}{code}"


def missing_column(refused: OrgRefused, columns: tuple[str, ...]) -> str | None:
    """The one of ``columns`` that the org does not have or show; None for another refusal.

    The words are those of real orgs' INVALID_FIELD answers.
    """
    named = _NAMED.search(refused.detail) if refused.code == _MISSING_FIELD else None
    if named is None:
        return None
    return next((column for column in columns if named[1] in column.split(".")), None)
