"""A whole and its parts as one line: stretches of a band, apart from each other."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from widgets.ink import ink
from widgets.row_types import Part, Tone

_SIGN = "━"


class Band(Widget):
    """Draws `Part`s in proportion; a cell of space between two tells them apart without colour.

    | component class | styles |
    | --- | --- |
    | `band--<tone>` | a part of each `Tone` |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"band--{tone}" for tone in Tone}
    DEFAULT_CSS = """
    Band {
        height: 1;
        padding: 0 1;
        & > .band--plain { color: $secondary; }
        & > .band--muted { color: $secondary 50%; }
        & > .band--strong { color: $foreground; }
        & > .band--accent { color: $primary; }
        & > .band--good { color: $success; }
        & > .band--warning { color: $warning; }
        & > .band--bad { color: $error; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._parts: tuple[Part, ...] = ()

    def show(self, parts: Sequence[Part]) -> None:
        """Show ``parts`` from left to right."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The band."""
        width = self.content_size.width
        base = self.rich_style
        segments = []
        for part, cells in zip(self._parts, part_widths(self._parts, width), strict=True):
            style = base + ink(self, f"band--{part.tone}")
            segments.append(Segment(_SIGN * cells, style))
            segments.append(Segment(" ", base))
        return Strip(segments).adjust_cell_length(width, base)


def part_widths(parts: Sequence[Part], width: int) -> list[int]:
    """Cells for each part in proportion, none without at least one, with a cell between two."""
    room = width - (len(parts) - 1)
    whole = sum(part.amount for part in parts)
    if not parts or whole <= 0 or room < len(parts):
        return [0] * len(parts)
    widths = [max(int(room * part.amount / whole), 1) for part in parts]
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    by_remainder = sorted(
        range(len(parts)), key=lambda i: room * parts[i].amount / whole % 1, reverse=True
    )
    for index in by_remainder[: room - sum(widths)]:
        widths[index] += 1
    return widths
