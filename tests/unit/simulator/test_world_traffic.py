"""Traffic is one function of seed and minute: same past, same future, on every machine."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.life.traffic import Traffic
from console.simulator.moments import MINUTE_MS, to_ms
from console.simulator.org.integration import Rhythm
from console.simulator.org.story_acme import INTEGRATIONS
from console.simulator.world import World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock

MINUTE = to_ms(NOON) // MINUTE_MS
minutes = st.integers(MINUTE - 30 * 1440, MINUTE + 30 * 1440)

DIGEST_PROGRAM = """
import sys
from tests.unit.simulator.test_world_traffic import history_digest
print(history_digest(int(sys.argv[1])))
"""


def history_digest(seed: int) -> str:
    """A hash over what a world tells that opens at noon and runs five hours.

    The daily files are left out: they are the hourly ones together, as another test shows.
    """
    clock = SteppedClock()
    world = World(clock, WorldOptions(seed=seed, history=timedelta(hours=1)))
    clock.step(timedelta(hours=5))
    world.advance()
    digest = hashlib.sha256()
    for file in world.log_files():
        if file.interval == "Daily":
            continue
        digest.update(repr(file).encode())
        for chunk in world.log_file_body(file.file_id) or ():
            digest.update(chunk)
    for channel in world.channels:
        for event in world.events_after(channel, 0, 1_500):
            digest.update(repr(event).encode())
    return digest.hexdigest()


def test_same_seed_same_history_to_the_byte_in_another_process() -> None:
    def elsewhere(seed: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", DIGEST_PROGRAM, str(seed)],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert elsewhere(7) == history_digest(7)
    assert history_digest(8) != history_digest(7)


@settings(max_examples=80, deadline=None)
@given(minute=minutes, seed=st.integers(0, 50))
def test_counting_agrees_with_making(minute: int, seed: int) -> None:
    traffic = Traffic(seed, INTEGRATIONS)
    calls = traffic.calls(minute)
    counted = [call for call in calls if call.integration.counts]
    assert traffic.count(minute) == len(counted)
    assert traffic.counted_times(minute) == sorted(call.at_ms for call in counted)


@settings(max_examples=80, deadline=None)
@given(minute=minutes)
def test_calls_lie_inside_their_minute_and_never_on_its_first_millisecond(minute: int) -> None:
    calls = Traffic(7, INTEGRATIONS).calls(minute)
    assert all(minute * MINUTE_MS < call.at_ms < (minute + 1) * MINUTE_MS for call in calls)


def test_not_even_a_flood_reaches_a_minutes_first_millisecond() -> None:
    flood = replace(INTEGRATIONS[0], rhythm=Rhythm(6_000_000, (1,) * 24))
    traffic = Traffic(7, (flood,))
    times = [at % MINUTE_MS for m in range(MINUTE, MINUTE + 60) for at in traffic.counted_times(m)]
    assert len(times) > 200_000
    assert min(times) == 1
    assert max(times) == MINUTE_MS - 1


def test_every_call_can_be_told_and_some_fail() -> None:
    traffic = Traffic(7, INTEGRATIONS)
    calls = [call for minute in range(MINUTE, MINUTE + 60) for call in traffic.calls(minute)]
    assert all(call.user in call.integration.users for call in calls)
    assert all(call.client_ip in call.integration.addresses for call in calls)
    assert all("{" not in call.resource for call in calls)
    assert all(call.shape.rows[0] <= call.rows <= call.shape.rows[1] for call in calls)
    assert 0.005 < sum(call.failed for call in calls) / len(calls) < 0.05


def test_office_integrations_rest_at_night() -> None:
    traffic = Traffic(7, INTEGRATIONS)

    def calls_of(key: str, hour: int) -> int:
        start = to_ms(datetime(2026, 3, 4, hour, tzinfo=UTC)) // MINUTE_MS
        minutes_of_hour = range(start, start + 60)
        calls = [call for minute in minutes_of_hour for call in traffic.calls(minute)]
        return sum(call.integration.key == key for call in calls)

    assert calls_of("support", 9) > 20 * calls_of("support", 1)
    assert calls_of("backup", 1) > 0
    assert calls_of("backup", 12) == 0


def test_a_good_part_of_the_calls_names_no_app() -> None:
    traffic = Traffic(7, INTEGRATIONS)
    calls = [call for m in range(MINUTE - 1440, MINUTE) for call in traffic.calls(m)]
    nameless = sum(call.integration.app is None for call in calls)
    assert 0.15 < nameless / len(calls) < 0.5
