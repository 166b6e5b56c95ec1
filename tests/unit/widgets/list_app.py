"""A small app around one widget, and its text as drawn."""

import asyncio
import time
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from widgets.row_types import Cell, Column, RecordView, Row

DEADLINE_S = 10.0


class OneWidget(App[None]):
    """Shows one widget and keeps what it says."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def keep(self, message: Message) -> None:
        self.told.append(message)

    on_record_list_row_highlighted = keep
    on_record_list_row_opened = keep
    on_record_list_header_clicked = keep
    on_event_tail_follow_changed = keep
    on_event_tail_older_wanted = keep
    on_filter_line_applied = keep
    on_filter_line_closed = keep


def lines_of(app: App[None]) -> list[str]:
    """What the terminal shows."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    """Wait until ``seen`` is true; fail at the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not seen():
        assert time.monotonic() < end, "\n".join(lines_of(pilot.app))
        await pilot.pause()
        await asyncio.sleep(0.01)


COLUMNS = (
    Column("name", "Name", 8, widest=20, sortable=True),
    Column("calls", "Calls", 7, right=True, sortable=True),
    Column("note", "Note", 10, priority=1),
)


def view(count: int, *, first: int = 0, **changes: object) -> RecordView:
    """``count`` rows with the keys ``r<first>`` and on."""
    rows = tuple(
        Row(f"r{n}", (Cell(f"row {n}"), Cell(f"{n * 1000:,}"), Cell(f"note {n}")))
        for n in range(first, first + count)
    )
    values: dict[str, object] = {"columns": COLUMNS, "rows": rows, "empty": "Nothing came yet."}
    return RecordView(**(values | changes))  # type: ignore[arg-type]
