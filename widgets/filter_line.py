"""A line to type a filter into: there while it is needed, gone when it is not."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

_REST_S = 0.25
"""The filter is applied when the person has rested so long from typing."""


class FilterLine(Input):
    """Enter keeps the filter and gives the keys back; Escape takes the filter away."""

    DEFAULT_CSS = """
    FilterLine {
        display: none;
        height: 1;
        border: none;
        padding: 0 1;
        background: $surface;
        &:focus { border: none; background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "No filter", id="filter.drop", tooltip="Take the filter away"),
        Binding(
            "enter", "keep", "Keep", id="filter.keep", tooltip="Keep the filter", priority=True
        ),
    ]

    @dataclass
    class Applied(Message):
        """The filter is ``text`` from now on; empty for none."""

        line: "FilterLine"
        text: str

        @property
        def control(self) -> "FilterLine":
            """The line, for ``@on`` selectors."""
            return self.line

    @dataclass
    class Closed(Message):
        """The line has gone; whoever opened it may take the keys."""

        line: "FilterLine"

        @property
        def control(self) -> "FilterLine":
            """The line, for ``@on`` selectors."""
            return self.line

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, id=id, compact=True, max_length=200)
        self._applied = ""
        self._resting: Timer | None = None

    def open(self) -> None:
        """Show the line and take the keys."""
        self.display = True
        self.focus()

    def clear_filter(self) -> None:
        """Take the filter away and the line with it."""
        with self.prevent(Input.Changed):
            self.value = ""
        self._close()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait until the person rests, so that not every letter becomes a question."""
        event.stop()
        self._stop_resting()
        self._resting = self.set_timer(_REST_S, self._apply)

    def action_drop(self) -> None:
        """Take the filter away."""
        self.clear_filter()

    def action_keep(self) -> None:
        """Keep the filter and give the keys back."""
        self._close()

    def _close(self) -> None:
        self._apply()
        self.display = False
        self.post_message(self.Closed(self))

    def _apply(self) -> None:
        self._stop_resting()
        if self.value != self._applied:
            self._applied = self.value
            self.post_message(self.Applied(self, self.value))

    def _stop_resting(self) -> None:
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
