"""How integration users stand: permissions, logins, tokens, pre-authorization, certificates."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from sqlite3 import Connection

import msgspec

from console.clock import Clock
from console.salesforce.posture import LOGIN_DAYS, read_posture
from console.salesforce.posture_types import PostureFacts
from console.salesforce.rest import RestClient
from store import posture, usage
from store.posture_records import PostureSnapshot
from store.writer import Writer

MOST_CALLERS = 1_000
"""Callers of the logs that are looked at, most calls first."""

_LOGS_REAL_S = 120.0
"""The longest that the first reading waits for logs: without them it knows fewer callers."""


class PostureSource:
    """Reads the access of integration users and stores it as its day's snapshot.

    ``see_hidden`` is told each time which objects the org does not show. The first reading waits
    for ``logs_are_in``, because logs name who calls.
    """

    def __init__(
        self,
        client: RestClient,
        writer: Writer,
        clock: Clock,
        see_hidden: Callable[[Iterable[str]], None] = lambda _: None,
        logs_are_in: asyncio.Event | None = None,
    ) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock
        self._see_hidden = see_hidden
        self._logs_are_in = logs_are_in

    async def round(self) -> str:
        """One reading; raises the room's `OrgError` or `StoreError`."""
        if self._logs_are_in is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOGS_REAL_S):
                    await self._logs_are_in.wait()
            self._logs_are_in = None
        now = self._clock.now()
        since = now - timedelta(days=LOGIN_DAYS)

        def callers(connection: Connection) -> list[str]:
            ids = [row.user_id for row in usage.usage(connection, since, now) if row.counted_calls]
            return list(dict.fromkeys(user_id for user_id in ids if user_id))[:MOST_CALLERS]

        named = await self._writer.write(callers)
        facts = await read_posture(self._client, named, now)
        self._see_hidden(facts.not_visible)
        snapshot = posture_snapshot(facts, self._clock)
        await self._writer.write(lambda connection: posture.record_posture(connection, snapshot))
        hidden = ", ".join(sorted(snapshot.not_visible))
        said = f"{len(snapshot.users)} integration users"
        return said + (f", not visible: {hidden}" if hidden else "")


def posture_snapshot(facts: PostureFacts, clock: Clock) -> PostureSnapshot:
    """The store's record of what was read: the same fields, under the store's own types."""
    return msgspec.convert({**msgspec.to_builtins(facts), "taken_at": clock.now()}, PostureSnapshot)
