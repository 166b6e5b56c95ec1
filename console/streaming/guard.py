"""Watches every message of one session and keeps what the library would lose or misread.

aiocometd-ng sleeps Bayeux intervals as seconds although they are milliseconds, replaces advice
instead of merging it, ignores a pushed ``/meta/disconnect`` and believes any shape of reply. The
guard runs before the library reads anything, so none of that reaches it.
"""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from typing import Any, TypeGuard

from aiocometd_ng.constants import MetaChannel
from aiocometd_ng.extensions import Extension
from aiocometd_ng.transports.abc import Transport

from console.clock import Clock
from console.secrets import Secret
from console.streaming.faults import EndKind, SessionEnd
from console.streaming.types import ReceivedEvent, StreamBounds, StreamTimings

_LONG_POLLING = "long-polling"
_MS_PER_S = 1000.0
_ROOM_AGAIN = 0.5
"""How full the inbox may be when connects go on after they were held back."""


class Guard(Extension):
    """One session's token header, advice, inbox and end."""

    def __init__(
        self, token: Secret, clock: Clock, timings: StreamTimings, bounds: StreamBounds
    ) -> None:
        self.clock = clock
        self.timings = timings
        self.bounds = bounds
        self.transport: Transport | None = None
        self.end: SessionEnd | None = None
        self.hold_s = timings.default_hold_s
        self.interval_s = 0.0
        self.connects = 0
        """Answered connects; the first one only opens the session."""
        self.last_answer_at = asyncio.get_running_loop().time()
        """By the event loop's clock, in seconds."""
        self.last_answer_org_time = clock.now()
        self.inbox: deque[ReceivedEvent] = deque()
        self._inbox_bytes = 0
        self.changed = asyncio.Event()
        """Set when there is something to take, or the session has ended."""
        self._room = asyncio.Event()
        self._room.set()
        self._token = token

    @property
    def answer_s(self) -> float:
        """Within how many real seconds a held connect must be answered."""
        timings = self.timings
        return max(self.hold_s * timings.hold_factor, self.hold_s + timings.hold_margin_s)

    @property
    def silence_s(self) -> float:
        """The longest honest silence between two answers, in real seconds."""
        return self.answer_s + self.interval_s

    async def outgoing(self, payload: list[dict[str, Any]], headers: dict[str, str]) -> None:
        """Adds the token, and to the first connect the wish for an answer at once.

        Subscribing then need not wait until a held request comes back.
        """
        headers["Authorization"] = f"Bearer {self._token.reveal()}"
        for message in payload:
            if message["channel"] == MetaChannel.CONNECT and not self.connects:
                message["advice"] = {"timeout": 0}

    async def incoming(
        self, payload: list[dict[str, Any]], headers: dict[str, str] | None = None
    ) -> None:
        """Makes every message safe for the library and follows what it advises."""
        self.last_answer_at = asyncio.get_running_loop().time()
        self.last_answer_org_time = self.clock.now()
        for message in payload:
            _complete(message)
            self._follow_advice(message.get("advice"))
            if message["channel"] == MetaChannel.CONNECT and message["successful"]:
                self.connects += 1
            if message["channel"] == MetaChannel.DISCONNECT and "id" not in message:
                self.finish(SessionEnd(EndKind.SERVER_LEFT, "the org closed the session"))

    def deliver(self, events: list[ReceivedEvent]) -> None:
        """Puts events into the inbox; a full inbox holds the next connect back."""
        if not events:
            return
        self.inbox.extend(events)
        self._inbox_bytes += sum(len(event.raw_json) for event in events)
        self.changed.set()
        if self._fullness > 1.0:
            self._room.clear()

    def take(self) -> list[ReceivedEvent]:
        """The oldest events in the inbox, at most a batch."""
        count = min(len(self.inbox), self.bounds.batch_events)
        batch = [self.inbox.popleft() for _ in range(count)]
        self._inbox_bytes -= sum(len(event.raw_json) for event in batch)
        if self._fullness <= _ROOM_AGAIN:
            self._room.set()
        if not self.inbox and self.end is None:
            self.changed.clear()
        return batch

    async def room(self) -> None:
        """Waits until the inbox has room; ends the wait when the session ends."""
        await self._room.wait()
        self.last_answer_at = asyncio.get_running_loop().time()

    @property
    def held_back(self) -> bool:
        """Whether a full inbox holds the next connect back; silence is then our own."""
        return not self._room.is_set()

    @property
    def _fullness(self) -> float:
        by_count = len(self.inbox) / self.bounds.pending_events
        return max(by_count, self._inbox_bytes / self.bounds.pending_bytes)

    def finish(self, end: SessionEnd) -> None:
        """Marks the session as over; the first reason stays."""
        if self.end is None:
            self.end = end
        self._room.set()
        self.changed.set()

    def _follow_advice(self, advice: object) -> None:
        if not isinstance(advice, Mapping):
            return
        timings = self.timings
        hold_ms, interval_ms = advice.get("timeout"), advice.get("interval")
        if _is_number(hold_ms) and hold_ms > 0:
            self.hold_s = min(hold_ms / _MS_PER_S, timings.max_hold_s)
        if _is_number(interval_ms):
            self.interval_s = min(max(interval_ms / _MS_PER_S, 0.0), timings.max_interval_s)


def _complete(message: dict[str, Any]) -> None:
    """Gives a reply every field that the library reads without asking."""
    channel = message["channel"]
    if channel != MetaChannel.DISCONNECT or "id" in message:
        message["successful"] = message.get("successful") is True
    if channel in (MetaChannel.SUBSCRIBE, MetaChannel.UNSUBSCRIBE):
        message["subscription"] = str(message.get("subscription", ""))
    if channel == MetaChannel.HANDSHAKE:
        offered = message.get("supportedConnectionTypes")
        message["supportedConnectionTypes"] = (
            [kind for kind in offered if isinstance(kind, str)]
            if isinstance(offered, list)
            else [_LONG_POLLING]
        )


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not math.isnan(value)
