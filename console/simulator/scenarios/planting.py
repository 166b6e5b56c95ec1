"""Exact calls and moments, for stories that plant them."""

from console.simulator.dice import number_from
from console.simulator.life.traffic import Call
from console.simulator.moments import MINUTE_MS
from console.simulator.org.integration import CallShape, Rhythm, SimIntegration

NO_RHYTHM = Rhythm(0, (1,) * 24)
"""The rhythm of an integration that exists for an episode only."""
_NO_CHANCE_OF_ERROR = 0xFFF << 22
_RECORD_SHIFT, _RECORD_MASK = 42, 0x3FF


def off_the_edge(at_ms: int) -> int:
    """The moment itself, or a millisecond later where a minute begins: no act falls there."""
    return at_ms + (at_ms % MINUTE_MS == 0)


def planted_call(
    integration: SimIntegration, shape: CallShape, at_ms: int, nth: int, record: int | None = None
) -> Call:
    """The ``nth`` call that a story plants for an integration; its status is the shape's.

    ``record`` is the number of the record that ``{id}`` stands for, else chance decides. Sources
    and users of integrations with several are left to chance.
    """
    number = number_from("planted call", integration.key, nth) | _NO_CHANCE_OF_ERROR
    if record is not None:
        number = number & ~(_RECORD_MASK << _RECORD_SHIFT) | record << _RECORD_SHIFT
    return Call(off_the_edge(at_ms), number, integration, shape)
