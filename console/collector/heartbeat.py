"""The collector's sign of life, by which a console tells a quiet org from a dead collector."""

import asyncio
from datetime import datetime

from console.clock import Clock
from store import console_state
from store.writer import Writer


async def beat(writer: Writer, clock: Clock, every_real_s: float) -> None:
    """Beat for ever; each beat is the org's time at which it was made."""
    while True:
        await _beat_once(writer, clock.now())
        await asyncio.sleep(every_real_s)


async def _beat_once(writer: Writer, now: datetime) -> None:
    await writer.write(lambda connection: console_state.record_heartbeat(connection, now))
