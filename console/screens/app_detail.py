"""All about one app: its state with the evidence, what is in the way, who uses it."""

import sqlite3
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.answers.apps import AppsAnswer, answer_apps
from console.answers.moment import Moment
from console.presenters.migration import find_app, present_app, present_app_title, present_org
from console.screens.base import AnswerScreen
from console.screens.options import ConsoleOptions
from widgets.field_list import FieldList
from widgets.row_types import FieldGroup
from widgets.tone_line import ToneLine

_GONE = FieldGroup("No longer there", (), empty="The newest inventory does not hold this app.")


class AppDetailScreen(AnswerScreen[AppsAnswer]):
    """One app, kept fresh; Escape leads back to the list."""

    TAB: ClassVar[str] = "migration"
    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,backspace", "app.pop_screen", "Back", id="detail.back", tooltip="To the list"
        ),
    ]

    def __init__(self, options: ConsoleOptions, key: str) -> None:
        super().__init__(options)
        self._key = key

    def compose_body(self) -> ComposeResult:
        """Its name and state, and everything known about it."""
        yield ToneLine(id="heading")
        yield FieldList(id="fields")

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> AppsAnswer:
        """The newest inventory."""
        return answer_apps(connection, moment)

    def show(self, answer: AppsAnswer) -> None:
        """Draw the one; where it is gone, keep its name and say so."""
        app = find_app(answer, self._key)
        if app is None:
            self.query_one(FieldList).show((_GONE,))
            return
        self.query_one("#heading", ToneLine).show(present_app_title(app))
        self.query_one(FieldList).show((*present_app(app, answer), *present_org(answer)))
        if self.focused is None:
            self.query_one(FieldList).focus()
