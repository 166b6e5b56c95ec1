"""What is happening now and what happened: a tail of streamed events and log rows."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from console.answers.events import EventsAnswer, answer_events
from console.answers.moment import Moment
from console.presenters.events import (
    TailState,
    present_state,
    present_summary,
    present_tail,
)
from console.presenters.notices import reading_failed, store_error
from console.presenters.withheld import unfillable
from console.screens.base import AnswerScreen
from console.screens.event_detail import EventDetailScreen
from console.screens.options import ConsoleOptions
from store.errors import StoreError
from store.events import cursor_of
from store.records import EventFilter, StoredEvent
from widgets.event_tail import EventTail
from widgets.field_list import FieldList
from widgets.filter_line import FilterLine
from widgets.record_list import RecordList
from widgets.tone_line import ToneLine

_FOLLOWED = 200
"""Events held while following: some screens full, and read in a few milliseconds."""
_PAGE = 200
"""Events of an older page, and of each step in counting those that wait."""
_MOST_COUNTED = 10_000
"""Waiting events are counted up to here; beyond, the figure carries a plus."""


@dataclass(frozen=True, slots=True)
class EventsReading:
    """What the events screen read: a page to follow, or how many wait while it stands still."""

    page: EventsAnswer
    waiting: int = 0
    waiting_is_least: bool = False


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where the list stands still: the newest events that it holds."""

    newest_at: datetime
    keys: frozenset[str]


