"""A stream under test and everything it said, with waits that a test can afford."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.secrets import Secret
from console.streaming.faults import SessionEnd, SessionEnded
from console.streaming.session import CometdSession
from console.streaming.supervisor import StreamSupervisor
from console.streaming.types import (
    ReceivedEvent,
    ReplayLost,
    StreamPhase,
    StreamState,
    StreamTimings,
)
from tests.unit.streaming.bayeux_server import BayeuxServer

LOGIN = "/event/LoginEventStream"
API = "/event/ApiEventStream"
QUICK = StreamTimings(
    tcp_connect_s=2.0,
    request_s=1.0,
    close_s=0.5,
    backoff_base_s=0.02,
    backoff_cap_s=0.1,
    busy_s=0.1,
    login_base_s=0.05,
    login_cap_s=0.1,
    refused_retry_s=0.2,
)


@dataclass
class Watched:
    """A running stream and everything it said."""

    server: BayeuxServer
    token: str = "good"
    tokens_given: int = 0
    tokens_refused: int = 0
    events: list[ReceivedEvent] = field(default_factory=list)
    states: list[StreamState] = field(default_factory=list)
    lost: list[ReplayLost] = field(default_factory=list)
    on_batch: Callable[[Sequence[ReceivedEvent]], Any] | None = None
    token_error: BaseException | None = None
    supervisor: StreamSupervisor | None = None

    async def give_token(self) -> tuple[Secret, str]:
        self.tokens_given += 1
        if self.token_error is not None:
            raise self.token_error
        return Secret(self.token), self.server.url

    async def refuse_token(self) -> None:
        self.tokens_refused += 1

    async def take(self, batch: Sequence[ReceivedEvent]) -> None:
        if self.on_batch is not None:
            await self.on_batch(batch)
        self.events.extend(batch)

    async def lose(self, loss: ReplayLost) -> None:
        self.lost.append(loss)

    @property
    def numbers(self) -> list[Any]:
        return [event.payload["n"] for event in self.events]

    def reached(self, phase: StreamPhase) -> int:
        return sum(1 for state in self.states if state.phase is phase)

    async def until(self, condition: Callable[[], object]) -> None:
        await eventually(condition)


async def eventually(condition: Callable[[], object], deadline_s: float = 8.0) -> None:
    """Returns once ``condition`` holds; fails after the deadline."""
    async with asyncio.timeout(deadline_s):
        while not condition():  # noqa: ASYNC110  the conditions are about another party
            await asyncio.sleep(0.005)


async def end_of(session: CometdSession, wait_s: float = 5.0) -> SessionEnd:
    """Takes what comes until the session ends, and says why it did."""
    async with asyncio.timeout(8.0):
        while True:
            try:
                await session.next_batch(wait_s)
            except SessionEnded as over:
                return over.end
