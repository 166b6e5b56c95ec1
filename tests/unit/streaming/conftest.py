"""A supervisor on a loopback server, run beside the test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from console.clock import SystemClock
from console.streaming.supervisor import StreamSupervisor
from tests.unit.streaming.bayeux_server import BayeuxServer
from tests.unit.streaming.harness import LOGIN, QUICK, Watched


@pytest.fixture
def stream():
    """``async with stream(server, …) as watched``: a supervisor that runs until the block ends."""

    @asynccontextmanager
    async def run(
        server: BayeuxServer,
        channels: Sequence[str] = (LOGIN,),
        positions: dict[str, str] | None = None,
        **options: Any,
    ) -> AsyncIterator[Watched]:
        watched = Watched(server)
        for name in ("token", "on_batch", "token_error"):
            if name in options:
                setattr(watched, name, options.pop(name))
        supervisor = StreamSupervisor(
            channels=channels,
            api_version="62.0",
            token=watched.give_token,
            refused=watched.refuse_token,
            clock=SystemClock(),
            positions=positions or {},
            on_state=watched.states.append,
            on_replay_lost=watched.lose,
            timings=options.pop("timings", QUICK),
            random=lambda: 0.5,
            **options,
        )
        watched.supervisor = supervisor
        task = asyncio.create_task(supervisor.run(watched.take))
        try:
            yield watched
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return run


@pytest.fixture(autouse=True)
def loop_complaints():
    """Whatever reaches the event loop's exception handler fails the test that caused it."""
    complaints: list[dict[str, Any]] = []
    original = asyncio.BaseEventLoop.call_exception_handler

    def record(self: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
        complaints.append(context)
        original(self, context)

    asyncio.BaseEventLoop.call_exception_handler = record  # type: ignore[method-assign]
    yield complaints
    asyncio.BaseEventLoop.call_exception_handler = original  # type: ignore[method-assign]
    assert complaints == []
