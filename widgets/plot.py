"""A plot over time: filled areas and lines in braille, with its own legend and a quiet axis.

The only module that knows the plotting library.
"""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_plotext import PlotextPlot

from widgets.plot_scale import axis_figures, axis_label, known_runs, label_positions, thin_out
from widgets.row_types import PlotSeries, PlotView, Tone

_POINTS_PER_CELL = 2
_LINES_PER_FIGURE = 4
"""Lines of the plot for each figure on its axis."""
_AREA_SIGN = "▆"
_LINE_SIGN = "─"


class TimePlot(Vertical):
    """Draws a `PlotView`; the last series is an area, those before it are lines above or behind it.

    Area and line can be told apart without colour. Nothing is drawn again unless the view, the
    size or the theme changed.

    | component class | styles |
    | --- | --- |
    | `time-plot--<tone>` | a series of that `Tone` and its legend |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"time-plot--{tone}" for tone in Tone}
    DEFAULT_CSS = """
    TimePlot {
        height: 1fr;
        & > .legend { height: 1; padding: 0 2; }
        & > PlotextPlot { height: 1fr; padding: 0 2; background: transparent; }
        & > .time-plot--plain { color: $foreground; }
        & > .time-plot--muted { color: $text-disabled; }
        & > .time-plot--strong { color: $foreground; }
        & > .time-plot--accent { color: $primary; }
        & > .time-plot--good { color: $success; }
        & > .time-plot--warning { color: $warning; }
        & > .time-plot--bad { color: $error; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._view: PlotView | None = None
        self._title = ""

    def compose(self) -> ComposeResult:
        """The legend and the drawing."""
        yield Static(classes="legend", markup=False)
        yield PlotextPlot()

    def on_mount(self) -> None:
        """Draw again in the colours of another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def on_resize(self) -> None:
        """Choose axis figures and labels for the new size."""
        self._draw()

    def show(self, title: str, view: PlotView) -> None:
        """Show ``view`` under ``title``."""
        if (title, view) != (self._title, self._view):
            self._title, self._view = title, view
            self._draw()

    def _draw(self) -> None:
        view = self._view
        if view is None or not self.is_mounted:
            return
        canvas = self.query_one(PlotextPlot)
        known = [value for series in view.series for value in series.values if value is not None]
        self.query_one(Static).update(self._legend(view, bool(known)))
        plot = canvas.plt
        plot.clear_figure()
        canvas.visible = bool(known)
        if not known:
            return
        width, height = max(canvas.content_size.width, 1), max(canvas.content_size.height, 1)
        plot.frame(False)
        plot.xaxes(False, False)
        plot.yaxes(False, False)
        figures = axis_figures(max(known), max(height // _LINES_PER_FIGURE, 1))
        plot.ylim(0, figures[-1])
        plot.yticks(list(figures), [axis_label(figure) for figure in figures])
        slots = label_positions(view.labels, width)
        plot.xlim(0, max(len(view.labels) - 1, 1))
        plot.xticks(list(slots), [view.labels[slot] for slot in slots])
        for series in view.series:
            self._draw_series(canvas, series, width, area=series is view.series[-1])
        canvas.refresh()

    def _draw_series(
        self, canvas: PlotextPlot, series: PlotSeries, width: int, *, area: bool
    ) -> None:
        colour = self.get_component_styles(f"time-plot--{series.tone}").color.rgb
        for run in known_runs(series.values):
            points = thin_out(run, width * _POINTS_PER_CELL)
            canvas.plt.plot(
                [slot for slot, _value in points],
                [value for _slot, value in points],
                marker="braille",
                color=colour,
                fillx=area,
            )

    def _legend(self, view: PlotView, drawn: bool) -> Text:
        legend = Text(no_wrap=True, overflow="ellipsis")
        legend.append(self._title, self._tone(Tone.STRONG))
        if not drawn:
            return legend.append(f"  {view.empty}", self._tone(Tone.MUTED))
        for series in reversed(view.series):
            sign = _AREA_SIGN if series is view.series[-1] else _LINE_SIGN
            legend.append(f"   {sign} ", self._tone(series.tone))
            legend.append(series.label)
        return legend

    def _tone(self, tone: Tone) -> str:
        style = self.get_component_rich_style(f"time-plot--{tone}", partial=True)
        return f"bold {style}" if tone is Tone.STRONG else str(style)
