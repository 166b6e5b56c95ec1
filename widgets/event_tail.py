"""A tail of records: the newest at the bottom, followed until the person looks at an older one.

While it stands still nothing moves and nothing is lost: what came meanwhile is counted by whoever
feeds it, and older rows are asked for when the upper end comes near.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from widgets.record_list import RecordList
from widgets.row_types import RecordView

MOST_ROWS = 5_000
"""Rows held at most; older ones are reached by narrowing the filter."""
_NEAR_THE_END = 3
"""So many rows before the oldest the next page is asked for."""


class EventTail(RecordList):
    """A `RecordList` that follows its end.

    `show_newest` replaces the rows and keeps to the end; it is for the feeder to call only while
    `following`. `add_older` puts a page in front without moving what is in sight.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space,p", "pause", "Pause", id="tail.pause", tooltip="Stand still, or follow again"
        ),
        Binding(
            "end,G",
            "move_to_last",
            "Follow",
            id="tail.follow",
            tooltip="Go to the newest and follow",
            show=False,
        ),
    ]

    following: reactive[bool] = reactive(True, init=False)
    """True while the newest row is kept in sight."""

    @dataclass
    class FollowChanged(Message):
        """The tail stands still now, or follows again."""

        tail: "EventTail"
        following: bool

        @property
        def control(self) -> "EventTail":
            """The tail, for ``@on`` selectors."""
            return self.tail

    @dataclass
    class OlderWanted(Message):
        """The oldest row is near: whoever feeds the tail may add older ones."""

        tail: "EventTail"

        @property
        def control(self) -> "EventTail":
            """The tail, for ``@on`` selectors."""
            return self.tail

    def show_newest(self, view: RecordView) -> None:
        """Show ``view``, its last row selected and in sight."""
        self.show(view)
        self.action_to_end()

    def add_older(self, older: RecordView) -> int:
        """Put the rows of ``older`` in front as far as `MOST_ROWS` allows; how many were taken.

        Its columns are used from now on: older rows may need more room for their times.
        """
        view = self.view
        held = {row.key for row in view.rows}
        new = tuple(row for row in older.rows if row.key not in held)
        room = MOST_ROWS - len(view.rows)
        taken = new[max(len(new) - room, 0) :] if room > 0 else ()
        if taken:
            top = self.scroll_offset.y
            key = self.selected_key
            with self.prevent(RecordList.RowHighlighted):
                self.show(replace(view, columns=older.columns, rows=(*taken, *view.rows)))
                if key is not None:
                    self.select(key)
            self.scroll_to(y=top + len(taken), animate=False, force=True, immediate=True)
        return len(taken)

    def action_to_end(self) -> None:
        """Select the newest row and bring it in sight."""
        super().action_move_to_last()
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)

    def action_pause(self) -> None:
        """Stand still, or follow again."""
        self.following = not self.following

    def action_move_to_last(self) -> None:
        """Go to the newest row and follow."""
        self.action_to_end()
        self.following = True

    def action_move(self, rows: int) -> None:
        """Select another row; going up stops following."""
        if rows < 0:
            self.following = False
        super().action_move(rows)

    def action_move_page(self, pages: int) -> None:
        """Move by pages; going up stops following."""
        if pages < 0:
            self.following = False
        super().action_move_page(pages)

    def action_move_to_first(self) -> None:
        """Go to the oldest row, which stops following."""
        self.following = False
        super().action_move_to_first()

    def on_click(self, event: events.Click) -> None:
        """A row that was clicked on must not run away."""
        self.following = False
        super().on_click(event)

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Looking back stops following."""
        self.following = False

    def watch_following(self, following: bool) -> None:
        """Say that the tail stands still or follows."""
        if following:
            self.action_to_end()
        self.post_message(self.FollowChanged(self, following))

    def watch_cursor(self) -> None:
        """Ask for older rows near the upper end."""
        super().watch_cursor()
        self._ask_for_older()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for older rows near the upper end, also when the wheel leads there."""
        super().watch_scroll_y(old_value, new_value)
        self._ask_for_older()

    def _ask_for_older(self) -> None:
        near = self.cursor <= _NEAR_THE_END or self.scroll_offset.y == 0
        if not self.following and near and len(self.view.rows) < MOST_ROWS:
            self.post_message(self.OlderWanted(self))
