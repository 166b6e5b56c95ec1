"""The stream into the store: a position moves in the same commit that stores its events."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from console.clock import Clock
from console.collector.event_fields import stream_event
from console.collector.journal import TaskJournal
from console.collector.latest import Latest
from console.collector.stream_ledger import StreamLedger
from console.salesforce.login import TokenKeeper
from console.salesforce.rest import RestClient
from console.salesforce.types import AccessToken
from console.secrets import Secret
from console.settings import OrgSettings
from console.streaming.supervisor import StreamSupervisor
from console.streaming.types import (
    ReceivedEvent,
    ReplayLost,
    StreamPhase,
    StreamState,
    StreamTimings,
)
from store import coverage, stream_events
from store.errors import StoreError
from store.records import CoverageHour, ReplayPosition, TaskPhase
from store.writer import Writer

_log = logging.getLogger(__name__)
_PHASES = {
    StreamPhase.IDLE: TaskPhase.STARTING,
    StreamPhase.CONNECTING: TaskPhase.STARTING,
    StreamPhase.STREAMING: TaskPhase.RUNNING,
    StreamPhase.BACKING_OFF: TaskPhase.BACKING_OFF,
    StreamPhase.LOGIN_FAILED: TaskPhase.FAILED,
    StreamPhase.STOPPED: TaskPhase.STOPPED,
}


class StreamSource:
    """Streams the configured channels into the store.

    ``see_refused`` is told which channels the org refuses, as often as that is found out.
    """

    def __init__(
        self,
        settings: OrgSettings,
        client: RestClient,
        tokens: TokenKeeper,
        writer: Writer,
        clock: Clock,
        journal: TaskJournal,
        ledger: StreamLedger,
        ledger_every_real_s: float,
        timings: StreamTimings | None = None,
        see_refused: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._client = client
        self._tokens = tokens
        self._writer = writer
        self._clock = clock
        self._journal = journal
        self._ledger = ledger
        self._ledger_every_real_s = ledger_every_real_s
        self._timings = timings
        self._see_refused = see_refused
        self._token: AccessToken | None = None
        self._states: Latest[StreamState] = Latest()

    async def run(self) -> None:
        """Streams until cancelled; raises `StoreError` when events cannot be stored.

        Nothing is lost by that: positions stay where the store has them.
        """
        version = await self._client.api_version()
        positions = await self._positions()
        self._ledger.continue_from(positions)
        supervisor = StreamSupervisor(
            channels=self._settings.stream_channels,
            api_version=str(version),
            token=self._give_token,
            refused=self._refuse_token,
            clock=self._clock,
            positions=positions,
            retained=self._settings.stream_start == "retained",
            on_state=self._states.put,
            on_replay_lost=self._lose,
            timings=self._timings,
        )
        await _all_or_none(
            supervisor.run(self._store), self._tell_states(), self._keep_ledger(supervisor)
        )

    async def _positions(self) -> dict[str, str]:
        stored = await self._writer.write(stream_events.replay_positions)
        return {channel: position.replay_id for channel, position in stored.items()}

    async def _store(self, batch: Sequence[ReceivedEvent]) -> None:
        events = [stream_event(received) for received in batch]
        now = self._clock.now()
        newest = {e.channel: e.replay_id for e in events if e.replay_id is not None}
        positions = [ReplayPosition(channel, rid, now) for channel, rid in newest.items()]
        await self._writer.write(
            lambda connection: stream_events.record_events(connection, events, positions)
        )
        self._journal.still_good()
        for channel in {event.channel for event in events}:
            self._ledger.delivered(channel, newest.get(channel))

    async def _give_token(self) -> tuple[Secret, str]:
        self._token = await self._tokens.token()
        return self._token.value, self._token.instance_url

    async def _refuse_token(self) -> None:
        if self._token is not None:
            await self._tokens.refused(self._token)

    async def _tell_states(self) -> None:
        while True:
            state = await self._states.take()
            if state.phase is StreamPhase.STREAMING or state.refused:
                self._see_refused(state.refused)
            await self._journal.say(_PHASES[state.phase], _sentence(state), state.next_attempt_at)

    async def _lose(self, loss: ReplayLost) -> None:
        await self._record(self._ledger.lost(loss, self._clock.now()))

    async def _keep_ledger(self, supervisor: StreamSupervisor) -> None:
        while True:
            await asyncio.sleep(self._ledger_every_real_s)
            await self._record(self._ledger.look(supervisor.state, self._clock.now()))

    async def _record(self, rows: Sequence[CoverageHour]) -> None:
        if not rows:
            return
        try:
            await self._writer.write(lambda connection: coverage.record_hours(connection, rows))
        except StoreError as problem:
            _log.warning("the stream's ledger is not stored: %s", problem)


async def _all_or_none(*endless: Coroutine[Any, Any, None]) -> None:
    """Run all until one fails, which is raised, or the caller is cancelled; then end the rest."""
    running = [asyncio.create_task(work) for work in endless]
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _sentence(state: StreamState) -> str:
    if not state.refused:
        return state.reason
    refused = "; ".join(f"{channel}: {reason}" for channel, reason in state.refused.items())
    return f"{state.reason}, refused {refused}"
