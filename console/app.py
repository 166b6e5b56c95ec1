"""The console: rooms on number keys, one status, one beat that keeps the open room fresh."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from console.answers.health import HealthAnswer, answer_health
from console.bindings import GLOBAL_BINDINGS
from console.palette import ConsoleCommands
from console.presenters.status import present_status, present_without_store
from console.screens.base import AnswerScreen
from console.screens.help import HelpScreen
from console.screens.limits import LimitsScreen
from console.screens.options import Companion, ConsoleOptions
from console.screens.overview import OverviewScreen
from console.screens.store_access import StoreAccess
from console.themes import DARK, THEMES, other
from store.errors import StoreError
from widgets.tab_bar import Tab
from widgets.types import StatusView

__all__ = ["Companion", "ConsoleOptions", "OrgwatchApp"]

BEAT_S = 0.5
"""How often the store is asked whether something is new (one ``PRAGMA data_version``)."""

STALE_BEATS = 10
"""After so many beats the open room is renewed anyway: forecasts move with time alone."""

_log = logging.getLogger(__name__)


class OrgwatchApp(App[str]):
    """The console on one org's store; it reads the store and nothing else."""

    TITLE = "orgwatch"
    CSS_PATH = "screens/frame.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*GLOBAL_BINDINGS]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {ConsoleCommands}
    DEFAULT_MODE = "overview"
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (110, "-medium"),
        (160, "-wide"),
    ]
    """Classes of the screens by width in cells: 80 columns are narrow, 200 wide."""
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-short"),
        (40, "-tall"),
    ]

    status: reactive[StatusView | None] = reactive(None)
    """The status line of every screen."""
    collector_failure: reactive[str | None] = reactive(None)
    """What the collector said last, when it has ended by itself."""

    def __init__(self, options: ConsoleOptions) -> None:
        super().__init__()
        self.options = options
        self._access = StoreAccess(options.store_file)
        self._seen_version: int | None = None
        self._beats = 0
        self._looking = False
        for name, make_room in _ROOMS.items():
            self.add_mode(name, partial(make_room, options))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def on_mount(self) -> None:
        """Say whose console it is, and start the beat."""
        options = self.options
        self.status = present_without_store(
            options.alias, options.moment().as_of, options.title_note, None
        )
        self.set_interval(BEAT_S, self._beat)
        self._beat()

    async def on_unmount(self) -> None:
        """Give the store back."""
        await self._access.close()

    def on_tab_opened(self, message: Tab.Opened) -> None:
        """A click on a tab is its number key."""
        self.action_room(message.name)

    def action_room(self, name: str) -> None:
        """Open a room by name; what was open in it is still there."""
        self.switch_mode(name)

    def action_help(self) -> None:
        """Show every key that works in the open screen."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen.active_bindings.values()))

    def action_switch_theme(self) -> None:
        """Change between the dark and the light look."""
        self.theme = other(self.theme)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A beat that failed in a fault of ours is recorded; the next one comes anyway."""
        if event.state is WorkerState.ERROR:
            _log.error("%s failed", event.worker.name, exc_info=event.worker.error)

    def _beat(self) -> None:
        if not self._looking:
            self._look()

    @work(name="beat", group="beat", exit_on_error=False)
    async def _look(self) -> None:
        """See whether the store has anything new; then the status and the room are renewed."""
        self._looking = True
        try:
            something_new = await self._renew_status()
        finally:
            self._looking = False
        for screen in reversed(self.screen_stack):
            if isinstance(screen, AnswerScreen):
                screen.beat(something_new=something_new)
                break

    async def _renew_status(self) -> bool:
        stale = self._beats % STALE_BEATS == 0
        self._beats += 1
        collector = self.options.collector
        failure = await asyncio.to_thread(collector.failure) if collector else None
        self.collector_failure = failure
        try:
            version = await self._access.data_version()
            something_new = stale or version != self._seen_version
            if something_new:
                health = await self._access.read(self._ask_health)
                self.status = present_status(
                    health,
                    alias=self.options.alias,
                    as_of=self.options.as_of,
                    note=self.options.title_note,
                    has_collector=collector is not None,
                    failure=failure,
                )
            self._seen_version = version
        except (StoreError, sqlite3.Error):
            # The open room says in full what is wrong with the store.
            options = self.options
            self.status = present_without_store(
                options.alias, options.moment().as_of, options.title_note, failure
            )
            return stale
        return something_new

    def _ask_health(self, connection: sqlite3.Connection) -> HealthAnswer:
        options = self.options
        return answer_health(
            connection, options.moment(), options.own_calls_fraction, options.heartbeat_grace()
        )


def _integrations(options: ConsoleOptions) -> Screen[Any]:
    from console.screens.integrations import IntegrationsScreen

    return IntegrationsScreen(options)


def _events(options: ConsoleOptions) -> Screen[Any]:
    from console.screens.events import EventsScreen

    return EventsScreen(options)


def _migration(options: ConsoleOptions) -> Screen[Any]:
    from console.screens.migration import MigrationScreen

    return MigrationScreen(options)


def _access(options: ConsoleOptions) -> Screen[Any]:
    from console.screens.access import AccessScreen

    return AccessScreen(options)


_ROOMS: dict[str, Callable[[ConsoleOptions], Screen[Any]]] = {
    "overview": OverviewScreen,
    "limits": LimitsScreen,
    "integrations": _integrations,
    "events": _events,
    "migration": _migration,
    "access": _access,
}
"""How each room is made at its first visit; plots and tables are imported only then, because
they would cost a third of the time to the first paint."""
