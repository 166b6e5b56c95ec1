"""The line at the top of every screen that answers: is what I see alive and complete."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.severity import SIGN, STYLE
from widgets.tones import MUTED
from widgets.types import StatusItem, StatusView

_GAP = "   "


class StatusLine(Widget):
    """Draws a `StatusView` on one line, shortening and then dropping items until it fits."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $foreground;
    }
    """

    status: reactive[StatusView | None] = reactive(None)
    """What to draw; None before anything is known."""

    def show(self, status: StatusView | None) -> None:
        """Draw this status from now on."""
        self.status = status

    def render(self) -> Content:
        """The items from the left, the clock at the right edge."""
        if self.status is None:
            return Content("")
        width = self.content_size.width
        marks = [
            Content.styled(f" {mark} ", "bold $text-primary on $primary-muted")
            for mark in self.status.marks
        ]
        clock = Content.styled(self.status.clock, "bold")
        left = _fitting(self.status.items, marks, width - clock.cell_length - 2)
        gap = max(width - left.cell_length - clock.cell_length, 1)
        return Content.assemble(left, " " * gap, clock).truncate(width, ellipsis=True)


def _fitting(items: tuple[StatusItem, ...], marks: list[Content], width: int) -> Content:
    """The longest form that fits: all in full, then some shortened, then some left out."""
    shortened: set[int] = set()
    kept = list(range(len(items)))
    by_weight = sorted(kept, key=lambda index: (-items[index].drop_order, -index))
    while True:
        line = _line([(items[index], index in shortened) for index in kept], marks)
        if line.cell_length <= width:
            return line
        to_shorten = [index for index in by_weight if index in kept and index not in shortened]
        to_drop = [index for index in by_weight if index in kept and items[index].drop_order]
        if to_shorten:
            shortened.add(to_shorten[0])
        elif to_drop:
            kept.remove(to_drop[0])
        else:
            return line.truncate(max(width, 0), ellipsis=True)


def _line(items: list[tuple[StatusItem, bool]], marks: list[Content]) -> Content:
    parts = [_item(item, item.short if short else item.long) for item, short in items]
    head = Content(" ").join([*parts[:1], *marks])
    return Content(_GAP).join([head, *parts[1:]])


def _item(item: StatusItem, text: str) -> Content:
    label = (f"{item.label} ", MUTED) if item.label else ("", "")
    if item.severity is None:
        return Content.assemble(label, (text, "" if item.label else "bold"))
    style = STYLE[item.severity]
    return Content.assemble(label, (f"{SIGN[item.severity]} {text}", style))
