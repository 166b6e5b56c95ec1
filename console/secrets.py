"""The one type that secrets have, and the net for those that come in somebody else's words.

The type does not print, compare, pickle or travel in a traceback. What a server says may repeat
what it was sent, so its words go through `redact` before they reach a screen, a log or the store.
"""

import re
from typing import NoReturn

_TOKENS = re.compile(
    r"00D\w{12,15}(?:!|%21)[\w.\-]+"  # an opaque access token or session id
    r"|eyJ[\w\-]+(?:\.[\w\-]*)*"  # a JWT: assertion or access token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)


def redact(text: str) -> str:
    """``text`` with ``[hidden]`` for all that looks like a token, a JWT or a private key."""
    return _TOKENS.sub("[hidden]", text)


class Secret:
    """A value that must never reach a screen, a log, a file or the store.

    ``reveal()`` is the only way out and is called where the value goes on the wire, so every
    use can be found by name.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one place that sends or signs with it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")
