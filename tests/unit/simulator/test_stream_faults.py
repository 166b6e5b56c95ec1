"""What a subscriber is given badly, while what was published stays as it was."""

from datetime import timedelta

import pytest

from console.simulator.events.stream_faults import StreamFault
from console.simulator.events.stream_log import PublishedEvent
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import SteppedClock

API = "/event/ApiEventStream"


@pytest.fixture
def world() -> World:
    return World(SteppedClock(), WorldOptions(history=timedelta(minutes=10)))


def drained(world: World, page: int) -> list[PublishedEvent]:
    """Everything as a subscriber reads it, page by page."""
    seen: list[PublishedEvent] = []
    last = 0
    while found := world.events_after(API, last, page):
        last = found[-1].replay_id
        seen.extend(world.stream_faults.spoiled(found))
    return seen


@pytest.mark.parametrize("page", [1, 7, 1_000])
def test_lost_events_leave_holes_and_are_published_all_the_same(world: World, page: int) -> None:
    everything = drained(world, 100)
    told = world.truth(world.now() - timedelta(hours=1), world.now())["events"]
    fault = StreamFault("lose", API, one_in=3)
    world.stream_faults.begin(fault)
    assert drained(world, page) == [event for event in everything if not fault.hits(event)]
    assert 0 < len(drained(world, page)) < len(everything)
    assert world.truth(world.now() - timedelta(hours=1), world.now())["events"] == told
    assert world.newest_replay_id(API) == everything[-1].replay_id
    world.stream_faults.clear()
    assert drained(world, page) == everything


@pytest.mark.parametrize("page", [1, 10])
def test_repeated_events_come_twice_in_a_row(world: World, page: int) -> None:
    everything = drained(world, 100)
    fault = StreamFault("duplicate", one_in=2, seed=5)
    world.stream_faults.begin(fault)
    expected = [event for event in everything for _ in range(1 + fault.hits(event))]
    assert drained(world, page) == expected
    assert world.stream_faults.struck["duplicate"] == len(expected) - len(everything) > 0


def test_reordered_events_are_all_there_and_out_of_order(world: World) -> None:
    everything = drained(world, 100)
    world.stream_faults.begin(StreamFault("reorder", one_in=2))
    found = drained(world, 10)
    assert found != everything
    assert sorted(found, key=lambda event: event.replay_id) == everything


def test_delayed_events_come_when_their_time_has_come(world: World) -> None:
    everything = drained(world, 100)
    world.stream_faults.begin(StreamFault("delay", delay=timedelta(minutes=4)))
    due = world.now() - timedelta(minutes=4)
    assert drained(world, 5) == [event for event in everything if event.published_at <= due]


def test_a_fault_of_one_channel_leaves_the_others_alone(world: World) -> None:
    everything = drained(world, 100)
    world.stream_faults.begin(StreamFault("lose", "/event/LoginEventStream", one_in=1))
    assert drained(world, 100) == everything
    assert world.events_after("/event/LoginEventStream", 0, 100) == []
    assert [fault.kind for fault in world.stream_faults.standing] == ["lose"]
