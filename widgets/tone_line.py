"""One line, or a few, of plain text in which words may mean something."""

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.row_types import Cell
from widgets.tones import STYLE


class ToneLine(Widget):
    """Draws the texts of cells one after the other, each in its tone, never as markup.

    One line high, with an ellipsis where the text does not fit; a stylesheet may let it wrap with
    ``height: auto``.
    """

    DEFAULT_CSS = """
    ToneLine {
        height: 1;
        padding: 0 1;
    }
    """

    cells: reactive[tuple[Cell, ...]] = reactive((), layout=True)
    """What is drawn."""

    def show(self, cells: Sequence[Cell]) -> None:
        """Draw ``cells`` from now on."""
        self.cells = tuple(cells)

    def render(self) -> Content:
        """The texts in their tones."""
        line = Content.assemble(*((cell.text, STYLE[cell.tone]) for cell in self.cells))
        if self.content_size.height == 1 and not self.styles.is_auto_height:
            return line.truncate(self.content_size.width, ellipsis=True)
        return line
