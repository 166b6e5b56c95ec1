"""Who and what may reach the org: own login, integration users, sources, credentials, versions."""

import sqlite3
import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from console.answers.access import AccessAnswer, answer_access
from console.answers.moment import Moment
from console.presenters.access import VIEWS, present_access
from console.presenters.access_detail import present_access_detail
from console.presenters.login_line import login_line
from console.screens.access_detail import AccessDetailScreen
from console.screens.base import AnswerScreen
from widgets.field_list import FieldList
from widgets.record_list import RecordList
from widgets.tone_line import ToneLine

RENEW_S = 15.0
"""Thirty days of use are summed up for an answer, and none of it moves by the second."""


class AccessScreen(AnswerScreen[AccessAnswer]):
    """Integration users with their checks; other lists on a key, details on Enter."""

    TAB: ClassVar[str] = "access"
    CSS_PATH = "access.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "next_view(1)", "View", id="access.view", tooltip="Show the next list"),
        Binding(
            "V", "next_view(-1)", "View back", show=False, id="access.view_back",
            tooltip="Show the list before",
        ),
    ]  # fmt: skip

    view: reactive[str] = reactive(VIEWS[0], init=False)
    """Which list is shown."""

    _answered_s: float | None = None

    def compose_body(self) -> ComposeResult:
        """Own login and sums, the list, and where there is room the selected row in full."""
        yield ToneLine(id="login")
        yield ToneLine(id="summary")
        yield ToneLine(id="views")
        with Horizontal():
            with Vertical(id="lists"):
                yield RecordList(id="rows")
                yield ToneLine(id="remarks")
            yield FieldList(id="selected")

    def on_mount(self) -> None:
        """The fields beside the list only repeat what Enter shows: they take no keys."""
        self.query_one("#selected", FieldList).can_focus = False

    def wants_refresh(self) -> bool:
        """Whether the answer is old enough to be worth another."""
        return self._answered_s is None or time.monotonic() - self._answered_s >= RENEW_S

    def beat(self, *, something_new: bool) -> None:
        """As in every room; the token's age goes on between two answers."""
        super().beat(something_new=something_new)
        self._show_login()

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> AccessAnswer:
        """How access stands at the moment's end."""
        return answer_access(connection, moment.as_of, self.options.integrations)

    def show(self, answer: AccessAnswer) -> None:
        """Draw the lines and the list."""
        self._answered_s = time.monotonic()
        shown = present_access(answer, self.view)
        self._show_login()
        self.query_one("#summary", ToneLine).show(shown.summary)
        self.query_one("#views", ToneLine).show(shown.views)
        remarks = self.query_one("#remarks", ToneLine)
        remarks.show(shown.remarks)
        remarks.display = bool(shown.remarks)
        self.query_one(RecordList).show(shown.records)
        self._show_selected()
        if self.focused is None:
            self.query_one(RecordList).focus()

    def _show_login(self) -> None:
        if self.answer is not None:
            line = login_line(self.answer.login, self.options.moment().as_of)
            self.query_one("#login", ToneLine).show(line)

    @on(RecordList.RowHighlighted)
    def _show_selected(self) -> None:
        if self.answer is not None:
            key = self.query_one(RecordList).selected_key
            groups = present_access_detail(self.answer, self.view, key) if key else ()
            self.query_one("#selected", FieldList).show(groups)

    @on(RecordList.RowOpened)
    def _open(self, message: RecordList.RowOpened) -> None:
        self.app.push_screen(AccessDetailScreen(self.options, self.view, message.key))

    def action_next_view(self, places: int) -> None:
        """Show the list that is ``places`` further on."""
        self.view = VIEWS[(VIEWS.index(self.view) + places) % len(VIEWS)]

    def watch_view(self) -> None:
        """Draw the other list from the answer that is there."""
        if self.answer is not None:
            self.show(self.answer)
