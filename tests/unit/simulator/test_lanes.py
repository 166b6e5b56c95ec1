"""Many numbers at once are the same numbers as one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.dice import MASK, mixed
from console.simulator.life.lanes import Lanes, unmixed, walked

numbers = st.integers(0, MASK)


@settings(max_examples=60, deadline=None)
@given(runs=st.lists(st.tuples(numbers, st.integers(0, 40)), min_size=1, max_size=6))
def test_joined_runs_mix_as_dice_do_one_by_one(runs: list[tuple[int, int]]) -> None:
    lanes = Lanes(b"".join(unmixed(number, count) for number, count in runs))
    expected = [mixed(number, step) for number, count in runs for step in range(count)]
    assert list(lanes.numbers()) == expected
    assert list(lanes.third_bytes()) == [number >> 16 & 0xFF for number in expected]


@settings(max_examples=60, deadline=None)
@given(number=numbers, start=st.integers(0, 1 << 42), length=st.integers(1, 1 << 17))
def test_spreading_stays_inside_and_follows_the_lowest_bits(
    number: int, start: int, length: int
) -> None:
    lanes = Lanes(unmixed(number, 9))
    expected = [start + ((each & 0xFFFF) * length >> 16) for each in lanes.numbers()]
    assert list(lanes.spread_over(start, length)) == expected
    assert all(start <= at < start + length for at in expected)


@given(number=numbers, steps=st.integers(0, 1 << 40))
def test_walking_ahead_leads_to_the_later_steps(number: int, steps: int) -> None:
    assert mixed(walked(number, steps), 0) == mixed(number, steps)
