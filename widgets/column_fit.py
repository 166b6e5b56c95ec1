"""Which columns of a record list fit into a width, and how wide each becomes."""

from collections.abc import Sequence

from widgets.row_types import Column

GAP = 2
"""Cells between two columns: one reads as crowded, three waste an 80-column line."""


def fit_columns(columns: Sequence[Column], available: int) -> tuple[tuple[int, int], ...]:
    """The indexes of the columns to draw with their widths, in order.

    Columns with the highest ``priority`` number are left out until the rest fits; what is left
    over goes to columns that may grow, one cell at a time in turn, so that none starves. The first
    column stays even where it must be cut.
    """
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept) > available:
        worst = max(kept, key=lambda index: (columns[index].priority, index))
        if columns[worst].priority == 0:
            break
        kept.remove(worst)
    widths = {index: columns[index].width for index in kept}
    spare = available - _needed(columns, kept)
    while spare > 0:
        growing = [index for index in kept if widths[index] < columns[index].widest]
        if not growing:
            break
        for index in growing[:spare]:
            widths[index] += 1
        spare -= len(growing[:spare])
    return tuple((index, widths[index]) for index in kept)


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[index].width for index in kept) + GAP * (len(kept) - 1)
