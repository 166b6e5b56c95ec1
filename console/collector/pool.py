"""The API pool, from the header of every answer that the org gives."""

import asyncio
from collections.abc import Callable

from console.collector.latest import Latest
from console.salesforce.types import LimitHeader
from store import limit_samples
from store.records import PoolSample
from store.writer import Writer


class PoolSampler:
    """Stores the newest header at most once an interval; `see` fits the client's ``on_limit``.

    ``on_size`` hears how large the pool is, whenever a header says so.
    """

    def __init__(self, on_size: Callable[[int], None]) -> None:
        self._newest: Latest[LimitHeader] = Latest()
        self._last: LimitHeader | None = None
        self._on_size = on_size

    def see(self, header: LimitHeader) -> None:
        """A response named the pool; one older than the last seen is ignored."""
        if self._last is not None and header.at < self._last.at:
            return
        self._last = header
        self._newest.put(header)
        self._on_size(header.max_calls)

    async def flush(self, writer: Writer) -> None:
        """Store the newest header, where it is not stored yet."""
        header = self._newest.take_now()
        if header is not None:
            await _store(writer, header)

    async def run(self, writer: Writer, every_real_s: float) -> None:
        """Store for ever."""
        while True:
            await _store(writer, await self._newest.take())
            await asyncio.sleep(every_real_s)


async def _store(writer: Writer, header: LimitHeader) -> None:
    sample = PoolSample(header.used_calls, header.max_calls, header.at)
    await writer.write(lambda connection: limit_samples.record_pool(connection, sample))
