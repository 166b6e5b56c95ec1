"""The numbers of `console.simulator.dice`, many at once.

Python works on one large integer nearly as fast as on a small one. So the numbers are laid side
by side in one integer, each in a lane of 128 bits, of which the lower half holds the number and
the upper half has room for a product. What comes out is what `dice.mixed` gives one by one.
"""

import struct
from functools import lru_cache

from console.simulator.dice import MASK

_LANE_BITS = 128
_LANE_BYTES = 16
_GAMMA = 0x9E3779B97F4A7C15
_FIRST_FACTOR = 0xBF58476D1CE4E5B9
_SECOND_FACTOR = 0x94D049BB133111EB
_KEPT_LENGTHS = 512


@lru_cache(maxsize=_KEPT_LENGTHS)
def _ones(count: int) -> int:
    """A 1 in each of so many lanes."""
    return ((1 << _LANE_BITS * count) - 1) // ((1 << _LANE_BITS) - 1)


@lru_cache(maxsize=_KEPT_LENGTHS)
def _low(count: int) -> int:
    """The mask of every lane's number."""
    return _ones(count) * MASK


@lru_cache(maxsize=_KEPT_LENGTHS)
def _ramp(count: int) -> int:
    """``n + 1`` steps in the n-th lane."""
    steps = ((n + 1) * _GAMMA & MASK for n in range(count))
    return int.from_bytes(
        b"".join(step.to_bytes(_LANE_BYTES, "little") for step in steps), "little"
    )


def walked(number: int, steps: int) -> int:
    """From where ``mixed(·, 0)`` gives what ``mixed(number, steps)`` gives."""
    return number + steps * _GAMMA & MASK


def unmixed(number: int, count: int) -> bytes:
    """So many lanes before mixing: to mix them gives ``mixed(number, n)`` in the n-th."""
    lanes = number * _ones(count) + _ramp(count) & _low(count)
    return lanes.to_bytes(_LANE_BYTES * count, "little")


class Lanes:
    """Mixed 64-bit numbers side by side, made from the joined bytes of `unmixed`."""

    __slots__ = ("_count", "_lanes")

    def __init__(self, unmixed_lanes: bytes) -> None:
        count = len(unmixed_lanes) // _LANE_BYTES
        low = _low(count)
        z = int.from_bytes(unmixed_lanes, "little")
        z = ((z ^ z >> 30) & low) * _FIRST_FACTOR & low
        z = ((z ^ z >> 27) & low) * _SECOND_FACTOR & low
        self._lanes = (z ^ z >> 31) & low
        self._count = count

    def numbers(self) -> tuple[int, ...]:
        """The numbers."""
        return _halves(self._lanes, self._count)

    def third_bytes(self) -> bytes:
        """Bits 16 to 23 of every number."""
        return self._lanes.to_bytes(_LANE_BYTES * self._count, "little")[2::_LANE_BYTES]

    def spread_over(self, start: int, length: int) -> tuple[int, ...]:
        """``start`` to ``start + length - 1``, as the lowest 16 bits of every number choose."""
        ones = _ones(self._count)
        parts = (self._lanes & ones * 0xFFFF) * length >> 16
        return _halves((parts & ones * MASK) + ones * start, self._count)


def _halves(lanes: int, count: int) -> tuple[int, ...]:
    """The lower half of each lane."""
    return struct.unpack(f"<{2 * count}Q", lanes.to_bytes(_LANE_BYTES * count, "little"))[::2]
