"""One widget alone on a terminal, and what it draws."""

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget


class FrameApp(App[None]):
    """Shows the given widgets from top to bottom and keeps the messages that they post."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_tab_opened(self, message: Message) -> None:
        self.told.append(message)

    def on_rows_panel_row_clicked(self, message: Message) -> None:
        self.told.append(message)


def lines_of(app: App[None]) -> Sequence[str]:
    """What the terminal shows, without the blanks at the right."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]
