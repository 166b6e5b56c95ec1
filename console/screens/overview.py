"""The first screen: the pool, who uses it, what needs a look, and what is happening now."""

import sqlite3
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from console.answers.events import EventsAnswer, answer_events
from console.answers.health import HealthAnswer, answer_health
from console.answers.limits import LimitsAnswer, answer_limits
from console.answers.moment import Moment
from console.answers.usage import UsageAnswer, answer_usage
from console.presenters import overview
from console.presenters.concerns import LOGIN_TYPES, concerns
from console.screens.base import AnswerScreen
from store.records import EventFilter
from widgets.area import Area
from widgets.gauge import Gauge
from widgets.rows_panel import RowsPanel
from widgets.tone_line import ToneLine

_LATEST = 40
"""Events read for the list of the latest: more than any terminal shows of it."""
_MOST_FAILED = 200
"""Newest failed logins among which patterns are looked for."""
_FAILED_LOGINS = EventFilter(event_types=LOGIN_TYPES, problems_only=True)


@dataclass(frozen=True, slots=True)
class OverviewAnswer:
    """The answers that the overview is made of, all as of one moment."""

    moment: Moment
    limits: LimitsAnswer
    usage: UsageAnswer
    latest: EventsAnswer
    failed_logins: EventsAnswer
    health: HealthAnswer


class OverviewScreen(AnswerScreen[OverviewAnswer]):
    """The pool, who uses it, what needs a look, and what is happening now."""

    TAB: ClassVar[str] = "overview"
    NEEDS: ClassVar[tuple[str, ...]] = ("limits", "log_files", "stream:")
    CSS_PATH = "overview.tcss"

    def compose_body(self) -> ComposeResult:
        """Sentence and gauge on top, panels in the middle, events at the bottom."""
        yield ToneLine(id="headline")
        yield ToneLine(id="headline-more")
        yield Gauge()
        yield Area()
        with Container(id="panels"):
            yield RowsPanel("Largest integrations", id="shares")
            with Vertical(id="side"):
                yield RowsPanel("Fullest limits", id="limits")
                yield RowsPanel("Needs a look", id="concerns")
        yield RowsPanel("Latest events", id="latest")

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> OverviewAnswer:
        """Five questions, answered as of one moment."""
        return OverviewAnswer(
            moment=moment,
            limits=answer_limits(connection, moment, self.options.own_calls_fraction),
            usage=answer_usage(connection, moment, self.options.integrations),
            latest=answer_events(connection, moment, EventFilter(), None, _LATEST),
            failed_logins=answer_events(
                connection, moment, _FAILED_LOGINS, None, _MOST_FAILED, moment.since
            ),
            health=answer_health(
                connection,
                moment,
                self.options.own_calls_fraction,
                self.options.heartbeat_grace(),
            ),
        )

    def show(self, answer: OverviewAnswer) -> None:
        """Each answer to its widgets."""
        moment, pool, usage = answer.moment, answer.limits.pool, answer.usage
        gone = self.withheld
        headline, more = overview.present_headline(pool, usage, gone)
        self.query_one("#headline", ToneLine).show(headline)
        self.query_one("#headline-more", ToneLine).show(more)
        self.query_one(Gauge).show(overview.present_pool(pool, moment.as_of))
        self.query_one(Area).show(overview.present_history(pool, usage))
        found = concerns(
            answer.limits.limits,
            usage.integrations,
            answer.failed_logins.events,
            answer.health,
            gone.needs,
        )
        latest = answer.latest
        panels = {
            "#shares": overview.present_shares(usage),
            "#limits": overview.present_limits(answer.limits.limits, gone),
            "#concerns": overview.present_concerns(found, moment.as_of),
            "#latest": overview.present_latest(
                latest.events, latest.per_minute, moment.as_of, gone, answer.health.stream
            ),
        }
        for selector, view in panels.items():
            self.query_one(selector, RowsPanel).show(view)

    @on(RowsPanel.RowClicked)
    def open_room(self, message: RowsPanel.RowClicked) -> None:
        """A click on a panel leads to the room that shows more."""
        rooms = {"shares": "integrations", "limits": "limits", "latest": "events"}
        room = rooms.get(message.panel.id or "") or overview.room_of_concern(message.key)
        self.app.switch_mode(room)
