"""How integration users stand: permissions, logins, tokens, pre-authorization, certificates."""

from collections.abc import Callable, Iterable
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

_EARLY_S = 60.0
_MOST_EARLY_ROUNDS = 5


class PostureSource:
    """Reads the access of integration users and stores it as its day's snapshot.

    ``see_hidden`` is told each time which objects the org does not show.
    """

    def __init__(
        self,
        client: RestClient,
        writer: Writer,
        clock: Clock,
        see_hidden: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock
        self._see_hidden = see_hidden
        self._early_rounds = 0

    def pause_s(self, interval_s: float) -> float:
        """How long to the next round: short until the first logs have named who calls."""
        return _EARLY_S if 0 < self._early_rounds < _MOST_EARLY_ROUNDS else interval_s

    async def round(self) -> str:
        """One reading; raises the room's `OrgError` or `StoreError`."""
        now = self._clock.now()
        since = now - timedelta(days=LOGIN_DAYS)

        def callers(connection: Connection) -> list[str]:
            ids = [row.user_id for row in usage.usage(connection, since, now) if row.counted_calls]
            return list(dict.fromkeys(user_id for user_id in ids if user_id))[:MOST_CALLERS]

        named = await self._writer.write(callers)
        self._early_rounds = 0 if named else self._early_rounds + 1
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
