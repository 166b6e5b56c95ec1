"""The first screen: the pool, who uses it, what needs a look, and what is happening now."""

import sqlite3
from typing import ClassVar

from console.answers.limits import LimitsAnswer, answer_limits
from console.answers.moment import Moment
from console.screens.base import AnswerScreen


class OverviewScreen(AnswerScreen[LimitsAnswer]):
    """The pool, who uses it, what needs a look, and what is happening now."""

    TAB: ClassVar[str] = "overview"

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> LimitsAnswer:
        """Limits."""
        return answer_limits(connection, moment, self.options.own_calls_fraction)

    def show(self, answer: LimitsAnswer) -> None:
        """Draw."""
