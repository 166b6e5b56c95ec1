"""One row of the table of faults."""

from dataclasses import dataclass
from enum import StrEnum, auto

DETAIL_CHARACTERS = 1_000
"""How much of the org's own words is kept."""


class Retry(StrEnum):
    """When the same request may be sent again."""

    FINAL = auto()
    """Not until somebody changed something."""
    ONCE = auto()
    """Once more, if it only reads: nobody knows what the refusal means."""
    BACK_OFF = auto()
    """A few times, at growing pauses, or when the server's Retry-After says."""
    WAIT = auto()
    """Not within this request: after the row's wait."""
    NEW_TOKEN = auto()
    """At once, with a new access token, a single time."""
    NEW_SESSION = auto()
    """At once, after a new CometD handshake."""

    @property
    def passes(self) -> bool:
        """Whether the fault may be gone later without anybody's help."""
        return self in (Retry.BACK_OFF, Retry.WAIT, Retry.NEW_SESSION)

    def attempts(self, most: int, *, is_read: bool) -> int:
        """How often one request may be sent in all, when ``most`` is the caller's own bound.

        What may have changed something is sent once: nobody knows whether the first one did.
        """
        if not is_read:
            return 1
        if self is Retry.BACK_OFF:
            return most
        return min(2, most) if self is Retry.ONCE else 1


@dataclass(frozen=True, slots=True)
class FaultRow:
    """What one refusal means; the org's own words are shown beneath by whoever raises it."""

    title: str
    meaning: str
    next_step: str
    retry: Retry
    code: str = ""
    """The code that it is found by; empty fits every code."""
    text: str = ""
    """A part of the message, in lower case; empty fits every message."""
    wait_s: float | None = None
    """Seconds of the org's time before it is worth asking again; for `Retry.WAIT`."""

    def fits(self, code: str, lowered_message: str) -> bool:
        """Whether this is the row for ``code`` with ``lowered_message``."""
        return code == self.code and self.text in lowered_message
