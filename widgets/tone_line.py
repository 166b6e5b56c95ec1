"""Plain text in which words may mean something, on one line or on as many as it needs."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from widgets.row_types import Cell
from widgets.tones import STYLE


class ToneLine(Widget):
    """Draws the texts of cells one after the other, each in its tone, never as markup.

    One line high, with an ellipsis where the text does not fit; with ``height: auto`` it goes on
    to further lines, but only between two cells.
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

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """As many lines as the cells need."""
        return len(in_lines(self.cells, width))

    def render(self) -> Content:
        """The texts in their tones."""
        width = self.content_size.width
        lines = in_lines(self.cells, width) if self.styles.is_auto_height else [list(self.cells)]
        return Content("\n").join(
            Content.assemble(*((cell.text, STYLE[cell.tone]) for cell in line)).truncate(
                width, ellipsis=True
            )
            for line in lines
        )


def in_lines(cells: Sequence[Cell], width: int) -> list[list[Cell]]:
    """``cells`` over as few lines of ``width`` as they fit into, in their order.

    Spaces at the end of a cell keep it apart from the next and need no room at the end of a line.
    """
    lines: list[list[Cell]] = [[]]
    used = 0
    for cell in cells:
        if lines[-1] and used + cell_len(cell.text.rstrip()) > width:
            lines.append([])
            used = 0
        lines[-1].append(cell)
        used += cell_len(cell.text)
    return lines
