"""Why a session ended, read from what the org said: pure, one table, no guesses elsewhere.

The texts are those of the Streaming API Developer Guide, "Streaming API Error Codes" and
"Handling Streaming API Errors", and of the client issue threads named in the project's facts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

_DETAIL_LIMIT = 500
_CODE = re.compile(r"^(\d{3})(?!\d)")


class EndKind(StrEnum):
    """What the end of a session means for the next one."""

    UNKNOWN_CLIENT = auto()
    """The org forgot the session, as it does every few hours: begin a new one at once."""
    SERVER_LEFT = auto()
    """The org said goodbye, as it does while scaling: begin a new one at once."""
    AUTHENTICATION = auto()
    """The token no longer counts."""
    BUSY = auto()
    """The org asks for patience: too busy, or too many clients."""
    DENIED = auto()
    """The org refuses this user or this version."""
    NETWORK = auto()
    UNREADABLE = auto()
    """An answer that is not Bayeux: a proxy's page, a cut-off body."""
    SILENT = auto()
    """No answer within the deadline."""


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """Why one session ended: a sentence, and the other side's own words."""

    kind: EndKind
    reason: str
    detail: str = ""
    retry_after_s: float | None = None


class SessionEnded(Exception):
    """The session is over; ``end`` says why. Nothing in it can carry a token."""

    def __init__(self, end: SessionEnd) -> None:
        super().__init__(end.reason)
        self.end = end


_SENTENCES: tuple[tuple[str, EndKind, str], ...] = (
    ("server is too busy", EndKind.BUSY, "the org is too busy to stream"),
    ("simultaneous connections per server", EndKind.BUSY, "too many clients on the org's server"),
    (
        "concurrent user limit exceeded",
        EndKind.BUSY,
        "the org's limit of streaming clients is used up",
    ),
    (
        "total events daily limit exceeded",
        EndKind.BUSY,
        "the org's daily event allocation is used up",
    ),
    ("unknown client", EndKind.UNKNOWN_CLIENT, "the org forgot the session"),
    ("has not completed handshake", EndKind.UNKNOWN_CLIENT, "the org forgot the session"),
    ("no bayeux_browser cookie", EndKind.UNKNOWN_CLIENT, "the org lost the session's cookie"),
    ("authentication invalid", EndKind.AUTHENTICATION, "the org no longer accepts the token"),
    ("requires authentication", EndKind.AUTHENTICATION, "the org saw no token"),
    ("not enabled for streaming", EndKind.DENIED, "the user may not use the Streaming API"),
)


def end_of_reply(reply: Mapping[str, object]) -> SessionEnd:
    """What an unsuccessful handshake, connect or subscribe reply means.

    ``ext.sfdc.failureReason`` outranks ``error``: a busy server answers with a 401 on top and the
    true cause inside.
    """
    error = _text(reply.get("error"))
    cause = failure_reason(reply) or error
    for fragment, kind, reason in _SENTENCES:
        if fragment in cause.lower():
            return SessionEnd(kind, reason, _clipped(cause))
    code = error_code(cause) or error_code(error)
    if code == 401:
        return SessionEnd(EndKind.AUTHENTICATION, "the org refused the token", _clipped(cause))
    if code == 402:
        return SessionEnd(EndKind.UNKNOWN_CLIENT, "the org forgot the session", _clipped(cause))
    if code is not None and code >= 500:
        return SessionEnd(EndKind.BUSY, "the org cannot stream now", _clipped(cause))
    return SessionEnd(EndKind.DENIED, "the org refused to stream", _clipped(cause))


def end_of_status(
    status: int, retry_after_s: float | None, body_start: str, location: str | None
) -> SessionEnd:
    """What an HTTP answer without a Bayeux body means."""
    detail = _clipped(f"HTTP {status} {body_start}".strip())
    if status == 401:
        return SessionEnd(EndKind.AUTHENTICATION, "the org no longer accepts the token", detail)
    if 300 <= status < 400:
        where = _clipped(location or "another address")
        reason = "the streaming address redirects elsewhere; the token was not sent there"
        return SessionEnd(EndKind.UNREADABLE, reason, f"HTTP {status} to {where}")
    if status == 429 or status >= 500:
        reason = f"the org answered HTTP {status}"
        return SessionEnd(EndKind.NETWORK, reason, detail, retry_after_s)
    if status == 200:
        return SessionEnd(EndKind.UNREADABLE, "the answer is not a streaming answer", detail)
    return SessionEnd(EndKind.DENIED, f"the org answered HTTP {status}", detail)


def refuses_replay_id(reply: Mapping[str, object]) -> bool:
    """Whether a refused subscription is about its replay id and not about the channel."""
    error = (failure_reason(reply) or _text(reply.get("error"))).lower()
    if error_code(error) != 400 or "replay" not in error:
        return False
    return "invalid" in error or "wasn't found" in error


def refusal_sentence(reply: Mapping[str, object]) -> str:
    """Why a channel was refused, in one line with the org's own words."""
    words = _clipped(failure_reason(reply) or _text(reply.get("error")) or "no reason given")
    lowered = words.lower()
    if "denied_by_security_policy" in lowered:
        return f"the org has no such channel, or the user may not see it ({words})"
    if "doesn't exist" in lowered or "unknown channel" in lowered:
        return f"the org has no such channel ({words})"
    return f"the org refused the channel ({words})"


def failure_reason(reply: Mapping[str, object]) -> str:
    """``ext.sfdc.failureReason``, where Salesforce puts the true cause; empty when absent."""
    ext = reply.get("ext")
    sfdc = ext.get("sfdc") if isinstance(ext, Mapping) else None
    return _text(sfdc.get("failureReason")) if isinstance(sfdc, Mapping) else ""


def error_code(error: str) -> int | None:
    """The three digits that a Bayeux error starts with."""
    found = _CODE.match(error)
    return int(found[1]) if found else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _clipped(text: str) -> str:
    return text if len(text) <= _DETAIL_LIMIT else text[: _DETAIL_LIMIT - 1] + "…"
