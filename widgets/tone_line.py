"""One line, or a few, of plain text in which words may mean something."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.widgets import Static

from widgets.row_types import Cell, Tone


class ToneLine(Static):
    """Draws the texts of cells one after the other, each in its tone, never as markup.

    | component class | styles |
    | --- | --- |
    | `tone-line--<tone>` | text of each `Tone` |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone-line--{tone}" for tone in Tone}
    DEFAULT_CSS = """
    ToneLine {
        height: 1;
        padding: 0 2;
        & > .tone-line--plain { color: $foreground; }
        & > .tone-line--muted { color: $text-muted; }
        & > .tone-line--strong { color: $foreground; text-style: bold; }
        & > .tone-line--accent { color: $text-accent; }
        & > .tone-line--good { color: $text-success; }
        & > .tone-line--warning { color: $text-warning; }
        & > .tone-line--bad { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes, markup=False)
        self._cells: tuple[Cell, ...] = ()

    def on_mount(self) -> None:
        """Draw again in the colours of another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def show(self, cells: Sequence[Cell]) -> None:
        """Show ``cells``; text that does not fit ends in an ellipsis."""
        if tuple(cells) != self._cells:
            self._cells = tuple(cells)
            self._draw()

    def _draw(self) -> None:
        line = Text(
            no_wrap=self.styles.height is None or self.size.height <= 1, overflow="ellipsis"
        )
        for cell in self._cells:
            style = self.get_component_rich_style(f"tone-line--{cell.tone}", partial=True)
            line.append(cell.text, style)
        self.update(line)
