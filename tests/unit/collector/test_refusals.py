"""A probe comes early when what the org refuses changes, and not more often than it may."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from console.collector.refusals import MOST_EARLY_A_DAY, SOON, Refusals

START = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
A_DAY_S = 86_400.0


class Clock:
    """Time that stands still until it is set forward; pauses that are due end at once."""

    def __init__(self):
        self.time = START
        self.slept_s = []

    def now(self):
        return self.time

    def real_delay_s(self, org_delay_s):
        """No early pause takes real time; a whole day's does."""
        if org_delay_s >= A_DAY_S:
            return 60.0
        self.slept_s.append(org_delay_s)
        return 0.0


class Scene:
    """Refusals, and the loop that the collector runs over them."""

    def __init__(self):
        self.clock = Clock()
        self.refusals = Refusals(self.clock)
        self.probes = 0
        self.probing = asyncio.Event()
        self.probing.set()

    async def loop(self):
        async def round_of_probe():
            await self.probing.wait()
            self.probes += 1
            return "probed"

        while True:
            await self.refusals.probe(round_of_probe)
            await self.refusals.pause(A_DAY_S)

    async def settled(self):
        """The number of probes once nothing moves any more."""
        for _ in range(20):
            await asyncio.sleep(0)
        return self.probes

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.loop())
        try:
            await self.settled()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_refusal_that_begins_brings_the_probe_forward_and_one_that_stays_does_not():
    scene = Scene()
    async with scene.running():
        scene.refusals.see("log files", [])
        assert await scene.settled() == 1
        scene.refusals.see("log files", ["INVALID_TYPE"])
        assert await scene.settled() == 2
        scene.refusals.see("log files", ["INVALID_TYPE"])
        assert await scene.settled() == 2


async def test_a_refusal_that_ends_brings_the_probe_forward():
    scene = Scene()
    async with scene.running():
        scene.refusals.see("apps", ["OauthToken", "ExternalClientApplication"])
        assert await scene.settled() == 1
        scene.refusals.see("apps", ["OauthToken"])
        assert await scene.settled() == 2


async def test_the_probe_waits_until_five_minutes_after_the_last_one_began():
    scene = Scene()
    async with scene.running():
        scene.refusals.see("limits", [])
        scene.clock.time += timedelta(minutes=2)
        scene.refusals.see("limits", ["FORBIDDEN"])
        assert await scene.settled() == 2
        assert scene.clock.slept_s == [(SOON - timedelta(minutes=2)).total_seconds()]


async def test_what_the_first_probe_found_itself_is_no_news():
    scene = Scene()
    scene.probing.clear()
    async with scene.running():
        scene.refusals.see("log files", ["INVALID_TYPE"])
        scene.probing.set()
        assert await scene.settled() == 1
        scene.clock.time += timedelta(minutes=1)
        scene.refusals.see("apps", ["OauthToken"])
        assert await scene.settled() == 1


async def test_what_was_lost_while_no_collector_ran_is_news():
    refusals = Refusals(Clock())
    waiting = asyncio.create_task(refusals.pause(A_DAY_S))
    await asyncio.sleep(0)
    refusals.see("log files", ["INVALID_TYPE"])
    await asyncio.wait_for(waiting, 5)


async def test_permissions_that_come_and_go_do_not_spend_the_budget():
    scene = Scene()
    async with scene.running():
        scene.refusals.see("limits", [])
        for n in range(MOST_EARLY_A_DAY * 2):
            scene.clock.time += SOON
            scene.refusals.see("limits", ["FORBIDDEN"] if n % 2 == 0 else [])
            await scene.settled()
        early = [slept_s for slept_s in scene.clock.slept_s if slept_s == 0]
        assert len(early) == MOST_EARLY_A_DAY
