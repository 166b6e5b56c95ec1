"""Reading the store for a screen: one question at a time, in a thread, never on the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from store.database import Reader, open_reader

Answer = TypeVar("Answer")


class StoreAccess:
    """One read-only connection to the store, opened at the first question.

    A question that is cancelled is interrupted inside SQLite, and the cancellation waits until
    the thread has let go of the connection; so no thread outlives its screen.
    """

    def __init__(self, store_file: Path) -> None:
        self._store_file = store_file
        self._reader: Reader | None = None
        self._turn = asyncio.Lock()

    async def read(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """The question's answer; raises what it raises, and ``StoreError`` if there is no store."""
        return await self._in_thread(lambda: question(self._open().connection))

    async def data_version(self) -> int:
        """A number that changes whenever another process has committed something."""
        return await self._in_thread(lambda: self._open().data_version())

    async def close(self) -> None:
        """Give the connection back, also one that is just being opened."""
        await self._in_thread(self._close)

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        async with self._turn:
            running = asyncio.ensure_future(asyncio.to_thread(work))
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                if self._reader is not None:
                    self._reader.connection.interrupt()
                await asyncio.wait({running})
                if not running.cancelled():
                    running.exception()  # an interrupted question's error is nobody's news
                raise

    def _open(self) -> Reader:
        if self._reader is None:
            self._reader = open_reader(self._store_file)
        return self._reader

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
