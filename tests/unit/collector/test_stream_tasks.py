"""What runs beside the stream may not end unseen."""

import asyncio

import pytest

from console.collector.stream import _all_or_none


async def test_what_fails_beside_the_stream_ends_it_and_is_raised():
    ended = asyncio.Event()

    async def streams() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        raise ValueError("a defect")

    async with asyncio.timeout(5):
        with pytest.raises(ValueError, match="a defect"):
            await _all_or_none(streams(), fails())
    assert ended.is_set()


async def test_a_caller_that_is_cancelled_ends_all():
    begun, ended = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def endless() -> None:
        begun.release()
        try:
            await asyncio.Event().wait()
        finally:
            ended.release()

    running = asyncio.create_task(_all_or_none(endless(), endless()))
    async with asyncio.timeout(5):
        await begun.acquire()
        await begun.acquire()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await ended.acquire()
        await ended.acquire()
