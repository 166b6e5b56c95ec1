"""What the org refuses to the collector's tasks: a change of it brings the next probe forward."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from console.clock import Clock

SOON = timedelta(minutes=5)
"""How far the beginnings of two probes are apart at least; a probe costs about 14 calls."""
MOST_EARLY_A_DAY = 12
"""Early probes in 24 hours: permissions that come and go must not spend the budget. They are
fewer where the budget is so small that even the daily probe comes less often."""
_DAY_S = 86_400.0
_DAY = timedelta(seconds=_DAY_S)


class Refusals:
    """Follows what each task is refused, and hurries the probe when that becomes different.

    What is found first is no news where a probe runs at that moment or has just run: it found the
    same.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refused: dict[str, frozenset[str]] = {}
        self._news = asyncio.Event()
        self._probing = False
        self._began_at: datetime | None = None
        self._early: deque[datetime] = deque(maxlen=MOST_EARLY_A_DAY)

    def see(self, task: str, refused: Iterable[str]) -> None:
        """``task`` has asked the org and these are refused to it; none when all was answered."""
        found = frozenset(refused)
        before = self._refused.get(task)
        self._refused[task] = found
        if before is None and (not found or self._probing or self._due_in_s() > 0):
            return
        if found != before:
            self._news.set()

    async def probe(self, round_of_probe: Callable[[], Awaitable[str]]) -> str:
        """One probe; what was news before it is none any more."""
        self._news.clear()
        self._began_at = self._clock.now()
        self._probing = True
        try:
            return await round_of_probe()
        finally:
            self._probing = False

    async def pause(self, pause_s: float) -> None:
        """Wait for the next probe, ``pause_s`` seconds of the org's time or until there is news."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._clock.real_delay_s(pause_s)):
                await self._news.wait()
                await asyncio.sleep(self._clock.real_delay_s(self._due_in_s(pause_s)))
                self._early.append(self._clock.now())

    def _due_in_s(self, pause_s: float = 0.0) -> float:
        """How long until another probe may begin early, in seconds of the org's time."""
        due = [self._began_at + SOON] if self._began_at is not None else []
        most = max(int(MOST_EARLY_A_DAY * _DAY_S / max(pause_s, _DAY_S)), 1)
        if len(self._early) >= most:
            due.append(self._early[-most] + _DAY)
        wait = max(due, default=self._clock.now()) - self._clock.now()
        return max(wait.total_seconds(), 0.0)
