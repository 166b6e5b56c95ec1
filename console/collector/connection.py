"""Whether the org answers, and whether its API version is to be retired, where screens read it.

Both stand in the state of one task, `CONNECTION_TASK`: it is backing off while the org is down,
with the time of the next try, and running otherwise, with the org's warning about the API version
as its message.
"""

import asyncio

from console.collector.journal import TaskJournal
from console.salesforce.circuit import OrgReach
from store.records import TaskPhase

CONNECTION_TASK = "connection"


class ConnectionRecorder:
    """Says the newest state; `see` and `see_ageing` fit the REST client's listeners."""

    def __init__(self) -> None:
        self._reach = OrgReach()
        self._ageing = ""
        self._news = asyncio.Event()

    def see(self, reach: OrgReach) -> None:
        """The org went down, is still down after a probe, or is back."""
        self._reach = reach
        self._news.set()

    def see_ageing(self, words: str) -> None:
        """The org says of the API version in use that it is to be retired."""
        if words != self._ageing:
            self._ageing = words
            self._news.set()

    async def run(self, journal: TaskJournal) -> None:
        """Say what is new, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            reach = self._reach
            if reach.down_since is not None:
                await journal.say(
                    TaskPhase.BACKING_OFF, f"org down: {reach.reason}", reach.next_try_at
                )
            else:
                await journal.say(TaskPhase.RUNNING, self._ageing)
