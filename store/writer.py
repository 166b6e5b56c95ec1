"""The one writer of a store: a thread with its own connection that commits in batches.

Callers hand in functions of a connection. Everything that arrives within one commit interval runs
in one transaction, each function in a savepoint of its own, and nobody is told "done" before the
commit: acknowledge after commit.
"""

import asyncio
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from store.database import disk_full, is_a_directory, is_present, unusable
from store.errors import StoreUnusable
from store.writer_connection import connect_for_writing, remove_store
from store.writer_lock import WriterLock

T = TypeVar("T")

CLOSE_TIMEOUT_S = 30.0
"""How long `Writer.close` waits for what is queued."""


@dataclass(slots=True)
class _Job:
    write: Callable[[sqlite3.Connection], Any]
    future: "Future[Any]"
    result: Any = None


class Writer:
    """Writes to one store for one process; make it with `open_writer`.

    Thread-safe. At most ``queue_bound`` writes wait; beyond that callers wait too. ``is_new`` says
    that the store was made for it. It is a context manager that drains and closes.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        lock: WriterLock,
        commit_interval_s: float,
        queue_bound: int,
        *,
        is_new: bool = False,
    ) -> None:
        self.path = path
        self.is_new = is_new
        self._connection = connection
        self._lock = lock
        self._commit_interval_s = commit_interval_s
        self._queue_bound = queue_bound
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._discarding = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def queued(self) -> int:
        """How many writes wait to be begun."""
        return len(self._jobs)

    def submit(self, write: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Queue ``write``; its future resolves after the commit.

        Blocks the calling thread while the queue is full. ``write`` runs in the writer's thread
        and must not commit; whatever it raises undoes its own changes only and comes out of the
        future. `StoreUnusable` when the disk is full or the writer is closed.
        """
        job = _Job(write, Future())
        with self._changed:
            self._changed.wait_for(lambda: self._closing or len(self._jobs) < self._queue_bound)
            self._enqueue(job)
        return job.future

    async def write(self, write: Callable[[sqlite3.Connection], T]) -> T:
        """Queue ``write`` and wait for its commit without blocking the event loop.

        Cancelling the caller does not take the write back: it is stored all the same.
        """
        job = _Job(write, Future())
        with self._changed:
            has_room = self._closing or len(self._jobs) < self._queue_bound
            if has_room:
                self._enqueue(job)
        if not has_room:
            job.future = await asyncio.shield(asyncio.to_thread(self.submit, write))
        result: T = await asyncio.shield(asyncio.wrap_future(job.future))
        return result

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Write what is queued, fold the log into the store, and let the next writer in.

        Raises `StoreUnusable` when that takes longer than ``timeout_s``; the thread then goes on
        and the lock stays held until it is done. Closing twice does nothing.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise StoreUnusable(
                "The store is still being written",
                f"What was queued for {self.path} could not be written within {timeout_s:g} s.",
                "Wait for the process to end; what was acknowledged is safe.",
            )

    def discard(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Close and delete the store, for one that was made for what then did not come."""
        self._discarding = True
        self.close(timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _enqueue(self, job: _Job) -> None:
        if self._closing:
            raise _closed()
        self._jobs.append(job)
        self._changed.notify_all()

    def _run(self) -> None:
        batch: list[_Job] = []
        try:
            while batch := self._next_batch():
                self._commit_batch(batch)
        finally:
            self._refuse_rest(batch)
            _fold_log(self._connection)
            self._connection.close()
            if self._discarding:
                remove_store(self.path)
            self._lock.release(remove=self._discarding)

    def _refuse_rest(self, batch: list[_Job]) -> None:
        """Leave nobody waiting when the thread ends, whatever ended it."""
        with self._changed:
            self._closing = True
            rest = [*batch, *self._jobs]
            self._jobs.clear()
            self._changed.notify_all()
        for job in rest:
            if not job.future.done():
                job.future.set_exception(_closed())

    def _next_batch(self) -> list[_Job]:
        """Everything that arrives within one interval of the first write; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or bool(self._jobs))
            deadline = time.monotonic() + self._commit_interval_s
            while not self._closing and len(self._jobs) < self._queue_bound:
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0:
                    break
                self._changed.wait(remaining_s)
            batch = list(self._jobs)
            self._jobs.clear()
            self._changed.notify_all()
            return batch

    def _commit_batch(self, batch: list[_Job]) -> None:
        pending = [job for job in batch if job.future.set_running_or_notify_cancel()]
        done: list[_Job] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            done.extend(job for job in pending if self._run_one(job))
            self._connection.execute("COMMIT")
        except sqlite3.Error as problem:
            self._abandon(pending, problem)
            return
        for job in done:
            job.future.set_result(job.result)

    def _run_one(self, job: _Job) -> bool:
        """Run one write in its savepoint; true when its result waits for the commit.

        Raises `sqlite3.Error` when the whole transaction is gone.
        """
        self._connection.execute("SAVEPOINT one_write")
        try:
            job.result = job.write(self._connection)
        except Exception as problem:
            # A task boundary: the failure belongs to one caller, whose future carries it.
            if not self._connection.in_transaction:
                raise sqlite3.OperationalError(str(problem)) from problem
            self._connection.execute("ROLLBACK TO one_write")
            self._connection.execute("RELEASE one_write")
            job.future.set_exception(self._in_sentences(problem))
            return False
        self._connection.execute("RELEASE one_write")
        return True

    def _abandon(self, pending: list[_Job], problem: sqlite3.Error) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        failure = unusable(self.path, problem)
        for job in pending:
            if not job.future.done():
                job.future.set_exception(failure)

    def _in_sentences(self, problem: Exception) -> Exception:
        if isinstance(problem, sqlite3.OperationalError) and "full" in str(problem).lower():
            return disk_full(self.path, str(problem))
        return problem


def open_writer(path: Path, commit_interval_s: float = 0.2, queue_bound: int = 10_000) -> Writer:
    """Create or open the store at ``path`` for writing and bring its schema up to date.

    The directory must exist. Raises `StoreBusy` when another process writes to it, `StoreTooNew`
    when a later orgwatch wrote it, `StoreUnusable` for everything else.
    """
    if is_present(path) and path.is_dir():
        raise is_a_directory(path)
    lock = WriterLock(path)
    had_lock_file = is_present(lock.path)
    lock.acquire()
    is_new = not is_present(path)
    try:
        connection = connect_for_writing(path)
    except BaseException:
        lock.release(remove=not had_lock_file)
        raise
    return Writer(path, connection, lock, commit_interval_s, queue_bound, is_new=is_new)


def _closed() -> StoreUnusable:
    return StoreUnusable(
        "The store is closed",
        "The collector is stopping and takes no more records.",
        "Start it again.",
    )


def _fold_log(connection: sqlite3.Connection) -> None:
    """Fold the write-ahead log into the store file, if nothing prevents it."""
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:
        # A reader or a full disk; harmless, because the log is read together with the store.
        return
