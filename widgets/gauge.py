"""One figure against its maximum: title and figure, a bar across the width, remarks beneath."""

from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.blocks import bar
from widgets.severity import FILL, SIGN, STYLE
from widgets.types import GaugeView

_MARK: Final = "┊"
_TRACK: Final = "$foreground 10%"


class Gauge(Widget):
    """Draws a `GaugeView` on three lines."""

    DEFAULT_CSS = """
    Gauge {
        height: 3;
    }
    """

    view: reactive[GaugeView | None] = reactive(None)
    """What to draw; None draws nothing."""

    def show(self, view: GaugeView) -> None:
        """Draw this from now on."""
        self.view = view

    def render(self) -> Content:
        """Title and figure, bar, remarks."""
        if self.view is None:
            return Content("")
        width = self.content_size.width
        return Content("\n").join(
            [_head(self.view, width), _bar(self.view, width), _notes(self.view, width)]
        )


def _head(view: GaugeView, width: int) -> Content:
    title = Content.styled(view.title, "bold $text-primary")
    percent = Content.assemble((f"{SIGN[view.severity]} {view.percent}", STYLE[view.severity]))
    figure = Content.assemble((view.figure, "bold"), "   ", percent)
    gap = " " * max(width - title.cell_length - figure.cell_length, 1)
    return Content.assemble(title, gap, figure).truncate(width, ellipsis=True)


def _bar(view: GaugeView, width: int) -> Content:
    """The bar on a track; where nothing is known, a dotted track alone."""
    if view.fraction is None:
        return Content.styled("·" * width, "$text-muted")
    drawn = list(bar(view.fraction, width))
    for mark in view.marks:
        cell = min(round(mark * width), width - 1)
        if drawn[cell] == " ":
            drawn[cell] = _MARK
    return Content.styled("".join(drawn), f"{FILL[view.severity]} on {_TRACK}")


def _notes(view: GaugeView, width: int) -> Content:
    """As many remarks as fit, the most important first."""
    text = ""
    for note in view.notes:
        longer = f"{text}  ·  {note}" if text else note
        if text and len(longer) > width:
            break
        text = longer
    return Content.styled(text, "$text-muted").truncate(width, ellipsis=True)
