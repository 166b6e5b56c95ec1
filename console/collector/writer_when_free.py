"""The right to write to the store, waited for where its holder is about to give it back.

A doctor holds the store for the moment of its login. A collector that starts then waits a little;
beside another collector, which gives signs of life, it fails at once.
"""

import asyncio
import sqlite3
from pathlib import Path

from console.answers.health import heartbeat_grace
from console.clock import Clock
from store import console_state
from store.database import open_reader
from store.errors import StoreBusy, StoreError
from store.writer import Writer, open_writer

WAIT_REAL_S = 8.0
"""Longer than a doctor waits for the answer to a login."""
_LOOK_EVERY_REAL_S = 0.2


async def writer_when_free(path: Path, clock: Clock) -> Writer:
    """The store's writer; raises `StoreError`, of which `StoreBusy` after at most `WAIT_REAL_S`."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + WAIT_REAL_S
    while True:
        try:
            return open_writer(path)
        except StoreBusy:
            if loop.time() >= ends_at or is_collecting(path, clock):
                raise
        await asyncio.sleep(_LOOK_EVERY_REAL_S)


def is_collecting(path: Path, clock: Clock) -> bool:
    """Whether a collector gave a sign of life on this store lately."""
    try:
        with open_reader(path) as reader:
            beat = console_state.heartbeat(reader.connection)
    except (StoreError, sqlite3.Error):
        return False
    return beat is not None and clock.now() - beat <= heartbeat_grace(clock)