class EventsScreen(AnswerScreen[EventsReading]):
    """The tail with its filters; Enter shows one event in full."""

    TAB: ClassVar[str] = "events"
    NEEDS: ClassVar[tuple[str, ...]] = ("stream:", "login_history", "log_files")
    CSS_PATH = "events.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="events.filter", tooltip="Only what holds this text"
        ),
        Binding("f", "problems", "Problems", id="events.problems", tooltip="Problems only, or all"),
        Binding("e", "type", "Type", id="events.type", tooltip="Only the next type of event"),
        Binding(
            "escape",
            "no_filter",
            "No filter",
            id="events.no_filter",
            tooltip="Take every filter away",
            show=False,
        ),
    ]

    def __init__(self, options: ConsoleOptions) -> None:
        super().__init__(options)
        self._filter = EventFilter()
        self._standing: _Standing | None = None
        self._events: list[StoredEvent] = []
        """What the tail holds, newest first."""
        self._types: set[str] = set()
        self._day: date | None = None
        """The day for which the tail's times are written."""
        self._more = False
        self._loading = False

    def compose_body(self) -> ComposeResult:
        """How the tail stands, the tail, and where there is room the selected event."""
        yield ToneLine(id="state")
        yield FilterLine("user, address, app, operation …", id="filter")
        with Horizontal():
            yield EventTail(id="tail")
            yield FieldList(id="selected")

    def on_mount(self) -> None:
        """The fields beside the tail only repeat what Enter shows: they take no keys."""
        self.query_one("#selected", FieldList).can_focus = False

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> EventsReading:
        """The newest events while following, else how many have come since."""
        standing = self._standing
        if standing is None:
            return EventsReading(answer_events(connection, moment, self._filter, limit=_FOLLOWED))
        return _count_waiting(connection, moment, self._filter, standing)

    def show(self, answer: EventsReading) -> None:
        """Draw the page at the end of the tail, or the number of those that wait."""
        tail = self.query_one(EventTail)
        if tail.following:
            self._follow(tail, answer.page)
        self._show_state()
        if self.focused is None:
            tail.focus()

    def _follow(self, tail: EventTail, page: EventsAnswer) -> None:
        self._events = list(page.events)
        self._more = page.more
        self._types |= {event.event_type for event in page.events}
        drawn = {row.key: row for row in tail.view.rows} if page.as_of.date() == self._day else {}
        self._day = page.as_of.date()
        view = present_tail(page.events, page.as_of, self._filter, drawn)
        is_filtered = self._filter != EventFilter()
        tail.show_newest(view if is_filtered else unfillable(view, self.withheld))
        self._show_selected()

    def _show_state(self) -> None:
        if self.answer is None:
            return
        state = TailState(
            following=self._standing is None,
            waiting=self.answer.waiting,
            waiting_is_least=self.answer.waiting_is_least,
            filter=self._filter,
        )
        self.query_one("#state", ToneLine).show(present_state(state, self.answer.page.per_minute))

    @on(EventTail.FollowChanged)
    def _stand_or_follow(self, message: EventTail.FollowChanged) -> None:
        self._standing = None
        if not message.following:
            newest = self._events[0].occurred_at if self._events else self.options.moment().as_of
            self._standing = _Standing(newest, frozenset(event.key for event in self._events))
            if self.answer is not None:
                self.answer = EventsReading(self.answer.page)
        self._show_state()
        self.question_changed()

    @on(RecordList.RowHighlighted)
    def _show_selected(self) -> None:
        key = self.query_one(EventTail).selected_key
        event = next((event for event in self._events if event.key == key), None)
        self.query_one("#selected", FieldList).show(present_summary(event) if event else ())

    @on(RecordList.RowOpened)
    def _open(self, message: RecordList.RowOpened) -> None:
        self.query_one(EventTail).following = False
        self.app.push_screen(EventDetailScreen(self.options, message.key))

    @on(EventTail.OlderWanted)
    def _load_older(self) -> None:
        if self._more and self._events and not self._loading:
            self._loading = True
            self._add_older()

    @work(name="older", group="older", exit_on_error=False)
    async def _add_older(self) -> None:
        moment, wanted, standing = self.options.moment(), self._filter, self._standing
        before = cursor_of(self._events[-1])
        try:
            page = await self.read(
                lambda connection: answer_events(connection, moment, wanted, before, _PAGE)
            )
        except StoreError as error:
            self.show_notice(store_error(error))
            return
        except sqlite3.Error as error:
            self.show_notice(reading_failed(error))
            return
        finally:
            self._loading = False
        if standing is None or standing is not self._standing:
            return
        older = present_tail(page.events, page.as_of, wanted)
        taken = self.query_one(EventTail).add_older(older)
        self._events.extend(page.events[:taken])
        self._more = page.more and taken == len(page.events)

    @on(FilterLine.Applied)
    def _filter_by_text(self, message: FilterLine.Applied) -> None:
        self._ask_for(replace(self._filter, text=message.text.strip()))

    @on(FilterLine.Closed)
    def _give_keys_back(self) -> None:
        self.query_one(EventTail).focus()

    def action_filter(self) -> None:
        """Type a text that every event shown must hold."""
        self.query_one(FilterLine).open()

    def action_problems(self) -> None:
        """Show failed logins and refused calls alone, or everything."""
        self._ask_for(replace(self._filter, problems_only=not self._filter.problems_only))

    def action_type(self) -> None:
        """Show one type of event alone; after the last type, all of them again."""
        types = ["", *sorted(self._types)]
        now = self._filter.event_types[0] if self._filter.event_types else ""
        wanted = types[(types.index(now) + 1) % len(types)] if now in types else ""
        self._ask_for(replace(self._filter, event_types=(wanted,) if wanted else ()))

    def action_no_filter(self) -> None:
        """Show everything."""
        self.query_one(FilterLine).clear_filter()
        self._ask_for(EventFilter())

    def _ask_for(self, wanted: EventFilter) -> None:
        if wanted == self._filter:
            return
        self._filter = wanted
        self._standing = None
        tail = self.query_one(EventTail)
        tail.following = True
        self._show_state()
        self.question_changed()


def _count_waiting(
    connection: sqlite3.Connection, moment: Moment, wanted: EventFilter, standing: _Standing
) -> EventsReading:
    """How many events are newer than those that the list holds."""
    first = page = answer_events(connection, moment, wanted, limit=_PAGE)
    waiting = 0
    while True:
        new = [
            event
            for event in page.events
            if event.occurred_at >= standing.newest_at and event.key not in standing.keys
        ]
        waiting += len(new)
        if len(new) < len(page.events) or not page.more:
            return EventsReading(first, waiting)
        if waiting >= _MOST_COUNTED:
            return EventsReading(first, waiting, waiting_is_least=True)
        page = answer_events(connection, moment, wanted, cursor_of(page.events[-1]), _PAGE)
