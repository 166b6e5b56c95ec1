"""The line at the top of every screen that answers: is what I see alive and complete."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.severity import SIGN, STYLE
from widgets.types import StatusItem, StatusView

_GAP = "   "
_TIGHT_GAP = "  "


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
        clock = Content.styled(self.status.clock, "bold")
        left = _fitting(self.status, width - clock.cell_length - len(_TIGHT_GAP))
        gap = " " * max(width - left.cell_length - clock.cell_length, 1)
        return Content.assemble(left, gap, clock).truncate(width, ellipsis=True)


def _fitting(status: StatusView, width: int) -> Content:
    """The longest form that fits: all in full, then some shortened, then some left out."""
    items = status.items
    kept = list(range(len(items)))
    by_weight = sorted(kept, key=lambda index: (-items[index].drop_order, -index))
    line = _line(status, kept, frozenset(), _GAP)
    for count in range(1, len(items) + 1):
        if line.cell_length <= width:
            return line
        line = _line(status, kept, frozenset(by_weight[:count]), _GAP)
    for index in (None, *by_weight):
        if line.cell_length <= width:
            return line
        if index is not None and items[index].drop_order:
            kept.remove(index)
        line = _line(status, kept, frozenset(by_weight), _TIGHT_GAP)
    return line.truncate(max(width, 0), ellipsis=True)


def _line(status: StatusView, kept: list[int], short: frozenset[int], gap: str) -> Content:
    """The kept items from left to right; the marks stand beside the first."""
    parts = [_item(status.items[index], index in short) for index in kept]
    marks = [_mark(mark, gap == _TIGHT_GAP) for mark in status.marks]
    head = Content(" ").join([*parts[:1], *marks])
    return Content(gap).join([head, *parts[1:]])


def _mark(mark: StatusItem, short: bool) -> Content:
    return Content.styled(
        f" {mark.short if short else mark.long} ", "bold $text-primary on $primary-muted"
    )


def _item(item: StatusItem, short: bool) -> Content:
    text = item.short if short else item.long
    label = (item.short_label if short else "") or item.label
    quiet = (f"{label} " if label else "", "$text-muted")
    if item.severity is None:
        return Content.assemble(quiet, (text, "" if label else "bold"))
    return Content.assemble(quiet, (f"{SIGN[item.severity]} {text}", STYLE[item.severity]))
