"""What one collector task says about itself, written where its screen reads it."""

import logging
from datetime import datetime

from console.clock import Clock
from store import console_state
from store.errors import StoreError
from store.records import TaskPhase, TaskState
from store.writer import Writer

_log = logging.getLogger(__name__)


class TaskJournal:
    """Records the `TaskState` of ``task``; a store that cannot take it never stops the task."""

    def __init__(
        self, task: str, writer: Writer, clock: Clock, last_success_at: datetime | None = None
    ) -> None:
        self.task = task
        self._writer = writer
        self._clock = clock
        self._phase: TaskPhase | None = None
        self._since = clock.now()
        self._message = ""
        self._last_success_at = last_success_at

    async def succeeded(self, message: str, next_at: datetime | None) -> None:
        """A round went well and the next one comes at ``next_at``."""
        self._last_success_at = self._clock.now()
        await self.say(TaskPhase.WAITING, message, next_at)

    async def say(
        self, phase: TaskPhase, message: str = "", next_at: datetime | None = None
    ) -> None:
        """The task is in ``phase`` now; ``since`` moves only when the phase does."""
        if phase is not self._phase:
            self._phase, self._since = phase, self._clock.now()
        self._message = message
        state = TaskState(
            task=self.task,
            phase=phase,
            since=self._since,
            message=message,
            next_at=next_at,
            last_success_at=self._last_success_at,
        )
        try:
            await self._writer.write(
                lambda connection: console_state.record_task(connection, state)
            )
        except StoreError as problem:
            _log.warning("the state of task %s is not stored: %s", self.task, problem)

    async def note(self, message: str) -> None:
        """Says ``message`` of a task that goes on as before, unless it was said last."""
        if message != self._message:
            await self.say(self._phase or TaskPhase.RUNNING, message)

    def still_good(self) -> None:
        """Notes that the task works, for a task that has no rounds."""
        self._last_success_at = self._clock.now()
