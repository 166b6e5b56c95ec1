"""Who used how much of the pool: every integration, the sums, and how it went over the day."""

import sqlite3
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from console.answers.moment import Moment
from console.answers.usage import UsageAnswer, answer_usage
from console.presenters.integrations import (
    SORTS,
    find_integration,
    plot_title,
    present_integration,
    present_integrations,
    present_usage_plot,
)
from console.presenters.withheld import unfillable
from console.screens.base import AnswerScreen
from console.screens.integration_detail import IntegrationDetailScreen
from widgets.field_list import FieldList
from widgets.plot import TimePlot
from widgets.record_list import RecordList
from widgets.tone_line import ToneLine


class IntegrationsScreen(AnswerScreen[UsageAnswer]):
    """Consumption per integration with the plot of the selected one; Enter shows all about it."""

    TAB: ClassVar[str] = "integrations"
    NEEDS: ClassVar[tuple[str, ...]] = ("log_files",)
    CSS_PATH = "integrations.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", id="integrations.sort", tooltip="Sort by the next column"),
        Binding(
            "r", "reverse", "Reverse", id="integrations.reverse", tooltip="Turn the order round"
        ),
        Binding("v", "plot", "Plot", id="integrations.plot", tooltip="Show or hide the plot"),
    ]

    sorted_by: reactive[str] = reactive(SORTS[0], init=False)
    """The column that the list is sorted by."""
    descending: reactive[bool] = reactive(True, init=False)
    """True for the largest first."""

    def compose_body(self) -> ComposeResult:
        """A headline, the list over the plot, and where there is room the selected one in full."""
        yield ToneLine(id="heading")
        with Horizontal():
            with Vertical(id="consumption"):
                yield RecordList(id="integrations")
                yield TimePlot(id="usage-plot")
            yield FieldList(id="selected")

    def on_mount(self) -> None:
        """The fields beside the list only repeat what Enter shows: they take no keys."""
        self.query_one("#selected", FieldList).can_focus = False

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> UsageAnswer:
        """Consumption in the rolling day."""
        return answer_usage(connection, moment, self.options.integrations)

    def show(self, answer: UsageAnswer) -> None:
        """Draw list, sums and plot."""
        view = present_integrations(answer, self.sorted_by, descending=self.descending)
        self.query_one("#heading", ToneLine).show(view.headline)
        self.query_one(RecordList).show(unfillable(view.records, self.withheld), view.totals)
        self._show_selected()
        if self.focused is None:
            self.query_one(RecordList).focus()

    @on(RecordList.RowHighlighted)
    def _show_selected(self) -> None:
        if self.answer is None:
            return
        key = self.query_one(RecordList).selected_key
        self.query_one(TimePlot).show(plot_title(self.answer), present_usage_plot(self.answer, key))
        usage = find_integration(self.answer, key)
        groups = present_integration(usage, self.answer) if usage else ()
        self.query_one("#selected", FieldList).show(groups)

    @on(RecordList.RowOpened)
    def _open(self, message: RecordList.RowOpened) -> None:
        self.app.push_screen(IntegrationDetailScreen(self.options, message.key))

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

    def action_plot(self) -> None:
        """Show or hide the plot, which leaves its lines to the list."""
        plot = self.query_one(TimePlot)
        plot.display = not plot.display

    def watch_sorted_by(self, sorted_by: str) -> None:
        """Names from A on, figures from the largest on."""
        self.set_reactive(IntegrationsScreen.descending, sorted_by != "name")
        self._sort_again()

    def watch_descending(self) -> None:
        """Draw in the new order."""
        self._sort_again()

    def _sort_again(self) -> None:
        if self.answer is not None:
            self.show(self.answer)
