"""Every limit of the org, read at intervals."""

from collections.abc import Callable
from datetime import timedelta
from sqlite3 import Connection

from console.clock import Clock
from console.collector.continuity import Continuity
from console.salesforce.limits import read_limits
from console.salesforce.rest import RestClient
from store import coverage, limit_samples
from store.records import LimitSample
from store.writer import Writer

_ROUNDS_MISSED = 3
"""A reading this many intervals old is a gap."""


class LimitsSource:
    """Reads ``/limits`` and stores each value with the time of reading.

    ``continuity`` follows the ledger's source ``limits``; ``interval_s`` is the pause in force.
    """

    def __init__(
        self,
        client: RestClient,
        writer: Writer,
        clock: Clock,
        continuity: Continuity,
        interval_s: Callable[[], float],
    ) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock
        self._continuity = continuity
        self._interval_s = interval_s

    async def round(self) -> str:
        """One reading; raises the room's `OrgError` or `StoreError`."""
        values = await read_limits(self._client)
        now = self._clock.now()
        samples = [
            LimitSample(value.name, value.max_value, value.remaining, now) for value in values
        ]
        tolerance = timedelta(seconds=self._interval_s() * _ROUNDS_MISSED)
        hours = self._continuity.flowing(now, tolerance, gap_reason="no reading")

        def store(connection: Connection) -> None:
            limit_samples.record_limits(connection, samples)
            coverage.record_hours(connection, hours)

        await self._writer.write(store)
        return f"{len(samples)} limits"
