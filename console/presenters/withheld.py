"""One line on what a screen may not read."""

from console.answers.sources import Withheld
from console.safe_text import visible
from widgets.row_types import Cell, Tone

_TEXT_LIMIT = 200


def present_withheld(gone: Withheld) -> tuple[Cell, ...]:
    """The first reason, and where the others stand."""
    if not gone.reasons:
        return ()
    first, *others = gone.reasons
    cells = (Cell(f"✖ {visible(first, _TEXT_LIMIT)}", Tone.WARNING),)
    if not others:
        return cells
    return (*cells, Cell(f"   and {len(others)} more, see 6 Access", Tone.MUTED))
