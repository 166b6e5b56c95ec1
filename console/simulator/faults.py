"""Troubles that a test or a demonstration asks the simulated org for.

A standing fault is taken off the board each time it strikes and is gone after ``times``. What
happens at once and needs no standing (revoking tokens, dropping streaming sessions) is done by
`console.simulator.control`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MAX_STANDING = 100
MAX_TIMES = 1_000_000
MAX_DELAY_S = 300.0


class FaultKind(StrEnum):
    """The troubles on offer."""

    REVOKE_TOKENS = "revoke_tokens"
    """Every access token stops working; held connects end with 401."""
    DROP_SESSIONS = "drop_sessions"
    """Every streaming session is forgotten, as when a server is taken away: 403 Unknown client."""
    PUSH_DISCONNECT = "push_disconnect"
    """Streaming clients are sent an unsolicited ``/meta/disconnect`` (API 64.0 and later)."""
    STALE_REPLAY = "stale_replay"
    """The next ``times`` subscribes that name a replay id are told that it is not valid."""
    STREAMING_BUSY = "streaming_busy"
    """The next ``times`` handshakes are denied with a 503 as the failure reason."""
    HTTP_503 = "http_503"
    """The next ``times`` requests get 503, with ``retry_after_s`` as Retry-After if given."""
    HTTP_HTML = "http_html"
    """The next ``times`` requests get an HTML page with ``status`` instead of JSON."""
    SLOW = "slow"
    """The next ``times`` requests wait ``delay_s`` real seconds first."""
    CLOCK_SKEW = "clock_skew"
    """The token endpoint believes it is ``seconds`` later (or, negative, earlier) than it is."""
    LOGIN_REFUSED = "login_refused"
    """The next ``times`` token requests get ``error`` and ``error_description``."""


AT_ONCE = frozenset({FaultKind.REVOKE_TOKENS, FaultKind.DROP_SESSIONS, FaultKind.PUSH_DISCONNECT})
"""Faults that happen when they are asked for and do not stand."""


class FaultNotUnderstood(Exception):
    """A fault document that names no known kind or holds a value of the wrong type."""


@dataclass(slots=True)
class Fault:
    """One trouble; ``remaining`` counts down."""

    kind: FaultKind
    remaining: int = 1
    path: str = ""
    """Only requests whose path begins so; empty strikes every path of the org."""
    status: int = 503
    delay_s: float = 0.0
    retry_after_s: int | None = None
    seconds: float = 0.0
    error: str = "invalid_grant"
    error_description: str = "authentication failure"

    def as_document(self) -> dict[str, object]:
        """The fault as the control endpoint lists it."""
        return {"kind": self.kind.value, "remaining": self.remaining, "path": self.path}


def fault_from(document: Mapping[str, object]) -> Fault:
    """The fault that a JSON object asks for; raises FaultNotUnderstood with a sentence."""
    known = {"kind", "times", "path", "status", "delay_s", "retry_after_s", "seconds"}
    known |= {"error", "error_description"}
    unknown = sorted(set(document) - known)
    if unknown:
        raise FaultNotUnderstood(f"unknown key: {', '.join(unknown)}")
    try:
        kind = FaultKind(str(document.get("kind")))
    except ValueError:
        kinds = ", ".join(FaultKind)
        raise FaultNotUnderstood(f"kind must be one of: {kinds}") from None
    retry_after_s = document.get("retry_after_s")
    return Fault(
        kind,
        remaining=int(_number(document, "times", 1, 1, MAX_TIMES)),
        path=_text(document, "path", ""),
        status=int(_number(document, "status", 503, 200, 599)),
        delay_s=_number(document, "delay_s", 1.0, 0, MAX_DELAY_S),
        retry_after_s=None
        if retry_after_s is None
        else int(_number(document, "retry_after_s", 0, 0, 86_400)),
        seconds=_number(document, "seconds", 0.0, -1e9, 1e9),
        error=_text(document, "error", "invalid_grant"),
        error_description=_text(document, "error_description", "authentication failure"),
    )


def _number(
    document: Mapping[str, object], key: str, default: float, low: float, high: float
) -> float:
    value = document.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise FaultNotUnderstood(f"{key} must be a number from {low:g} to {high:g}")
    return value


def _text(document: Mapping[str, object], key: str, default: str) -> str:
    value = document.get(key, default)
    if not isinstance(value, str):
        raise FaultNotUnderstood(f"{key} must be a string")
    return value


class FaultBoard:
    """The faults that stand, oldest first."""

    def __init__(self) -> None:
        self._standing: list[Fault] = []
        self.clock_skew = timedelta()
        """How far the token endpoint's idea of the time is off."""

    @property
    def standing(self) -> tuple[Fault, ...]:
        """What has been asked for and has not struck often enough yet."""
        return tuple(self._standing)

    def stand(self, fault: Fault) -> None:
        """Put up one fault; raises FaultNotUnderstood when too many stand already."""
        if fault.kind is FaultKind.CLOCK_SKEW:
            self.clock_skew = timedelta(seconds=fault.seconds)
            return
        if len(self._standing) >= MAX_STANDING:
            raise FaultNotUnderstood(f"{MAX_STANDING} faults stand already")
        self._standing.append(fault)

    def strike(self, kind: FaultKind, path: str = "") -> Fault | None:
        """The oldest fault of ``kind`` that concerns ``path``, used up by one; None if none."""
        for fault in self._standing:
            if fault.kind is kind and path.startswith(fault.path):
                fault.remaining -= 1
                if fault.remaining == 0:
                    self._standing.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Take every fault down and set the clock right."""
        self._standing.clear()
        self.clock_skew = timedelta()
