"""Why a session ended, read from what the org said: pure, and by the table of faults.

What the org's texts mean stands in `console.faults.cometd`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from console.faults.cometd import cometd_row, error_code
from console.faults.row import FaultRow, Retry
from console.secrets import redact

_DETAIL_LIMIT = 500


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
    next_step: str = ""
    """What a person can do about it, where the table of faults says."""


class SessionEnded(Exception):
    """The session is over; ``end`` says why. Nothing in it can carry a token."""

    def __init__(self, end: SessionEnd) -> None:
        super().__init__(end.reason)
        self.end = end


_KINDS = {
    Retry.NEW_SESSION: EndKind.UNKNOWN_CLIENT,
    Retry.NEW_TOKEN: EndKind.AUTHENTICATION,
    Retry.BACK_OFF: EndKind.BUSY,
    Retry.WAIT: EndKind.BUSY,
}
"""What ends a session and is none of these is a refusal."""


def end_of_reply(reply: Mapping[str, object]) -> SessionEnd:
    """What an unsuccessful handshake, connect or subscribe reply means.

    ``ext.sfdc.failureReason`` outranks ``error``: a busy server answers with a 401 on top and the
    true cause inside.
    """
    error, cause = _text(reply.get("error")), failure_reason(reply)
    row = cometd_row(error, cause)
    kind = _KINDS.get(row.retry, EndKind.DENIED)
    return SessionEnd(kind, _in_a_line(row), _clipped(cause or error), next_step=row.next_step)


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
    error, cause = _text(reply.get("error")), failure_reason(reply)
    words = _clipped(cause or error or "no reason given")
    return f"{_in_a_line(cometd_row(error, cause))} ({words})"


def failure_reason(reply: Mapping[str, object]) -> str:
    """``ext.sfdc.failureReason``, where Salesforce puts the true cause; empty when absent."""
    ext = reply.get("ext")
    sfdc = ext.get("sfdc") if isinstance(ext, Mapping) else None
    return _text(sfdc.get("failureReason")) if isinstance(sfdc, Mapping) else ""


def _in_a_line(row: FaultRow) -> str:
    """The row's title as the middle of a sentence."""
    return row.title[:1].lower() + row.title[1:]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _clipped(text: str) -> str:
    text = redact(text)
    return text if len(text) <= _DETAIL_LIMIT else text[: _DETAIL_LIMIT - 1] + "…"
