"""The names of the rooms on one line, the open one marked; a click opens a room."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from widgets.types import TabView


class Tab(Widget):
    """One room's key and name."""

    DEFAULT_CSS = """
    Tab {
        width: auto;
        height: 1;
        padding: 0 1;
        color: $text-muted;
        &:hover { color: $foreground; background: $surface; pointer: pointer; }
        &.-open { color: $text-primary; text-style: bold underline; }
    }
    """

    @dataclass
    class Opened(Message):
        """The person wants this room."""

        name: str

    def __init__(self, tab: TabView, is_open: bool) -> None:
        super().__init__(classes="-open" if is_open else "")
        self._tab = tab

    def render(self) -> Content:
        """``2 Limits``."""
        return Content(f"{self._tab.key} {self._tab.title}")

    def on_click(self, event: Click) -> None:
        """Ask for the room."""
        event.stop()
        self.post_message(self.Opened(self._tab.name))


class TabBar(Horizontal):
    """All rooms from left to right."""

    DEFAULT_CSS = """
    TabBar {
        height: 1;
        background: $panel;
    }
    """

    def __init__(self, tabs: tuple[TabView, ...], open_tab: str) -> None:
        super().__init__()
        self._tabs = tabs
        self._open_tab = open_tab

    def compose(self) -> ComposeResult:
        """One `Tab` for each room."""
        for tab in self._tabs:
            yield Tab(tab, is_open=tab.name == self._open_tab)
