"""One event with every field that it carried, and the record as it came."""

import sqlite3
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.answers.events import EventDetail, event_detail
from console.answers.moment import Moment
from console.presenters.events import present_detail, present_raw, present_title
from console.screens.base import AnswerScreen
from console.screens.options import ConsoleOptions
from widgets.field_list import FieldList
from widgets.row_types import Cell, FieldGroup, Tone
from widgets.tone_line import ToneLine

_GONE = FieldGroup(
    "No longer there",
    (),
    empty="The store no longer holds this event: a newer log file took its place.",
)


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """The event, or None where the store no longer has it."""

    detail: EventDetail | None


class EventDetailScreen(AnswerScreen[FoundEvent]):
    """One event; ``r`` changes between its fields and the raw record, Escape leads back."""

    TAB: ClassVar[str] = "events"
    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace", "app.pop_screen", "Back", id="detail.back", tooltip="To the list"
        ),
        Binding("r", "raw", "Raw", id="event.raw", tooltip="The record as it came, and back"),
    ]

    def __init__(self, options: ConsoleOptions, key: str) -> None:
        super().__init__(options)
        self._key = key

    def compose_body(self) -> ComposeResult:
        """What it is, then its fields or its raw record."""
        yield ToneLine(id="heading")
        yield FieldList(id="fields")
        with VerticalScroll(id="raw"):
            yield Static(id="raw-text", markup=False)

    def wants_refresh(self) -> bool:
        """An event does not change once it is there."""
        return self.answer is None

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> FoundEvent:
        """The event under the key."""
        return FoundEvent(event_detail(connection, self._key))

    def show(self, answer: FoundEvent) -> None:
        """Draw both forms; one of them is in sight."""
        detail = answer.detail
        if detail is None:
            self.query_one("#heading", ToneLine).show((Cell(self._key, Tone.MUTED),))
            self.query_one(FieldList).show((_GONE,))
            return
        self.query_one("#heading", ToneLine).show(present_title(detail.event))
        self.query_one(FieldList).show(present_detail(detail))
        self.query_one("#raw-text", Static).update(present_raw(detail))
        if self.focused is None:
            self.query_one(FieldList).focus()

    def action_raw(self) -> None:
        """Change between fields and raw record."""
        raw = not self.has_class("-raw")
        self.set_class(raw, "-raw")
        self.query_one("#raw" if raw else "#fields").focus()
