"""The boundary around every task: what fails is said, waited out and tried again."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from console.clock import Clock
from console.collector.journal import TaskJournal
from console.errors import OrgError, OrgRefused, OrgwatchError, UnreadableAnswer
from console.streaming.backoff import Backoff
from store.errors import StoreError
from store.records import TaskPhase

_FAILING_SHARE = 0.25
"""Of a round's own pause: how long it waits at least half of, when it has failed often."""
_log = logging.getLogger(__name__)
Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds of the org's time, or ends earlier where there is reason to."""


class Boundary:
    """Runs one task's work again and again; nothing that it raises reaches the other tasks.

    ``retry`` spaces the attempts after failures, in seconds of the org's clock. ``see_refused`` is
    told after each round what the org refuses to this task for good: nothing, or one code.
    """

    def __init__(
        self,
        journal: TaskJournal,
        clock: Clock,
        retry: Backoff,
        see_refused: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._retry = retry
        self._see_refused = see_refused
        self._failures = 0

    async def repeat(
        self,
        round_of_work: Callable[[], Awaitable[str]],
        interval_s: Callable[[], float],
        first_pause_s: float = 0.0,
        pause: Pause | None = None,
    ) -> None:
        """One round after the other, ``interval_s()`` apart; a round returns what to say of it.

        The first comes after ``first_pause_s`` seconds of the org's time. ``pause`` may end any
        wait early.
        """
        pause = pause or self._sleep
        if first_pause_s > 0:
            next_at = self._clock.now() + timedelta(seconds=first_pause_s)
            await self._journal.say(TaskPhase.WAITING, "not due yet", next_at)
            await pause(first_pause_s)
        while True:
            await self._journal.say(TaskPhase.RUNNING)
            await pause(await self._attempt(round_of_work, interval_s))

    async def keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work that never ends by itself, begun again after a failure."""
        await self._journal.say(TaskPhase.RUNNING)

        async def endless() -> str:
            await work()
            return "ended"

        while True:
            await self._sleep(await self._attempt(endless, lambda: 0.0))

    async def _sleep(self, pause_s: float) -> None:
        await asyncio.sleep(self._clock.real_delay_s(pause_s))

    async def _attempt(
        self, work: Callable[[], Awaitable[str]], interval_s: Callable[[], float]
    ) -> float:
        try:
            message = await work()
        except (OrgwatchError, StoreError) as failure:
            if isinstance(failure, OrgRefused) and not failure.retryable:
                self._see_refused([failure.code or failure.title])
            return await self._failed(failure.title, self._pause_s(failure, interval_s()))
        except Exception as failure:  # noqa: BLE001 - a task's boundary
            # A defect in one source must not silence the others.
            _log.exception("task %s failed unexpectedly", self._journal.task)
            said = f"unexpected {type(failure).__name__}: {failure}"
            return await self._failed(said, self._pause_s(None, interval_s()), TaskPhase.FAILED)
        self._failures = 0
        self._see_refused([])
        pause_s = interval_s()
        next_at = self._clock.now() + timedelta(seconds=pause_s)
        await self._journal.succeeded(message, next_at)
        return pause_s

    def _pause_s(self, failure: OrgwatchError | StoreError | None, interval_s: float) -> float:
        retry = self._retry
        if failure is None or isinstance(failure, (OrgRefused, UnreadableAnswer)):
            # The org was asked and has counted it: a dear round that keeps failing must not cost
            # more than one that succeeds, or it would spend what the budget saves.
            retry = replace(retry, cap_s=max(retry.cap_s, interval_s * _FAILING_SHARE))
        pause_s = retry.delay_s(self._failures, random.random)
        self._failures += 1
        if isinstance(failure, OrgError):
            if not failure.retryable:
                pause_s = max(pause_s, min(interval_s, self._retry.cap_s))
            pause_s = max(pause_s, failure.retry_after_s or 0.0)
        return pause_s

    async def _failed(
        self, message: str, pause_s: float, phase: TaskPhase = TaskPhase.BACKING_OFF
    ) -> float:
        next_at = self._clock.now() + timedelta(seconds=pause_s)
        await self._journal.say(phase, message, next_at)
        return pause_s
