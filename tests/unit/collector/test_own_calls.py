"""The console's own calls are counted exactly, also when the store refuses them once."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from console.clock import ScaledClock
from console.collector.latest import Latest
from console.collector.own_calls import OwnCallTally
from console.collector.pool import PoolSampler
from console.salesforce.types import LimitHeader
from store import console_state
from store.errors import StoreUnusable
from store.writer import open_writer

NOW = datetime(2026, 3, 2, 9, 14, 10, tzinfo=UTC)
STILL = ScaledClock(NOW, NOW, 0.0)


async def test_calls_are_added_up_by_purpose(tmp_path):
    tally = OwnCallTally(STILL)
    with open_writer(tmp_path / "org.db") as writer:
        for cost in (1, 1, 0, 3):
            tally.count("limits", cost)
        tally.count("apps", 2)
        await tally.flush(writer)
        await tally.flush(writer)
        stored = await writer.write(
            lambda c: console_state.own_calls(c, NOW - timedelta(hours=1), NOW)
        )
    assert dict(stored) == {"limits": 5, "apps": 2}


async def test_calls_that_could_not_be_stored_are_kept(tmp_path):
    tally = OwnCallTally(STILL)
    tally.count("limits", 4)
    closed = open_writer(tmp_path / "closed.db")
    closed.close()
    with pytest.raises(StoreUnusable):
        await tally.flush(closed)
    with open_writer(tmp_path / "org.db") as writer:
        await tally.flush(writer)
        stored = await writer.write(
            lambda c: console_state.own_calls(c, NOW - timedelta(hours=1), NOW)
        )
    assert dict(stored) == {"limits": 4}


async def test_a_call_is_stored_as_soon_as_it_was_made(tmp_path):
    """So that a killed collector forgets no more than what was under way."""
    tally = OwnCallTally(STILL)
    stored: asyncio.Queue[int] = asyncio.Queue()
    with open_writer(tmp_path / "org.db", commit_interval_s=0.0) as writer:

        async def after() -> None:
            calls = await writer.write(
                lambda c: console_state.own_calls_by_minute(c, NOW - timedelta(hours=1), NOW)
            )
            stored.put_nowait(sum(one.calls for one in calls))

        running = asyncio.create_task(tally.run(writer, 0.0, after))
        for wanted in (1, 2):
            tally.count("limits", 1)
            assert await asyncio.wait_for(stored.get(), 5) == wanted
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_only_the_newest_value_counts():
    latest: Latest[int] = Latest()
    assert latest.take_now() is None
    latest.put(1)
    latest.put(2)
    assert await latest.take() == 2
    assert latest.take_now() is None


def test_a_header_that_arrives_late_does_not_turn_the_pool_back():
    sizes = []
    sampler = PoolSampler(sizes.append)
    sampler.see(LimitHeader(200, 15_000, NOW))
    sampler.see(LimitHeader(100, 14_000, NOW - timedelta(seconds=5)))
    assert sizes == [15_000]
