"""A figure over the past as a filled area, with its scale and times along the edges."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.types import AreaView

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_FILLS: Final = ("$primary 55%", "$warning 75%", "$error 80%")
_GRID: Final = "┄"
_NOT_KNOWN: Final = "·"
_AXIS_WIDTH = 8
_OTHER_LINES = 2
"""The title above and the times beneath."""


class Area(Widget):
    """Draws an `AreaView` as high and wide as there is room.

    Each column shows the largest value of its time, so that no peak is lost. What lies beyond a
    mark has another colour, and the mark is a dotted line.
    """

    DEFAULT_CSS = """
    Area {
        height: 8;
    }
    """

    view: reactive[AreaView | None] = reactive(None)
    """What to draw; None draws nothing."""

    def show(self, view: AreaView) -> None:
        """Draw this from now on."""
        self.view = view

    def render(self) -> Content:
        """The title, the rows from the top, the line of times."""
        width, height = self.content_size
        columns, rows = width - _AXIS_WIDTH, height - _OTHER_LINES
        if self.view is None or columns < 2 or rows < 1:
            return Content("")
        values = fitted(self.view.values, columns)
        top = max([self.view.top, *(value for value in values if value is not None)])
        lines = [_line(self.view, values, row, rows, top) for row in range(rows - 1, -1, -1)]
        title = Content.styled(self.view.title, "bold $text-primary")
        return Content("\n").join([title, *lines, _times(self.view.times, columns)])


def fitted(values: Sequence[float | None], columns: int) -> list[float | None]:
    """One value for each column: the largest of the slots that it stands for, None if unknown."""
    if not values:
        return [None] * columns
    slots = len(values)
    found: list[float | None] = []
    for column in range(columns):
        first = column * slots // columns
        past = max((column + 1) * slots // columns, first + 1)
        known = [value for value in values[first:past] if value is not None]
        found.append(max(known, default=None))
    return found


def _line(
    view: AreaView, values: Sequence[float | None], row: int, rows: int, top: float
) -> Content:
    """One line of the area; row 0 is the lowest."""
    low, high = row / rows * top, (row + 1) / rows * top
    marked = any(low < mark <= high for mark in view.marks) and rows >= len(view.marks) * 2
    fill = _FILLS[min(sum(mark <= low for mark in view.marks), len(_FILLS) - 1)]
    label = view.top_label if row == rows - 1 else "0" if row == 0 else ""
    axis = label[: _AXIS_WIDTH - 1].rjust(_AXIS_WIDTH - 1) + " "
    parts: list[Content | tuple[str, str]] = [(axis, "$text-muted")]
    for value in values:
        eighths = 0 if value is None else round((value - low) / (high - low) * 8)
        cell = _EIGHTHS[min(max(eighths, 0), 8)]
        if value is None and row == 0:
            parts.append((_NOT_KNOWN, "$text-muted"))
        elif cell == " " and marked:
            parts.append((_GRID, "$foreground 25%"))
        else:
            parts.append((cell, fill))
    return Content.assemble(*parts).simplify()


def _times(times: Sequence[tuple[float, str]], columns: int) -> Content:
    """The labels at their places, those left out that would touch the one before."""
    line = ""
    for place, text in times:
        start = max(round(place * columns) - len(text) // 2, 0)
        if start + len(text) <= columns and (not line or start > len(line) + 1):
            line = line.ljust(start) + text
    return Content.styled(" " * _AXIS_WIDTH + line, "$text-muted")
