"""The streaming sessions of the simulated org: who is connected, to what, and up to where.

Rules: Streaming API guide, "clients and timeouts" and "message durability"; platform events
guide, allocations.
"""

import asyncio
import base64
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from console.simulator.cometd.options import StreamingOptions
from console.simulator.faults.transport import FaultyTransport
from console.simulator.oauth.tokens import Grant
from console.simulator.world import PublishedEvent, World

_REMEMBERED_DISCONNECTS = 1_000
_CLIENT_ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(slots=True)
class StreamSession:
    """One client between its handshake and its end."""

    client_id: str
    browser_id: str
    """Value of the cookie ``BAYEUX_BROWSER``."""
    sticky: str
    """Value of the cookie ``sfdc-stream``, which must come back byte for byte."""
    sticky_until_s: float
    """When that cookie has run out; in the event loop's time."""
    grant: Grant
    version: int
    idle_deadline_s: float
    """When the session dies if nothing more is asked; in the event loop's time."""
    positions: dict[str, int] = field(default_factory=dict)
    """Subscribed channel, and the replay id up to which it has been delivered."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    has_connected: bool = False
    holding: int = 0
    """Connects held at this moment."""
    turn: int = 0
    """Number of the latest connect; one with a lower number has been overtaken."""
    lines: list[FaultyTransport] = field(default_factory=list)
    """The connections of the connects held at this moment."""
    is_gone: bool = False
    is_told_to_disconnect: bool = False

    def take_events(self, world: World, most: int) -> list[PublishedEvent]:
        """At most ``most`` undelivered events of all channels, in the order of publication."""
        found = [
            event
            for channel, position in self.positions.items()
            for event in world.events_after(channel, position, most)
        ]
        found.sort(key=lambda event: event.replay_id)
        taken = found[:most]
        for event in taken:
            self.positions[event.channel] = event.replay_id
        return world.stream_faults.spoiled(taken)


class SessionBook:
    """The live sessions by client id. Only the event loop's thread may use it."""

    def __init__(
        self, idle_s: float, options: StreamingOptions, loop_time: Callable[[], float]
    ) -> None:
        self._idle_s = idle_s
        self._options = options
        self._loop_time = loop_time
        self._sessions: dict[str, StreamSession] = {}
        self._disconnected: deque[str] = deque(maxlen=_REMEMBERED_DISCONNECTS)
        self.is_closing = False
        """Set when the server stops: held connects are answered at once."""

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, grant: Grant, browser_id: str | None, version: int) -> StreamSession | None:
        """A new session, or None when the org's limit of concurrent clients is reached."""
        self._expire()
        if len(self._sessions) >= self._options.most_clients:
            return None
        session = StreamSession(
            client_id="".join(secrets.choice(_CLIENT_ID_LETTERS) for _ in range(26)),
            browser_id=browser_id or secrets.token_hex(8),
            sticky=self.new_sticky(),
            sticky_until_s=self._loop_time() + self._options.sticky_life_s,
            grant=grant,
            version=version,
            idle_deadline_s=self._loop_time() + self._idle_s,
        )
        self._sessions[session.client_id] = session
        return session

    def find(self, client_id: str) -> StreamSession | None:
        """The live session of that client."""
        self._expire()
        return self._sessions.get(client_id)

    def keep_alive(self, session: StreamSession) -> None:
        """Begin the session's idle time again, as every request and every answer does."""
        session.idle_deadline_s = self._loop_time() + self._idle_s

    def was_disconnected(self, client_id: str) -> bool:
        """Whether the org itself has ended that client's session by a pushed disconnect."""
        return client_id in self._disconnected

    def shares_browser(self, session: StreamSession) -> bool:
        """Whether another client with the same cookie has a connect held."""
        return any(
            other.holding > 0 and other.browser_id == session.browser_id
            for other in self._sessions.values()
            if other is not session
        )

    def drop(self, session: StreamSession) -> None:
        """Forget one session; a connect that it has held ends."""
        self._sessions.pop(session.client_id, None)
        session.is_gone = True
        session.news.set()

    def drop_all(self) -> int:
        """Forget every session, as when a server is taken away; says how many there were."""
        sessions = list(self._sessions.values())
        for session in sessions:
            self.drop(session)
        return len(sessions)

    def expire_sticky(self) -> int:
        """Let every load balancer's cookie run out; says how many sessions are lost by it."""
        sessions = list(self._sessions.values())
        for session in sessions:
            session.sticky_until_s = self._loop_time()
        return len(sessions)

    def leads_to(self, session: StreamSession, sticky: str) -> bool:
        """Whether the load balancer's cookie still leads to the server that knows ``session``."""
        return sticky == session.sticky and self._loop_time() < session.sticky_until_s

    def reset_polls(self) -> int:
        """Reset the connections of all held connects; says how many there were."""
        lines = [line for session in self._sessions.values() for line in session.lines]
        for line in lines:
            line.reset()
        return len(lines)

    def disconnect_all(self) -> int:
        """Tell every client to disconnect and forget it; says how many there were."""
        sessions = list(self._sessions.values())
        for session in sessions:
            session.is_told_to_disconnect = True
            self._disconnected.append(session.client_id)
            self.drop(session)
        return len(sessions)

    def wake_all(self) -> None:
        """Let every held connect look again for events, revoked tokens and the server's end."""
        for session in self._sessions.values():
            session.news.set()

    def _expire(self) -> None:
        now_s = self._loop_time()
        for session in list(self._sessions.values()):
            if session.holding == 0 and now_s >= session.idle_deadline_s:
                self.drop(session)

    @staticmethod
    def new_sticky() -> str:
        """A load balancer's cookie value: ``!`` and base64 with its ``/``, ``+`` and ``=``."""
        return "!" + base64.b64encode(b"\xff\xef" + secrets.token_bytes(38)).decode()
