"""A task's failures are said, waited out and tried again."""

import asyncio
from contextlib import suppress

import pytest

from console.clock import SystemClock
from console.collector.journal import TaskJournal
from console.collector.rounds import Boundary
from console.errors import OrgRefused, OrgUnreachable, UnreadableAnswer
from console.streaming.backoff import Backoff
from store import console_state
from store.errors import StoreUnusable
from store.records import TaskPhase
from store.writer import open_writer

QUICK = Backoff(0.01, 0.02)


class FastClock(SystemClock):
    """Waits next to nothing and remembers how long it should have been."""

    def __init__(self):
        self.pauses_s = []
        self.has_waited_16_times = asyncio.Event()

    def real_delay_s(self, org_delay_s):
        self.pauses_s.append(org_delay_s)
        if len(self.pauses_s) == 16:
            self.has_waited_16_times.set()
        return 0.0


@pytest.fixture
def writer(tmp_path):
    with open_writer(tmp_path / "org.db", commit_interval_s=0.0) as writer:
        yield writer


async def state_of(writer):
    states = await writer.write(console_state.tasks)
    return {state.task: state for state in states}["thing"]


async def eventually(writer, wanted, deadline_s=5.0):
    async with asyncio.timeout(deadline_s):
        while True:
            with suppress(KeyError):
                state = await state_of(writer)
                if wanted(state):
                    return state
            await asyncio.sleep(0.005)


async def run_until(writer, work, wanted, interval_s=1000.0, retry=QUICK):
    journal = TaskJournal("thing", writer, SystemClock())
    boundary = Boundary(journal, SystemClock(), retry)
    task = asyncio.create_task(boundary.repeat(work, lambda: interval_s))
    try:
        return await eventually(writer, wanted)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_good_round_says_what_it_did_and_when_it_comes_again(writer):
    async def work():
        return "12 limits"

    state = await run_until(writer, work, lambda s: s.phase is TaskPhase.WAITING)
    assert state.message == "12 limits"
    assert state.last_success_at is not None
    assert 990 < (state.next_at - state.last_success_at).total_seconds() < 1010


@pytest.mark.parametrize(
    "failure",
    [
        OrgUnreachable("The name was not found", "m", "n"),
        StoreUnusable("The disk is full", "m", "n"),
    ],
)
async def test_a_failure_is_said_and_tried_again(writer, failure):
    calls = []

    async def work():
        calls.append(1)
        if len(calls) < 3:
            raise failure
        return "fine"

    await run_until(writer, work, lambda s: s.phase is TaskPhase.WAITING)
    assert len(calls) == 3


async def test_what_stands_while_it_waits_is_the_title(writer):
    async def work():
        raise OrgUnreachable("The name was not found", "m", "n")

    slow = Backoff(1000.0, 1000.0, floor=0.5)
    state = await run_until(writer, work, lambda s: s.phase is TaskPhase.BACKING_OFF, retry=slow)
    assert state.message == "The name was not found"
    assert state.next_at is not None
    assert state.last_success_at is None


async def test_a_defect_is_said_and_logged(writer, caplog):
    async def work():
        raise ZeroDivisionError("oops")

    state = await run_until(writer, work, lambda s: s.phase is TaskPhase.FAILED)
    assert "ZeroDivisionError" in state.message
    assert "thing" in caplog.text


async def test_the_servers_wish_is_kept(writer):
    async def work():
        raise OrgRefused("No calls left", "m", "n", retryable=True, retry_after_s=300.0)

    state = await run_until(writer, work, lambda s: s.phase is TaskPhase.BACKING_OFF)
    assert (state.next_at - state.since).total_seconds() > 290


async def test_a_refusal_that_will_stand_is_not_asked_about_every_moment(writer):
    async def work():
        raise OrgRefused("Not permitted", "m", "n", code="INSUFFICIENT_ACCESS")

    retry = Backoff(0.01, 60.0)
    state = await run_until(writer, work, lambda s: s.phase is TaskPhase.BACKING_OFF, retry=retry)
    assert (state.next_at - state.since).total_seconds() > 59


@pytest.mark.parametrize(
    ("failure", "longest_s"),
    [
        (OrgRefused("Trouble", "m", "n", retryable=True), 5_400),
        (UnreadableAnswer("A web page", "m", "n", retryable=True), 5_400),
        (ZeroDivisionError("oops"), 5_400),
        (OrgUnreachable("No answer", "m", "n", retryable=True), 300),
    ],
)
async def test_a_dear_round_that_keeps_failing_costs_little(writer, failure, longest_s):
    clock = FastClock()

    async def work():
        raise failure

    boundary = Boundary(TaskJournal("thing", writer, clock), clock, Backoff(5.0, 300.0, floor=0.5))
    task = asyncio.create_task(boundary.repeat(work, lambda: 21_600.0))
    async with asyncio.timeout(10):
        await clock.has_waited_16_times.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert clock.pauses_s[0] <= 5
    assert longest_s / 2 <= clock.pauses_s[15] <= longest_s


async def test_a_round_that_is_not_due_waits(writer):
    async def work():
        return "12 limits"

    journal = TaskJournal("thing", writer, SystemClock())
    boundary = Boundary(journal, SystemClock(), QUICK)
    task = asyncio.create_task(boundary.repeat(work, lambda: 1000.0, 500.0))
    state = await eventually(writer, lambda s: s.phase is TaskPhase.WAITING)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert state.message == "not due yet"
    assert 490 < (state.next_at - state.since).total_seconds() < 510


async def test_a_note_is_said_once_and_leaves_the_phase(writer):
    journal = TaskJournal("thing", writer, SystemClock())
    await journal.say(TaskPhase.RUNNING)
    await journal.note("asking less often")
    assert (await state_of(writer)).message == "asking less often"
    assert (await state_of(writer)).phase is TaskPhase.RUNNING
