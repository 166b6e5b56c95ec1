"""Simulated orgs on loopback: one shared by a module's tests, others opened by a test for itself.

Every test of a module runs in one event loop, so that the shared org can live across them.
"""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.web.wire import WireOptions
from tests.unit.simulator.visitor import NOW, SHORT_HISTORY, OpenOrg, Visitor


def client_of(org: RunningOrg) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=org.announcement["instance_url"], timeout=30)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_org() -> AsyncIterator[RunningOrg]:
    """An org as orgs are; tests leave it usable for the next."""
    org = await serve(SimulateOptions(now=NOW))
    yield org
    await org.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(shared_org: RunningOrg) -> AsyncIterator[Visitor]:
    """A client of the shared org that has not logged in."""
    async with client_of(shared_org) as client:
        yield Visitor(shared_org, client)


@pytest_asyncio.fixture(loop_scope="module")
async def member(visitor: Visitor) -> Visitor:
    """A client of the shared org that has."""
    await visitor.log_in()
    return visitor


@pytest_asyncio.fixture(loop_scope="module")
async def open_org() -> AsyncIterator[OpenOrg]:
    """Starts orgs with options of the test's own, and stops them all."""
    visitors: list[Visitor] = []

    async def opened(*, hold_s: float = 20.0, idle_s: float = 40.0, **options: object) -> Visitor:
        wire = WireOptions(connect_hold_s=hold_s, session_idle_s=idle_s)
        settings = {"now": NOW, "history": SHORT_HISTORY, "wire": wire} | options
        org = await serve(SimulateOptions(**settings))  # type: ignore[arg-type]
        visitors.append(Visitor(org, client_of(org)))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        await visitor.http.aclose()
        await visitor.org.stop()
