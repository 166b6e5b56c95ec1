"""An almost empty Textual app: what any program on it pays for a paint and for a key."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class EmptyApp(App[None]):
    """One line of text that a key changes."""

    def compose(self) -> ComposeResult:
        yield Static("Overview 0")

    def on_key(self, event: Key) -> None:
        line = self.query_one(Static)
        self.presses = getattr(self, "presses", 0) + 1
        line.update(f"Overview {self.presses}")


if __name__ == "__main__":
    EmptyApp().run()
