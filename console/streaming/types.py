"""What crosses the border of this room: events, states, losses, and the waits in force."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from console.secrets import Secret

REPLAY_NEW = "-1"
"""Replay option: only events published after the subscription."""
REPLAY_RETAINED = "-2"
"""Replay option: everything the org still retains, then new events (up to 72 hours)."""


class StreamPhase(StrEnum):
    """What the stream is doing."""

    IDLE = "idle"
    CONNECTING = "connecting"
    STREAMING = "streaming"
    BACKING_OFF = "backing_off"
    LOGIN_FAILED = "login_failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """One event message as the org delivered it.

    ``payload`` is empty where the message has none that can be read; ``raw_json`` is the
    message's ``data`` in the org's own bytes. ``replay_id`` is opaque: it is never computed with.
    """

    channel: str
    replay_id: str | None
    event_uuid: str | None
    payload: Mapping[str, object]
    raw_json: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream as a person should see it: what, why, since when, and what comes next."""

    phase: StreamPhase
    reason: str
    since: datetime
    next_attempt_at: datetime | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    """Channels that the org refused, each with its reason; the others go on."""
    live: tuple[str, ...] = ()
    """Channels that are subscribed now."""


@dataclass(frozen=True, slots=True)
class ReplayLost:
    """Events of one channel that can no longer be had by replay.

    ``replay_id`` is the position the org refused, or None where none was known yet. ``since`` is
    the last moment at which the channel was known to flow, or None when that was before this
    run. What the org retains is asked for again from the start.
    """

    channel: str
    replay_id: str | None
    error: str
    since: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StreamTimings:
    """Every wait of the stream.

    Deadlines of single requests are real seconds, because a network is as slow under a simulated
    org. Pauses between attempts are seconds of the org's clock.
    """

    tcp_connect_s: float = 10.0
    request_s: float = 30.0
    """Handshake, first connect, subscribe: each whole request."""
    token_s: float = 120.0
    """Getting a token, with all the retries inside."""
    close_s: float = 2.0
    """All of closing a session."""
    default_hold_s: float = 110.0
    """How long the org holds a connect until it has said so itself (Streaming API Developer
    Guide, "Clients and Timeouts")."""
    max_hold_s: float = 300.0
    """The longest hold believed, whatever the advice says."""
    hold_factor: float = 1.2
    """No answer within this many holds, and not within ``hold_margin_s`` after one: the
    connection is dead."""
    hold_margin_s: float = 2.0
    max_interval_s: float = 30.0
    """The longest pause between connects; after 40 s the org forgets the session."""
    stable_s: float = 30.0
    """A session that lived this many real seconds was healthy: the next failure counts as the
    first."""
    backoff_base_s: float = 0.25
    backoff_cap_s: float = 60.0
    busy_s: float = 120.0
    """The shortest pause after "Server is too busy" or a limit on clients."""
    login_base_s: float = 30.0
    login_cap_s: float = 600.0
    refused_retry_s: float = 900.0
    """How often a refused channel is asked for again: permissions change."""


@dataclass(frozen=True, slots=True)
class StreamBounds:
    """The most that the stream keeps in memory."""

    pending_events: int = 20_000
    """Received and not yet taken by the sink; above it no new connect is sent until it drains.

    The org keeps what is not fetched for up to 72 hours, so waiting loses nothing.
    """
    pending_bytes: int = 16 * 1024 * 1024
    """The same, by the length of the messages; one may hold 250,000 characters of records."""
    batch_events: int = 5_000
    """The most that the sink gets at a time."""
    reply_bytes: int = 32 * 1024 * 1024
    """One reply after decompression; Salesforce asks clients to hold at least 10 MB."""


Sink = Callable[[Sequence[ReceivedEvent]], Awaitable[None]]
"""Takes a batch in order of arrival and returns once it is safe; positions move only then."""

TokenSource = Callable[[], Awaitable[tuple[Secret, str]]]
"""Gives a token and the URL of the instance it is for; raises an `OrgwatchError`."""
