"""Whether the org answers stands in the store, where the status line reads it."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from console.clock import ScaledClock
from console.collector.connection import CONNECTION_TASK, ConnectionRecorder
from console.collector.journal import TaskJournal
from console.salesforce.circuit import OrgReach
from store import console_state
from store.records import TaskPhase
from store.writer import open_writer

NOW = datetime(2026, 3, 2, 9, 14, 10, tzinfo=UTC)
STILL = ScaledClock(NOW, NOW, 0.0)
DOWN = OrgReach(NOW, NOW + timedelta(seconds=15), "The connection was refused")


@pytest.fixture
def writer(tmp_path):
    with open_writer(tmp_path / "org.db", commit_interval_s=0.0) as writer:
        yield writer


async def said(writer, wanted, deadline_s=5.0):
    """The connection's state once it is ``wanted``."""
    async with asyncio.timeout(deadline_s):
        while True:
            states = {one.task: one for one in await writer.write(console_state.tasks)}
            state = states.get(CONNECTION_TASK)
            if state is not None and wanted(state):
                return state
            await asyncio.sleep(0.005)


async def test_down_back_and_ageing_are_told_in_turn(writer):
    recorder = ConnectionRecorder()
    running = asyncio.create_task(recorder.run(TaskJournal(CONNECTION_TASK, writer, STILL)))
    recorder.see(DOWN)
    state = await said(writer, lambda s: s.phase is TaskPhase.BACKING_OFF)
    assert state.message == "org down: The connection was refused"
    assert state.next_at == DOWN.next_try_at
    recorder.see(OrgReach())
    assert (await said(writer, lambda s: s.phase is TaskPhase.RUNNING)).message == ""
    for _ in range(3):
        recorder.see_ageing("soon gone")
    assert (await said(writer, lambda s: s.message)).message == "soon gone"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
