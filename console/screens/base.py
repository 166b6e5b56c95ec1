"""What all screens of the console share: frame, asking the store, and showing what went wrong."""

import logging
import sqlite3
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from console.answers.moment import Moment
from console.answers.sources import NOTHING_WITHHELD, Withheld, withheld
from console.bindings import TABS
from console.presenters.notices import (
    broken_screen,
    collector_ended,
    reading_failed,
    starting,
    store_error,
)
from console.presenters.withheld import present_withheld
from console.screens.options import ConsoleOptions
from console.screens.refresh import RefreshGate
from console.screens.store_access import StoreAccess
from store.errors import StoreError
from widgets.notice import Notice
from widgets.status_line import StatusLine
from widgets.tab_bar import TabBar
from widgets.tone_line import ToneLine
from widgets.types import NoticeView, StatusView

Answer = TypeVar("Answer")
Part = TypeVar("Part")

_log = logging.getLogger(__name__)


class AnswerScreen(Screen[None], Generic[Answer]):
    """A screen that shows the answer to one question about the store, kept fresh.

    A subclass names its ``TAB``, composes its widgets in `compose_body`, asks in `ask` and draws
    in `show`. The app beats; the screen then asks again, in a thread, never two at once, and
    never shows the answer to a question that has changed meanwhile.
    """

    TAB: ClassVar[str] = ""
    """The room that the tab bar marks as open."""

    NEEDS: ClassVar[tuple[str, ...]] = ()
    """The sources that fill the screen, as a probe of the org names them; ``stream:`` are all."""

    AUTO_FOCUS = ""
    """Nothing: the widgets are hidden until the first answer; `show` gives the keys away."""

    def __init__(self, options: ConsoleOptions) -> None:
        super().__init__()
        self.options = options
        self.answer: Answer | None = None
        """The last answer that was shown."""
        self.withheld = NOTHING_WITHHELD
        """What of ``NEEDS`` the org refuses, as of that answer."""
        self._access = StoreAccess(options.store_file)
        self._gate = RefreshGate()
        self._collector_failure: str | None = None

    def compose_body(self) -> ComposeResult:
        """The widgets between tab bar and footer."""
        yield from ()

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> Answer:
        """The answer as of ``moment``. Runs in a thread: plain attributes only, no widget."""
        raise NotImplementedError

    def show(self, answer: Answer) -> None:
        """Give the answer's view values to the widgets."""
        raise NotImplementedError

    def wants_refresh(self) -> bool:
        """False while the screen must stand still, such as a paused list."""
        return True

    def question_changed(self) -> None:
        """The person asked for something else: drop what is under way and ask anew, at once."""
        self._gate.question_changed()
        self._start_reading()

    def beat(self, *, something_new: bool) -> None:
        """One beat of the app's timer has passed."""
        self._gate.tick()
        if something_new and self.wants_refresh():
            self._gate.want()
        self._start_reading()

    async def read(self, question: Callable[[sqlite3.Connection], Part]) -> Part:
        """The answer to another question, in a thread, after the one that is under way."""
        return await self._access.read(question)

    def show_notice(self, notice: NoticeView | None) -> None:
        """Say something above the screen's own content; None takes it away.

        What the collector said when it ended stays until there is something else to say.
        """
        ended = collector_ended(self._collector_failure) if self._collector_failure else None
        self.query_one(Notice).show(notice or ended)

    def compose(self) -> ComposeResult:
        """Status line, tabs, notice, the screen's own widgets, footer."""
        yield StatusLine()
        yield TabBar(TABS, self.TAB)
        yield Notice()
        yield ToneLine(id="withheld")
        with Container(id="body"):
            yield from self.compose_body()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Follow the app's status; the content appears with the first answer."""
        self.query_one("#body").display = False
        self.query_one("#withheld").display = False
        self.watch(self.app, "status", self._show_status)
        self.watch(self.app, "collector_failure", self._show_collector_failure)

    def on_screen_resume(self) -> None:
        """Ask as soon as the screen is looked at again."""
        self._gate.want()
        self._start_reading()

    async def on_unmount(self) -> None:
        """Give the store back."""
        await self._access.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say it when a reading ended in a fault of ours; the log has the details."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            _log.error("%s: %s failed", self.TAB, event.worker.name, exc_info=event.worker.error)
            self.show_notice(broken_screen(event.worker.error))

    def _show_status(self, status: StatusView | None) -> None:
        self.query_one(StatusLine).show(status)

    def _show_collector_failure(self, failure: str | None) -> None:
        self._collector_failure = failure
        self.show_notice(None)

    def _start_reading(self) -> None:
        if self._gate.start() is None:
            return
        self._read_and_show(self.options.moment())

    @work(name="answer", group="answer", description="asking the store", exit_on_error=False)
    async def _read_and_show(self, moment: Moment) -> None:
        current = True
        notice: NoticeView | None = None
        answer: Answer | None = None
        gone = NOTHING_WITHHELD
        try:
            answer = await self._access.read(lambda connection: self.ask(connection, moment))
            gone = await self._access.read(
                lambda connection: withheld(connection, moment.as_of, self.NEEDS)
            )
        except StoreError as error:
            notice = self._store_notice(error)
        except sqlite3.Error as error:
            notice = reading_failed(error)
        finally:
            current = self._gate.finish()
        if not current:
            self._start_reading()
            return
        self.show_notice(notice)
        if answer is not None:
            self.answer, self.withheld = answer, gone
            self._show_withheld(gone)
            self.query_one("#body").display = True
            self.show(answer)

    def _show_withheld(self, gone: Withheld) -> None:
        """One line on what the org does not let us read; grey where that is everything."""
        line = self.query_one("#withheld", ToneLine)
        line.show(present_withheld(gone))
        line.display = bool(gone.sources)
        self.set_class(gone.is_everything, "-withheld")

    def _store_notice(self, error: StoreError) -> NoticeView:
        waiting = self.options.collector is not None and self._collector_failure is None
        if waiting and not self.options.store_file.exists():
            return starting()
        return store_error(error)
