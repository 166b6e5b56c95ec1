"""The rolling window counts exactly, whatever the moment, and forgets after 24 hours."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.dice import mixed
from console.simulator.life.client_acts import ApiRequest
from console.simulator.life.rolling_window import RollingWindow
from console.simulator.moments import DAY_MS, MINUTE_MS, to_ms
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock

SHORT = WorldOptions(history=timedelta(minutes=1))
START_MS = to_ms(datetime(2026, 3, 1, tzinfo=UTC))
SPAN_MS = 3 * DAY_MS


def sparse_times(minute: int) -> list[int]:
    """Between none and three calls a minute, ends of the minute included."""
    number = mixed(99, minute)
    offsets = {0: [], 1: [0], 2: [0, MINUTE_MS - 1], 3: [number % MINUTE_MS, 30_000, 30_000]}
    return sorted(minute * MINUTE_MS + offset for offset in offsets[number % 4])


def count_of(minute: int) -> int:
    return len(sparse_times(minute))


FIRST_MINUTE = START_MS // MINUTE_MS - 1440
ALL_TIMES = [
    at for minute in range(FIRST_MINUTE, FIRST_MINUTE + 5 * 1440) for at in sparse_times(minute)
]
moments = st.integers(START_MS, START_MS + SPAN_MS)


def by_hand(at_ms: int, added: list[int]) -> int:
    return sum(at_ms - DAY_MS < t <= at_ms for t in [*ALL_TIMES, *added])


@settings(max_examples=60, deadline=None)
@given(at_ms=moments, added=st.lists(moments, max_size=20))
def test_equals_a_count_by_hand(at_ms: int, added: list[int]) -> None:
    window = RollingWindow(count_of, sparse_times, kept_ms=4 * DAY_MS)
    for added_ms in added:
        window.add(added_ms)
    assert window.used(at_ms) == by_hand(at_ms, added)


@settings(max_examples=60, deadline=None)
@given(at_ms=moments, index=st.integers(0, len(ALL_TIMES) - 1), shift=st.sampled_from((-1, 0, 1)))
def test_edges_are_exact_at_every_call(at_ms: int, index: int, shift: int) -> None:
    del at_ms
    window = RollingWindow(count_of, sparse_times)
    call_ms = ALL_TIMES[index]
    for edge_ms in (call_ms + shift, call_ms + DAY_MS + shift):
        if START_MS <= edge_ms <= START_MS + SPAN_MS:
            assert window.used(edge_ms) == by_hand(edge_ms, [])


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(moments, min_size=1, max_size=6))
def test_spans_add_up(cuts: list[int]) -> None:
    window = RollingWindow(count_of, sparse_times)
    ends = sorted({START_MS, *cuts, START_MS + SPAN_MS})
    parts = [window.between(a, b) for a, b in pairwise(ends)]
    assert sum(parts) == window.between(START_MS, START_MS + SPAN_MS)


def test_a_call_counts_from_its_moment_until_24_hours_later() -> None:
    window = RollingWindow(lambda _: 0, lambda _: [])
    window.add(START_MS)
    hours = {
        START_MS - 1: 0,
        START_MS: 1,
        START_MS + DAY_MS - 1: 1,
        START_MS + DAY_MS: 0,
    }
    assert {at: window.used(at) for at in hours} == hours


def test_memory_of_added_calls_is_bounded_and_does_not_change_the_count() -> None:
    window = RollingWindow(lambda _: 0, lambda _: [])
    for hour in range(24 * 30):
        window.add(START_MS + hour * 3_600_000)
    assert len(window._added) < 24 * 7
    assert window.used(START_MS + (24 * 30 - 1) * 3_600_000) == 24


def request_at(world: World, *, counted: bool = True, **changes: object) -> ApiRequest:
    values: dict[str, object] = {
        "at": world.now(),
        "user_id": world.facts.console_user.user_id,
        "username": world.facts.console_user.username,
        "app": world.facts.console_app,
        "client_ip": "127.0.0.1",
        "method": "GET",
        "resource": "/v66.0/limits",
        "api_family": "REST",
        "api_version": "66.0",
        "client_name": "orgwatch",
        "status": 200,
        "counted": counted,
        "entity": "",
        "request_id": "4Ytkf2EWK_jMHK0fHw1yR-",
    }
    return ApiRequest(**(values | changes))  # type: ignore[arg-type]


def test_real_requests_fill_the_pool_at_once_and_leave_it_a_day_later() -> None:
    clock = SteppedClock()
    world, still = World(clock, SHORT), World(SteppedClock(), SHORT)
    before = world.pool_used()
    for _ in range(3):
        world.add_request(request_at(world))
    world.add_request(request_at(world, counted=False))
    assert world.pool_used() == before + 3
    later = NOON + timedelta(days=1)
    assert world.pool_used(later - timedelta(milliseconds=1)) == 3 + still.pool_used(
        later - timedelta(milliseconds=1)
    )
    assert world.pool_used(later) == still.pool_used(later)


def test_the_pool_is_interesting_on_working_days_and_has_room_on_all() -> None:
    world = World(SteppedClock(), SHORT)
    fractions = [
        world.pool_used(NOON + timedelta(hours=hours)) / world.pool_max
        for hours in range(-24, 14 * 24, 9)
    ]
    assert max(fractions) < 0.9
    assert min(fractions) > 0.5
    midweek = [world.pool_used(NOON + timedelta(days=7 * n)) / world.pool_max for n in range(4)]
    assert all(0.68 < fraction < 0.86 for fraction in midweek)


def test_the_allocation_is_that_of_enterprise_edition_with_15_licences() -> None:
    assert World(SteppedClock(), SHORT).pool_max == 115_000
