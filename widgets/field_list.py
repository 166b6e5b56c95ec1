"""Names and values in groups, side by side where the width allows it."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from widgets.blocks import bar
from widgets.ink import ink
from widgets.row_types import Field, FieldGroup, Tone

_COLUMN_WIDTH = 56
"""A column of fields is not narrower than this: a name, a bar and a figure, or an address."""
_COLUMN_GAP = 4
_WIDEST_NAME = 26
_BAR_WIDTH = 12


class FieldList(VerticalScroll, can_focus=True):
    """Shows field groups, reading down each column first.

    | component class | styles |
    | --- | --- |
    | `field-list--title` | the heading of a group |
    | `field-list--name` | the name of a field |
    | `field-list--bar` | bars |
    | `field-list--<tone>` | a value of each `Tone` |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "field-list--title",
        "field-list--name",
        "field-list--bar",
        *(f"field-list--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    FieldList {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        & > Static { height: auto; }
        & > .field-list--title { color: $text-accent; text-style: bold; }
        & > .field-list--name { color: $text-muted; }
        & > .field-list--bar { color: $primary; }
        & > .field-list--plain { color: $foreground; }
        & > .field-list--muted { color: $text-muted; }
        & > .field-list--strong { color: $foreground; text-style: bold; }
        & > .field-list--accent { color: $text-accent; }
        & > .field-list--good { color: $text-success; }
        & > .field-list--warning { color: $text-warning; }
        & > .field-list--bad { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._groups: tuple[FieldGroup, ...] = ()

    def compose(self) -> ComposeResult:
        """The text, which scrolls."""
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Draw again in the colours of another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def on_resize(self) -> None:
        """Choose the number of columns for the new width."""
        self._draw()

    def show(self, groups: Sequence[FieldGroup]) -> None:
        """Show ``groups`` in their order; the scroll position stays."""
        if tuple(groups) != self._groups:
            self._groups = tuple(groups)
            self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        width = max(self.scrollable_content_region.width, 1)
        count = max(
            min((width + _COLUMN_GAP) // (_COLUMN_WIDTH + _COLUMN_GAP), len(self._groups)), 1
        )
        column_width = (width - _COLUMN_GAP * (count - 1)) // count
        page = Table.grid(padding=(0, _COLUMN_GAP, 0, 0))
        columns = in_columns(self._groups, count)
        for _column in columns:
            page.add_column(width=column_width)
        page.add_row(*(self._column(column, column_width) for column in columns))
        self.query_one(Static).update(page)

    def _column(self, groups: Sequence[FieldGroup], width: int) -> Table:
        column = Table.grid()
        column.add_column(width=width)
        for group in groups:
            column.add_row(Text(group.title, self._part("title")))
            if not group.fields:
                column.add_row(Text(group.empty, self._part("muted")))
            elif any(field.bar is not None for field in group.fields):
                column.add_row(self._bars(group.fields, width))
            else:
                column.add_row(self._pairs(group.fields, width))
            column.add_row("")
        return column

    def _pairs(self, fields: Sequence[Field], width: int) -> Table:
        longest = max(len(field.name) for field in fields)
        name_width = min(longest, _WIDEST_NAME, max(width // 2, 1))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=name_width, no_wrap=True, overflow="ellipsis")
        table.add_column(width=max(width - name_width - 2, 1), overflow="fold")
        for field in fields:
            table.add_row(
                Text(field.name, self._part("name")), Text(field.value, self._part(field.tone))
            )
        return table

    def _bars(self, fields: Sequence[Field], width: int) -> Table:
        value_width = max(len(field.value) for field in fields)
        table = Table.grid(padding=(0, 2, 0, 0))
        name_width = max(width - value_width - _BAR_WIDTH - 4, 1)
        table.add_column(width=name_width, no_wrap=True, overflow="ellipsis")
        table.add_column(width=_BAR_WIDTH, no_wrap=True)
        table.add_column(width=value_width, no_wrap=True, justify="right")
        for field in fields:
            drawn = "" if field.bar is None else bar(field.bar, _BAR_WIDTH)
            table.add_row(
                Text(field.name, self._part(field.tone)),
                Text(drawn, self._part("bar")),
                Text(field.value, self._part("plain")),
            )
        return table

    def _part(self, name: str) -> Style:
        return ink(self, f"field-list--{name}")


def in_columns(groups: Sequence[FieldGroup], count: int) -> list[list[FieldGroup]]:
    """``groups`` in their order over ``count`` columns of about the same height."""
    heights = [max(len(group.fields), 1) + 2 for group in groups]
    target = sum(heights) / count
    columns: list[list[FieldGroup]] = [[] for _ in range(count)]
    index, height = 0, 0.0
    for group, lines in zip(groups, heights, strict=True):
        if height and index < count - 1 and height + lines / 2 > target:
            index, height = index + 1, 0.0
        columns[index].append(group)
        height += lines
    return columns
