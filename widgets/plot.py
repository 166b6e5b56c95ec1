"""A plot over time: areas and lines with a legend of its own and a quiet axis.

The only module that knows the plotting library.
"""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual_plotext.plot import Plot

from widgets.ink import rgb
from widgets.plot_scale import axis_figures, axis_label, known_runs, label_positions, thin_out
from widgets.row_types import PlotSeries, PlotView, Tone
from widgets.tones import STYLE

_POINTS_PER_CELL = 2
_LINES_PER_FIGURE = 4
"""Lines of the plot for each figure on its axis."""
_AREA_SIGN, _AREA_MARKER = "▆", "hd"
_LINE_SIGN, _LINE_MARKER = "╌", "braille"


class TimePlot(Vertical):
    """Draws a `PlotView`: the last series as an area, those before it as lines.

    Area and line are told apart without colour. Nothing is worked out again unless the view, the
    size or the theme changed.
    """

    DEFAULT_CSS = """
    TimePlot {
        height: 1fr;
        padding: 0 1;
        & > .legend { height: 1; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._shown: tuple[str, PlotView] | None = None

    def compose(self) -> ComposeResult:
        """The legend and the drawing."""
        yield Static(classes="legend")
        yield PlotCanvas()

    def show(self, title: str, view: PlotView) -> None:
        """Show ``view`` under ``title``."""
        if (title, view) == self._shown:
            return
        self._shown = (title, view)
        drawn = any(value is not None for series in view.series for value in series.values)
        self.query_one(".legend", Static).update(_legend(title, view, drawn))
        canvas = self.query_one(PlotCanvas)
        canvas.visible = drawn
        if drawn:
            canvas.show(view)


class PlotCanvas(Widget):
    """The drawing itself.

    | component class | styles |
    | --- | --- |
    | `plot-canvas--axis` | figures and times along the edges |
    | `plot-canvas--<tone>` | a series of that `Tone` |
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plot-canvas--axis",
        *(f"plot-canvas--{tone}" for tone in Tone),
    }
    DEFAULT_CSS = """
    PlotCanvas {
        height: 1fr;
        & > .plot-canvas--axis { color: $text-muted; }
        & > .plot-canvas--plain { color: $foreground; }
        & > .plot-canvas--muted { color: $secondary; }
        & > .plot-canvas--strong { color: $foreground; }
        & > .plot-canvas--accent { color: $primary; }
        & > .plot-canvas--good { color: $success; }
        & > .plot-canvas--warning { color: $warning; }
        & > .plot-canvas--bad { color: $error; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._view: PlotView | None = None
        self._drawn_for: object = None
        self._drawn = Text()

    def show(self, view: PlotView) -> None:
        """Draw ``view`` from now on."""
        self._view = view
        self.refresh()

    def render(self) -> RenderResult:
        """The drawing, worked out anew only when something about it changed."""
        width, height = self.content_size
        if self._view is None or width <= 0 or height <= 0:
            return ""
        drawn_for = (self._view, width, height, self.app.theme)
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._drawn = Text.from_ansi(self._build(self._view, width, height))
        return self._drawn

    def _build(self, view: PlotView, width: int, height: int) -> str:
        plot = Plot()
        plot.plotsize(width, height)
        plot._set_size(width, height)  # plotsize alone is cut to the size of the real terminal
        plot.theme("clear")
        plot.ticks_color(rgb(self, "plot-canvas--axis"))
        plot.frame(False)
        plot.xaxes(False, False)
        plot.yaxes(False, False)
        top = max(value for series in view.series for value in series.values if value is not None)
        figures = axis_figures(top, max(height // _LINES_PER_FIGURE, 1))
        plot.ylim(0, figures[-1])
        plot.yticks(list(figures), [axis_label(figure) for figure in figures])
        plot.xlim(0, max(len(view.labels) - 1, 1))
        slots = label_positions(view.labels, width)
        plot.xticks(list(slots), [view.labels[slot] for slot in slots])
        for series in view.series:
            self._add(plot, series, width, area=series is view.series[-1])
        built: str = plot.build()
        return built

    def _add(self, plot: Plot, series: PlotSeries, width: int, *, area: bool) -> None:
        colour = rgb(self, f"plot-canvas--{series.tone}")
        for run in known_runs(series.values):
            points = thin_out(run, width * _POINTS_PER_CELL)
            plot.plot(
                [slot for slot, _value in points],
                [value for _slot, value in points],
                marker=_AREA_MARKER if area else _LINE_MARKER,
                color=colour,
                fillx=area,
            )


def _legend(title: str, view: PlotView, drawn: bool) -> Content:
    parts: list[tuple[str, str]] = [(title, STYLE[Tone.STRONG])]
    if not drawn:
        parts.append((f"  {view.empty}", STYLE[Tone.MUTED]))
        return Content.assemble(*parts)
    for series in reversed(view.series):
        sign = _AREA_SIGN if series is view.series[-1] else _LINE_SIGN
        parts.append((f"   {sign} ", STYLE[series.tone]))
        parts.append((series.label, ""))
    return Content.assemble(*parts)
