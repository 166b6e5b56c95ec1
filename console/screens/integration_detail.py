"""All about one integration: its calls by the hour, and who, whence, with what, on what."""

import sqlite3
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.answers.moment import Moment
from console.answers.usage import UsageAnswer, answer_usage
from console.presenters.integrations import (
    find_integration,
    plot_title,
    present_integration,
    present_integration_title,
    present_usage_plot,
)
from console.screens.base import AnswerScreen
from console.screens.options import ConsoleOptions
from widgets.field_list import FieldList
from widgets.plot import TimePlot
from widgets.row_types import FieldGroup
from widgets.tone_line import ToneLine

_GONE = FieldGroup("Silent", (), empty="It made no call in the last 24 hours.")


class IntegrationDetailScreen(AnswerScreen[UsageAnswer]):
    """One integration, kept fresh; Escape leads back to the list."""

    TAB: ClassVar[str] = "integrations"
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
        """Its name, its day, and everything known about it."""
        yield ToneLine(id="heading")
        yield TimePlot(id="usage-plot")
        yield FieldList(id="fields")

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> UsageAnswer:
        """Consumption in the rolling day, of all: the plot shows the one among them."""
        return answer_usage(connection, moment, self.options.integrations)

    def show(self, answer: UsageAnswer) -> None:
        """Draw the one; where it fell silent, keep its name and say so."""
        self.query_one(TimePlot).show(plot_title(answer), present_usage_plot(answer, self._key))
        usage = find_integration(answer, self._key)
        if usage is None:
            self.query_one(FieldList).show((_GONE,))
            return
        self.query_one("#heading", ToneLine).show(present_integration_title(usage))
        self.query_one(FieldList).show(present_integration(usage, answer))
        if self.focused is None:
            self.query_one(FieldList).focus()
