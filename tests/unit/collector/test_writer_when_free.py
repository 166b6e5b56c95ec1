"""A collector that starts while somebody else holds its store."""

import asyncio
import time
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.collector.writer_when_free import is_collecting, writer_when_free
from store import console_state
from store.errors import StoreBusy
from store.writer import open_writer

CLOCK = SystemClock()


async def test_it_waits_for_one_that_soon_gives_the_store_back(tmp_path: Path) -> None:
    store = tmp_path / "acme.db"
    doctor = open_writer(store)
    waiting = asyncio.create_task(writer_when_free(store, CLOCK))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.3)
    await asyncio.to_thread(doctor.close)
    writer = await asyncio.wait_for(waiting, 5)
    writer.close()


async def test_beside_a_collector_it_fails_at_once(tmp_path: Path) -> None:
    store = tmp_path / "acme.db"
    assert not is_collecting(store, CLOCK)
    with open_writer(store) as collector:
        await collector.write(lambda c: console_state.record_heartbeat(c, CLOCK.now()))
        assert is_collecting(store, CLOCK)
        began = time.monotonic()
        with pytest.raises(StoreBusy):
            await writer_when_free(store, CLOCK)
        assert time.monotonic() - began < 2


async def test_it_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.collector.writer_when_free.WAIT_REAL_S", 0.3)
    store = tmp_path / "acme.db"
    with open_writer(store), pytest.raises(StoreBusy):
        await asyncio.wait_for(writer_when_free(store, CLOCK), 5)
