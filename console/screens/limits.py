"""Every limit of the org, most endangered first, with a filter and one of them in words."""

import sqlite3
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.answers.limits import LimitsAnswer, answer_limits
from console.answers.moment import Moment
from console.presenters.limits import matching, present_detail, present_headline, present_limits
from console.presenters.withheld import unfillable
from console.screens.base import AnswerScreen
from console.screens.options import ConsoleOptions
from widgets.filter_line import FilterLine
from widgets.record_list import RecordList
from widgets.tone_line import ToneLine


class LimitsScreen(AnswerScreen[LimitsAnswer]):
    """The list of limits; beneath it, what is known of the selected one."""

    TAB: ClassVar[str] = "limits"
    NEEDS: ClassVar[tuple[str, ...]] = ("limits",)
    CSS_PATH = "limits.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="limits.filter", tooltip="Only limits with this text"
        ),
        Binding(
            "escape",
            "no_filter",
            "No filter",
            id="limits.no_filter",
            tooltip="Take the filter away",
            show=False,
        ),
    ]

    def __init__(self, options: ConsoleOptions) -> None:
        super().__init__(options)
        self._text = ""

    def compose_body(self) -> ComposeResult:
        """Counts, filter, the list, the selected limit."""
        yield ToneLine(id="headline")
        yield FilterLine("part of a limit's name, or a state", id="filter")
        yield RecordList(opens=False, id="limits")
        yield ToneLine(id="detail-title")
        yield ToneLine(id="detail")

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> LimitsAnswer:
        """All limits as last read before the moment."""
        return answer_limits(connection, moment, self.options.own_calls_fraction)

    def show(self, answer: LimitsAnswer) -> None:
        """Draw what matches the filter."""
        limits = matching(answer.limits, self._text)
        headline = present_headline(answer, len(limits), self._text, self.withheld)
        self.query_one("#headline", ToneLine).show(headline)
        records = self.query_one(RecordList)
        view = present_limits(limits, self._text)
        records.show(view if self._text else unfillable(view, self.withheld))
        self._show_selected()
        if self.focused is None:
            records.focus()

    @on(RecordList.RowHighlighted)
    def _show_selected(self) -> None:
        """Say in words what the selected row shows in figures."""
        key = self.query_one(RecordList).selected_key
        limits = self.answer.limits if self.answer else ()
        limit = next((limit for limit in limits if limit.name == key), None)
        title, detail = present_detail(limit) if limit else ((), ())
        self.query_one("#detail-title", ToneLine).show(title)
        self.query_one("#detail", ToneLine).show(detail)

    @on(FilterLine.Applied)
    def _filter(self, message: FilterLine.Applied) -> None:
        self._text = message.text.strip()
        if self.answer is not None:
            self.show(self.answer)

    @on(FilterLine.Closed)
    def _give_keys_back(self) -> None:
        self.query_one(RecordList).focus()

    def action_filter(self) -> None:
        """Type a text that every limit shown must have in its name or state."""
        self.query_one(FilterLine).open()

    def action_no_filter(self) -> None:
        """Show all limits."""
        self.query_one(FilterLine).clear_filter()
