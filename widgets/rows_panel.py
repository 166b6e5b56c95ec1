"""A titled list of a few rows that stands still: as many rows as there is room for."""

from dataclasses import dataclass
from typing import ClassVar

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from widgets.blocks import bar, trend
from widgets.column_fit import GAP, fit_columns
from widgets.row_types import Cell, Column, Row
from widgets.tones import FILL, STYLE
from widgets.types import PanelView


class RowsPanel(Widget):
    """Draws a heading and the first rows of a `RecordView`; a click on a row is told.

    The heading names the panel at the left and says something about it at the right.
    """

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    RowsPanel {
        height: 1fr;
        pointer: pointer;
    }
    """

    @dataclass
    class RowClicked(Message):
        """The person clicked on the row ``key``; empty for the heading or the rest."""

        panel: "RowsPanel"
        key: str

        @property
        def control(self) -> "RowsPanel":
            """The panel, for ``@on`` selectors."""
            return self.panel

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._title = title
        self._view: PanelView | None = None

    def show(self, view: PanelView) -> None:
        """Draw these rows from now on."""
        if view != self._view:
            self._view = view
            self.refresh()

    def render(self) -> Content:
        """The heading, then one line for each row."""
        if self._view is None:
            return Content("")
        width, height = self.content_size
        lines = [self._heading(self._view.note, width)]
        rows = _in_sight(self._view, height - 1)
        columns = self._view.records.columns
        fitted = fit_columns(columns, width)
        for row in rows:
            cells = [_drawn(row.cells[index], columns[index], cell) for index, cell in fitted]
            lines.append(Content(" " * GAP).join(cells).truncate(width))
        if not rows:
            lines.append(Content.styled(self._view.records.empty, "$text-muted"))
        return Content("\n").join(lines)

    def on_click(self, event: Click) -> None:
        """Say which row it was."""
        rows = _in_sight(self._view, self.content_size.height - 1) if self._view else ()
        index = event.y - 1
        key = rows[index].key if 0 <= index < len(rows) else ""
        self.post_message(self.RowClicked(self, key))

    def _heading(self, note: str, width: int) -> Content:
        title = Content.styled(self._title, "bold $text-primary")
        room = max(width - title.cell_length - GAP, 0)
        remark = Content.styled(note, "$text-muted").truncate(room, ellipsis=True)
        gap = " " * max(width - title.cell_length - remark.cell_length, 0)
        return Content.assemble(title, gap, remark)


def _in_sight(view: PanelView, room: int) -> tuple[Row, ...]:
    """The rows that fit, those that do not as one, and the pinned ones."""
    rows, room = view.records.rows, max(room - len(view.pinned), 0)
    if len(rows) > room and room and view.folds:
        return (*rows[: room - 1], view.folds[room - 1], *view.pinned)
    return (*rows[:room], *view.pinned)


def _drawn(cell: Cell, column: Column, width: int) -> Content:
    if cell.bar is None and not cell.trend:
        text = Content(cell.text).truncate(width, ellipsis=True)
        gap = " " * (width - text.cell_length)
        text = text.stylize(STYLE[cell.tone]) if STYLE[cell.tone] else text
        return Content.assemble(gap, text) if column.right else Content.assemble(text, gap)
    drawn = (
        bar(cell.bar, width) if cell.bar is not None else trend(cell.trend, width, cell.trend_top)
    )
    return Content.styled(drawn.ljust(width), FILL[cell.tone])
