"""What orgwatch itself costs the org, by purpose and minute."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from console.clock import Clock
from store import console_state
from store.records import OwnCalls
from store.writer import Writer


class OwnCallTally:
    """Adds up calls as they happen; `count` fits the REST client's ``on_call``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: Counter[tuple[datetime, str]] = Counter()
        self._news = asyncio.Event()

    def count(self, purpose: str, cost: int) -> None:
        """One request was made that costs ``cost`` API calls."""
        if cost:
            minute = self._clock.now().replace(second=0, microsecond=0)
            self._calls[minute, purpose] += cost
            self._news.set()

    async def flush(self, writer: Writer) -> None:
        """Store what has been added up; what cannot be stored is kept for the next time."""
        taken, self._calls = self._calls, Counter()
        if not taken:
            return
        calls = [OwnCalls(minute, purpose, n) for (minute, purpose), n in taken.items()]
        try:
            await writer.write(lambda connection: console_state.record_own_calls(connection, calls))
        except BaseException as problem:
            # A write that was handed over is stored even when its waiter is cancelled.
            if not isinstance(problem, asyncio.CancelledError):
                self._calls.update(taken)
                self._news.set()
            raise

    async def run(
        self, writer: Writer, at_most_every_real_s: float, after: Callable[[], Awaitable[None]]
    ) -> None:
        """Store each call as soon as it was made, for ever, so that little is lost to a kill.

        ``after`` is done after each write.
        """
        while True:
            await self._news.wait()
            self._news.clear()
            await self.flush(writer)
            await after()
            await asyncio.sleep(at_most_every_real_s)
