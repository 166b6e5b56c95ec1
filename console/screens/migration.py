"""How far the org's connected apps have moved to External Client Apps."""

import sqlite3
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from console.answers.apps import AppsAnswer, answer_apps
from console.answers.moment import Moment
from console.presenters.migration import (
    SORTS,
    find_app,
    present_app,
    present_migration,
    present_org,
)
from console.presenters.withheld import unfillable
from console.screens.app_detail import AppDetailScreen
from console.screens.base import AnswerScreen
from widgets.band import Band
from widgets.field_list import FieldList
from widgets.record_list import RecordList
from widgets.tone_line import ToneLine


class MigrationScreen(AnswerScreen[AppsAnswer]):
    """Every app with its kind and state; Enter shows why and what is in the way."""

    TAB: ClassVar[str] = "migration"
    NEEDS: ClassVar[tuple[str, ...]] = (
        "connected_apps",
        "external_client_apps",
        "eca_policies",
        "oauth_tokens",
        "app_menu",
    )
    CSS_PATH = "migration.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", id="migration.sort", tooltip="Sort by the next column"),
        Binding("r", "reverse", "Reverse", id="migration.reverse", tooltip="Turn the order round"),
    ]

    sorted_by: reactive[str] = reactive(SORTS[0], init=False)
    """The column that the list is sorted by."""
    descending: reactive[bool] = reactive(False, init=False)
    """True for the largest first."""

    def compose_body(self) -> ComposeResult:
        """The states in sum, the apps, and where there is room the selected one in full."""
        yield ToneLine(id="heading")
        yield Band(id="states")
        yield ToneLine(id="legend")
        with Horizontal():
            with Vertical(id="inventory"):
                yield RecordList(id="apps")
                yield ToneLine(id="remarks")
            yield FieldList(id="selected")

    def on_mount(self) -> None:
        """The fields beside the list only repeat what Enter shows: they take no keys."""
        self.query_one("#selected", FieldList).can_focus = False

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> AppsAnswer:
        """Every app of the newest inventory."""
        return answer_apps(connection, moment)

    def show(self, answer: AppsAnswer) -> None:
        """Draw sums, list and remarks."""
        view = present_migration(answer, self.sorted_by, descending=self.descending)
        self.query_one("#heading", ToneLine).show(view.headline)
        self.query_one(Band).show(view.parts)
        self.query_one("#legend", ToneLine).show(view.legend)
        remarks = self.query_one("#remarks", ToneLine)
        remarks.show(view.remarks)
        remarks.display = bool(view.remarks)
        self.query_one(RecordList).show(unfillable(view.records, self.withheld))
        self._show_selected()
        if self.focused is None:
            self.query_one(RecordList).focus()

    @on(RecordList.RowHighlighted)
    def _show_selected(self) -> None:
        if self.answer is None:
            return
        app = find_app(self.answer, self.query_one(RecordList).selected_key)
        groups = present_app(app, self.answer) if app else ()
        self.query_one("#selected", FieldList).show((*groups, *present_org(self.answer)))

    @on(RecordList.RowOpened)
    def _open(self, message: RecordList.RowOpened) -> None:
        self.app.push_screen(AppDetailScreen(self.options, message.key))

    @on(RecordList.HeaderClicked)
    def _sort_by_header(self, message: RecordList.HeaderClicked) -> None:
        if message.key == self.sorted_by:
            self.descending = not self.descending
        elif message.key in SORTS:
            self.sorted_by = message.key

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.sorted_by = SORTS[(SORTS.index(self.sorted_by) + 1) % len(SORTS)]

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.descending = not self.descending

    def watch_sorted_by(self, sorted_by: str) -> None:
        """Figures from the largest on, states from the longest way to go."""
        self.set_reactive(MigrationScreen.descending, sorted_by in ("calls", "last_used"))
        self._sort_again()

    def watch_descending(self) -> None:
        """Draw in the new order."""
        self._sort_again()

    def _sort_again(self) -> None:
        if self.answer is not None:
            self.show(self.answer)
