"""The org's guard against too many long requests at the same time.

25 requests of 20 seconds or more in production and sandboxes, 5 in Developer and trial orgs; while
that many run, new ones are refused (help, API request limits and allocations).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST_LONG_RUNNING = 25
MOST_LONG_RUNNING_DEVELOPER = 5


class RunningRequests:
    """When each request that is being answered began, by this process's own steady clock."""

    def __init__(self, long_after_s: float) -> None:
        self._long_after_s = long_after_s
        self._begun: dict[int, float] = {}
        self._serial = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count a request for as long as the block runs."""
        self._serial += 1
        mine = self._serial
        self._begun[mine] = time.monotonic()
        try:
            yield
        finally:
            del self._begun[mine]

    def long_running(self) -> int:
        """How many requests have been running for longer than the limit allows freely."""
        edge = time.monotonic() - self._long_after_s
        return sum(begun <= edge for begun in self._begun.values())
