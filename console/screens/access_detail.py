"""All about one integration user, source, credential or API version."""

import sqlite3
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.answers.access import AccessAnswer, answer_access
from console.answers.moment import Moment
from console.presenters.access_detail import present_access_detail, present_access_title
from console.screens.base import AnswerScreen
from console.screens.options import ConsoleOptions
from widgets.field_list import FieldList
from widgets.tone_line import ToneLine


class AccessDetailScreen(AnswerScreen[AccessAnswer]):
    """One row of the access room, kept fresh; Escape leads back to the list."""

    TAB: ClassVar[str] = "access"
    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace", "app.pop_screen", "Back", id="detail.back", tooltip="To the list"
        ),
    ]

    def __init__(self, options: ConsoleOptions, view: str, key: str) -> None:
        super().__init__(options)
        self._view = view
        self._key = key

    def compose_body(self) -> ComposeResult:
        """Its name, and everything known about it."""
        yield ToneLine(id="heading")
        yield FieldList(id="fields")

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> AccessAnswer:
        """How access stands at the moment's end."""
        return answer_access(connection, moment.as_of, self.options.integrations)

    def show(self, answer: AccessAnswer) -> None:
        """Draw the one; where it is gone, say so."""
        title = present_access_title(answer, self._view, self._key)
        self.query_one("#heading", ToneLine).show(title)
        self.query_one(FieldList).show(present_access_detail(answer, self._view, self._key))
        if self.focused is None:
            self.query_one(FieldList).focus()
