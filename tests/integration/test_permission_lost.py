"""A permission that is lost by day: the collector asks again what may be read, and says so."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from console.answers.sources import answer_sources
from console.collector.supervisor import Collector
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from store.access_records import Readable

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
SPEED = 300.0
"""The five minutes between two probes are a second."""


def readable(org: RunningOrg, store_file: Path, source: str) -> Readable | None:
    """What the newest probe says of ``source``; None before the first."""
    try:
        with closing(sqlite3.connect(f"file:{store_file}?mode=ro", uri=True)) as connection:
            found = answer_sources(connection, org.clock.now()).of(source)
    except sqlite3.OperationalError:
        return None
    return found.readable if found is not None else None


async def eventually(condition: Callable[[], bool], deadline_s: float = 60.0) -> None:
    async with asyncio.timeout(deadline_s):
        while not condition():  # noqa: ASYNC110  the condition is about another party
            await asyncio.sleep(0.05)


async def test_a_refusal_between_two_daily_probes_is_known_soon_and_so_is_its_end(tmp_path):
    org = await serve(SimulateOptions(now=NOW, speed=SPEED, scale=0.05))
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    settings = replace(settings, own_calls_fraction=1.0)  # the pool is small, and so its budget
    store_file, stop = tmp_path / "acme.db", asyncio.Event()
    running = asyncio.create_task(Collector(settings, store_file, org.clock).run(stop))
    try:
        async with httpx.AsyncClient(base_url=settings.instance_url, trust_env=False) as control:
            await eventually(lambda: readable(org, store_file, "limits") is Readable.YES)
            await control.post("/__sim__/permissions", json={"withhold": ["ViewSetup"]})
            await eventually(lambda: readable(org, store_file, "limits") is Readable.NO)
            await control.post("/__sim__/permissions", json={"grant": ["ViewSetup"]})
            await eventually(lambda: readable(org, store_file, "limits") is Readable.YES)
    finally:
        stop.set()
        await asyncio.wait_for(running, 20)
        await org.stop()
