"""Keeps one stream alive: builds sessions, follows the state machine, moves positions.

The one long-lived object of this room. It never gives up by itself; it says what it waits for.
"""

import asyncio
import random as random_module
from collections.abc import Awaitable, Callable, Mapping, Sequence

from console.clock import Clock
from console.errors import OrgUnreachable, OrgwatchError
from console.secrets import Secret
from console.streaming.faults import EndKind, SessionEnded
from console.streaming.machine import StreamMachine
from console.streaming.session import CometdSession, Subscription
from console.streaming.types import (
    REPLAY_NEW,
    REPLAY_RETAINED,
    ReceivedEvent,
    ReplayLost,
    Sink,
    StreamBounds,
    StreamState,
    StreamTimings,
    TokenSource,
)

_IDLE_LOOK_S = 60.0


class StreamSupervisor:
    """Streams ``channels`` into a sink until cancelled.

    ``positions`` are the replay ids that are safely stored; a channel without one starts with
    new events, or with ``retained`` set, with everything the org still holds. ``refused`` is
    called when the org no longer accepts the token that ``token`` gave last. ``on_state`` hears
    every change; ``on_replay_lost`` is awaited before a lost channel starts afresh.
    """

    def __init__(
        self,
        *,
        channels: Sequence[str],
        api_version: str,
        token: TokenSource,
        refused: Callable[[], Awaitable[None]],
        clock: Clock,
        positions: Mapping[str, str],
        retained: bool = False,
        on_state: Callable[[StreamState], None] = lambda state: None,
        on_replay_lost: Callable[[ReplayLost], Awaitable[None]],
        timings: StreamTimings | None = None,
        bounds: StreamBounds | None = None,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._channels = tuple(channels)
        self._api_version = api_version
        self._token = token
        self._token_refused = refused
        self._clock = clock
        self._on_state = on_state
        self._on_replay_lost = on_replay_lost
        self._timings = timings or StreamTimings()
        self._bounds = bounds or StreamBounds()
        start = REPLAY_RETAINED if retained else REPLAY_NEW
        self._positions = {channel: positions.get(channel, start) for channel in self._channels}
        self._flowed = dict.fromkeys(self._channels, clock.now())
        self._was_live: set[str] = set()
        self._moved = False
        self._machine = StreamMachine(clock.now(), self._timings, random)

    @property
    def state(self) -> StreamState:
        """What the stream is doing now."""
        return self._machine.state

    async def run(self, sink: Sink) -> None:
        """Streams for ever; a failure of ``sink`` ends it and is raised, nothing else does.

        Events that the sink did not take will be delivered again from their positions.
        """
        try:
            while True:
                delay_s = await self._attempt(sink)
                if delay_s > 0:
                    await asyncio.sleep(self._clock.real_delay_s(delay_s))
        finally:
            self._machine.stopped(self._clock.now())
            self._tell()

    async def _attempt(self, sink: Sink) -> float:
        self._machine.connecting(self._clock.now())
        self._tell()
        try:
            token, instance_url = await self._token_in_time()
        except OrgwatchError as failure:
            return self._told(self._machine.token_failed(failure, self._clock.now()))
        url = f"{instance_url.rstrip('/')}/cometd/{self._api_version}"
        started_s = asyncio.get_running_loop().time()
        self._moved = False
        try:
            async with CometdSession(
                url, token, self._positions, self._clock, self._timings, self._bounds
            ) as session:
                return await self._stream(session, sink)
        except SessionEnded as over:
            if over.end.kind is EndKind.AUTHENTICATION:
                await self._token_refused()
            lived_s = asyncio.get_running_loop().time() - started_s
            healthy = self._moved or lived_s >= self._timings.stable_s
            return self._told(self._machine.ended(over.end, self._clock.now(), healthy=healthy))

    async def _stream(self, session: CometdSession, sink: Sink) -> float:
        refused: dict[str, str] = {}
        live: list[str] = []
        try:
            await self._subscribe_all(session, self._channels, live, refused)
            while live:
                self._machine.streaming(self._clock.now(), tuple(live), refused)
                self._tell()
                await self._take_until_retry(session, sink, retry=bool(refused))
                again = tuple(refused)
                refused.clear()
                await self._subscribe_all(session, again, live, refused)
            return self._told(self._machine.all_refused(self._clock.now(), refused))
        finally:
            for channel in live:
                self._flowed[channel] = session.last_answer_at

    async def _take_until_retry(self, session: CometdSession, sink: Sink, *, retry: bool) -> None:
        loop = asyncio.get_running_loop()
        pause_s = self._clock.real_delay_s(self._timings.refused_retry_s)
        retry_s = loop.time() + pause_s if retry else None
        while retry_s is None or loop.time() < retry_s:
            batch = await session.next_batch(min(pause_s, _IDLE_LOOK_S))
            if batch:
                await sink(batch)
                self._advance(batch)

    def _advance(self, batch: Sequence[ReceivedEvent]) -> None:
        for event in batch:
            if event.replay_id is not None:
                self._positions[event.channel] = event.replay_id
                self._moved = True

    async def _subscribe_all(
        self,
        session: CometdSession,
        channels: Sequence[str],
        live: list[str],
        refused: dict[str, str],
    ) -> None:
        for channel in channels:
            answer = await self._subscribe(session, channel)
            if answer.refusal is None:
                live.append(channel)
                self._was_live.add(channel)
            else:
                refused[channel] = answer.refusal

    async def _subscribe(self, session: CometdSession, channel: str) -> Subscription:
        position = self._positions[channel]
        if position == REPLAY_NEW and channel in self._was_live:
            await self._lose(channel, None, "no event had come yet from which to continue")
        answer = await session.subscribe(channel)
        if not answer.replay_lost:
            return answer
        await self._lose(channel, position, answer.refusal or "")
        self._positions[channel] = REPLAY_RETAINED
        return await session.subscribe(channel)

    async def _lose(self, channel: str, replay_id: str | None, error: str) -> None:
        since = self._flowed[channel] if channel in self._was_live else None
        await self._on_replay_lost(
            ReplayLost(channel, replay_id, error, since=since, at=self._clock.now())
        )

    async def _token_in_time(self) -> tuple[Secret, str]:
        try:
            async with asyncio.timeout(self._timings.token_s):
                return await self._token()
        except TimeoutError:
            raise OrgUnreachable(
                "The login did not finish in time",
                f"The org gave no token within {self._timings.token_s:.0f} seconds.",
                "Check the network to the login URL; the stream tries again by itself.",
                retryable=True,
            ) from None

    def _told(self, delay_s: float) -> float:
        self._tell()
        return delay_s

    def _tell(self) -> None:
        self._on_state(self._machine.state)
