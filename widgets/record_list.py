"""A list of records in columns: virtual, so that a thousand rows cost no more than those in sight.

One line per row with the header pinned on top, a selection that follows its record through
refreshes and sorting, and columns that come and go with the width. Draws cells as plain text: no
markup is ever read from them.
"""

from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.blocks import bar, trend
from widgets.column_fit import GAP, fit_columns
from widgets.ink import ink
from widgets.row_types import Cell, Column, RecordView, Row, Tone

_GUTTER = 1
_HEADER_LINES = 1
_EMPTY_LINES = 5
_MARK = "▌"
_NOTHING = RecordView(columns=(), rows=(), empty="")


class RecordList(ScrollView, can_focus=True):
    """Shows a `RecordView`; `show` replaces it and keeps the selected record selected.

    | component class | styles |
    | --- | --- |
    | `record-list--header` | the line of column names |
    | `record-list--cursor` | the selected row while the list has the focus |
    | `record-list--cursor-blurred` | the selected row while it has not |
    | `record-list--total` | rows that sum up the others |
    | `record-list--bar` | bars of what is neither a warning nor bad |
    | `record-list--trend` | small lines of blocks |
    | `record-list--<tone>` | text of each `Tone` |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-list--header",
        "record-list--cursor",
        "record-list--cursor-blurred",
        "record-list--total",
        "record-list--bar",
        "record-list--trend",
        *(f"record-list--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    RecordList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .record-list--header { color: $text-muted; text-style: bold; }
        & > .record-list--cursor { background: $block-cursor-blurred-background; }
        & > .record-list--cursor-blurred { background: $boost; }
        & > .record-list--total { color: $text-muted; }
        & > .record-list--bar { color: $primary; }
        & > .record-list--trend { color: $secondary; }
        & > .record-list--plain { color: $foreground; }
        & > .record-list--muted { color: $text-muted; }
        & > .record-list--strong { color: $foreground; text-style: bold; }
        & > .record-list--accent { color: $text-accent; }
        & > .record-list--good { color: $text-success; }
        & > .record-list--warning { color: $text-warning; }
        & > .record-list--bad { color: $text-error; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "move_page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "move_page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home,g", "move_to_first", "First", show=False, id="list.first"),
        Binding("end,G", "move_to_last", "Last", show=False, id="list.last"),
        Binding("enter", "open", "Open", id="list.open", tooltip="Show all about this one"),
    ]

    cursor: reactive[int] = reactive(0, init=False)
    """Index of the selected row."""

    @dataclass
    class RowHighlighted(Message):
        """Another row is selected now; ``key`` is None when there is none."""

        record_list: "RecordList"
        key: str | None

        @property
        def control(self) -> "RecordList":
            """The list, for ``@on`` selectors."""
            return self.record_list

    @dataclass
    class RowOpened(Message):
        """The person wants all about the row ``key``."""

        record_list: "RecordList"
        key: str

        @property
        def control(self) -> "RecordList":
            """The list, for ``@on`` selectors."""
            return self.record_list

    @dataclass
    class HeaderClicked(Message):
        """The person clicked on the name of the column ``key``."""

        record_list: "RecordList"
        key: str

        @property
        def control(self) -> "RecordList":
            """The list, for ``@on`` selectors."""
            return self.record_list

    def __init__(
        self,
        *,
        opens: bool = True,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._opens = opens
        self._view = _NOTHING
        self._totals: tuple[Row, ...] = ()
        self._fitted_width = -1
        self._fitted: tuple[tuple[int, int], ...] = ()
        self._told: str | None = None
        self._inks: dict[str, Style] = {}

    @property
    def view(self) -> RecordView:
        """What is shown."""
        return self._view

    @property
    def selected_key(self) -> str | None:
        """The key of the selected row, or None where there are no rows."""
        rows = self._view.rows
        return rows[self.cursor].key if 0 <= self.cursor < len(rows) else None

    def show(self, view: RecordView, totals: tuple[Row, ...] = ()) -> None:
        """Show ``view`` and beneath it ``totals``, which stay in sight and cannot be selected."""
        key = self.selected_key
        columns_changed = view.columns != self._view.columns
        lines = self._lines
        self._view = view
        self._totals = totals
        if columns_changed:
            self._fitted_width = -1
        self.virtual_size = Size(self._width, self._lines)
        self._select_again(key)
        self.refresh(layout=self._lines != lines and self.styles.is_auto_height)
        self._tell()

    def select(self, key: str) -> bool:
        """Select the row ``key``; False where there is no such row."""
        for index, row in enumerate(self._view.rows):
            if row.key == key:
                self.cursor = index
                return True
        return False

    def _select_again(self, key: str | None) -> None:
        if key is None or not self.select(key):
            self.cursor = min(self.cursor, max(len(self._view.rows) - 1, 0))

    def notify_style_update(self) -> None:
        """Work out the colours anew: theme, focus or stylesheet changed."""
        self._inks.clear()
        super().notify_style_update()

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        """As many lines as there are, where a stylesheet says ``height: auto``."""
        return self._lines if self._view.rows else _HEADER_LINES + _EMPTY_LINES

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _lines(self) -> int:
        return _HEADER_LINES + len(self._view.rows) + len(self._totals)

    @property
    def _visible_rows(self) -> int:
        return max(self.size.height - _HEADER_LINES - len(self._totals), 1)

    @property
    def _fit(self) -> tuple[tuple[int, int], ...]:
        width = self._width
        if width != self._fitted_width:
            self._fitted_width = width
            self._fitted = fit_columns(self._view.columns, max(width - _GUTTER, 1))
        return self._fitted

    def on_resize(self) -> None:
        """Keep the selected row in sight."""
        self.virtual_size = Size(self._width, self._lines)
        self._scroll_to_cursor()
        self.refresh()

    def watch_cursor(self) -> None:
        """Keep the selected row in sight and say that it changed."""
        self._scroll_to_cursor()
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        if self.selected_key != self._told:
            self._told = self.selected_key
            self.post_message(self.RowHighlighted(self, self._told))

    def _scroll_to_cursor(self) -> None:
        top = self.scroll_offset.y
        lowest = self.cursor - self._visible_rows + 1
        target = min(max(top, lowest), self.cursor)
        if target != top:
            self.scroll_to(y=max(target, 0), animate=False, force=True, immediate=True)

    def action_move(self, rows: int) -> None:
        """Select the row that is ``rows`` further down."""
        self._move_to(self.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the selection by whole pages."""
        self._move_to(self.cursor + pages * max(self._visible_rows - 1, 1))

    def action_move_to_first(self) -> None:
        """Select the first row."""
        self._move_to(0)

    def action_move_to_last(self) -> None:
        """Select the last row."""
        self._move_to(len(self._view.rows) - 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether the action can be had: a list whose rows have no more to show opens none."""
        return self._opens if action == "open" else True

    def action_open(self) -> None:
        """Ask for all about the selected row."""
        key = self.selected_key
        if key is not None:
            self.post_message(self.RowOpened(self, key))

    def _move_to(self, index: int) -> None:
        self.cursor = max(min(index, len(self._view.rows) - 1), 0)

    def on_click(self, event: events.Click) -> None:
        """Select the row clicked on; a second click opens it."""
        line = event.y
        if line < _HEADER_LINES:
            self._click_header(event.x)
            return
        index = self.scroll_offset.y + line - _HEADER_LINES
        if line - _HEADER_LINES < self._visible_rows and index < len(self._view.rows):
            again = index == self.cursor and event.chain > 1
            self._move_to(index)
            if again:
                self.action_open()

    def _click_header(self, x: int) -> None:
        start = _GUTTER
        for index, width in self._fit:
            if start <= x < start + width + GAP:
                self.post_message(self.HeaderClicked(self, self._view.columns[index].key))
                return
            start += width + GAP

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; the header is always the first."""
        width = self._width
        if y < _HEADER_LINES:
            return self._header_strip(width)
        rows = self._view.rows
        if not rows:
            return self._empty_strip(y - _HEADER_LINES, width)
        first_total = min(len(rows), self._visible_rows)
        line = y - _HEADER_LINES
        if line < first_total:
            index = self.scroll_offset.y + line
            return self._row_strip(rows[index], index == self.cursor, width)
        if line < first_total + len(self._totals):
            return self._total_strip(self._totals[line - first_total], width)
        return Strip.blank(width, self._base)

    def _header_strip(self, width: int) -> Strip:
        style = self._base + self._part("header")
        segments = [Segment(" " * _GUTTER, style)]
        for index, cells in self._fit:
            column = self._view.columns[index]
            segments.append(Segment(_aligned(self._header_text(column), cells, column), style))
            segments.append(Segment(" " * GAP, style))
        return _strip(segments, width, style)

    def _header_text(self, column: Column) -> str:
        if column.key != self._view.sorted_by:
            return column.label
        return f"{column.label}{'▾' if self._view.descending else '▴'}"

    def _row_strip(self, row: Row, selected: bool, width: int) -> Strip:
        base = self._base
        if selected:
            cursor = "cursor" if self.has_focus else "cursor-blurred"
            base += self.get_component_rich_style(f"record-list--{cursor}", partial=True)
        mark = _MARK if selected else " " * _GUTTER
        segments = [Segment(mark, base + self._part("bar"))]
        for index, cells in self._fit:
            column = self._view.columns[index]
            segments.extend(self._cell_segments(row.cells[index], column, cells, base))
            segments.append(Segment(" " * GAP, base))
        return _strip(segments, width, base)

    def _total_strip(self, row: Row, width: int) -> Strip:
        base = self._base + self._part("total")
        segments = [Segment(" " * _GUTTER, base)]
        for index, cells in self._fit:
            column = self._view.columns[index]
            segments.extend(self._cell_segments(row.cells[index], column, cells, base))
            segments.append(Segment(" " * GAP, base))
        return _strip(segments, width, base)

    def _cell_segments(self, cell: Cell, column: Column, width: int, base: Style) -> list[Segment]:
        style = base + self._part(cell.tone)
        if cell.bar is None and not cell.trend:
            return [Segment(_aligned(cell.text, width, column), style)]
        text = f" {cell.text}" if cell.text else ""
        room = max(width - cell_len(text), 0)
        drawn = (
            bar(cell.bar, room) if cell.bar is not None else trend(cell.trend, room, cell.trend_top)
        )
        fill = "trend" if cell.trend else "bar"
        fill = cell.tone if cell.tone in {Tone.WARNING, Tone.BAD} else fill
        return [
            Segment(set_cell_size(drawn, room), base + self._part(fill)),
            Segment(text, style),
        ]

    def _empty_strip(self, line: int, width: int) -> Strip:
        style = self._base + self._part("muted")
        lines = ["", *wrap(self._view.empty, max(width - 2 * _GUTTER, 1))]
        text = " " * _GUTTER + lines[line] if line < len(lines) else ""
        return _strip([Segment(text, style)], width, style)

    @property
    def _base(self) -> Style:
        base = self._inks.get("")
        if base is None:
            base = self._inks[""] = self.rich_style
        return base

    def _part(self, name: str) -> Style:
        style = self._inks.get(name)
        if style is None:
            style = self._inks[name] = ink(self, f"record-list--{name}")
        return style

    def row_region(self, key: str) -> Region | None:
        """Where the row ``key`` is drawn in this widget; None where it is out of sight."""
        for index, row in enumerate(self._view.rows):
            line = index - self.scroll_offset.y + _HEADER_LINES
            if row.key == key and _HEADER_LINES <= line < self.size.height:
                return Region(0, line, self.size.width, 1)
        return None


def _aligned(text: str, width: int, column: Column) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"[:width]
    padding = " " * (width - length)
    return padding + text if column.right else text + padding


def _strip(segments: list[Segment], width: int, style: Style) -> Strip:
    return Strip(segments).adjust_cell_length(width, style)
