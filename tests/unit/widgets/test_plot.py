from tests.unit.widgets.list_app import OneWidget, lines_of
from widgets.plot import PlotCanvas, TimePlot
from widgets.row_types import PlotSeries, PlotView, Tone

LABELS = tuple(f"{hour:02d}:00" for hour in range(24))


def plot(known: int = 24, **changes: object) -> PlotView:
    values: dict[str, object] = {
        "series": (
            PlotSeries("all", tuple(4_000.0 if n < known else None for n in range(24)), Tone.MUTED),
            PlotSeries("ERP", tuple(1_000.0 if n < known else None for n in range(24))),
        ),
        "labels": LABELS,
        "empty": "appears with the first log file",
    }
    return PlotView(**(values | changes))  # type: ignore[arg-type]


def last_drawn(lines: list[str]) -> int:
    """The rightmost cell of the drawing, without the line of times beneath it."""
    return max(len(line.rstrip()) for line in lines[1:-1])


async def test_area_line_legend_and_axis() -> None:
    app = OneWidget(TimePlot())
    async with app.run_test(size=(80, 14)) as pilot:
        app.widget.show("Calls per hour", plot())
        await pilot.pause()
        legend, *drawing = lines_of(app)
        assert legend.split() == ["Calls", "per", "hour", "▆", "ERP", "╌", "all"]
        assert "4k" in "".join(drawing)
        assert "00:00" in drawing[-1]
        assert any("█" in line for line in drawing)
        assert any(0x2800 < ord(sign) < 0x2900 for line in drawing for sign in line)


async def test_where_nothing_is_known_nothing_is_drawn() -> None:
    app = OneWidget(TimePlot())
    async with app.run_test(size=(80, 14)) as pilot:
        app.widget.show("Calls per hour", plot(known=12))
        await pilot.pause()
        half = last_drawn(lines_of(app))
        app.widget.show("Calls per hour", plot(known=24))
        await pilot.pause()
        whole = last_drawn(lines_of(app))
        assert 32 <= half <= 44
        assert whole > 70


async def test_no_value_at_all_is_said_and_not_drawn_as_zero() -> None:
    app = OneWidget(TimePlot())
    async with app.run_test(size=(80, 14)) as pilot:
        app.widget.show("Calls per hour", plot(known=0))
        await pilot.pause()
        assert "appears with the first log file" in lines_of(app)[0]
        assert not "".join(lines_of(app)[1:]).strip()
        app.widget.show("Calls per hour", plot())
        await pilot.pause()
        assert "█" in "".join(lines_of(app))


async def test_the_same_view_is_not_worked_out_twice() -> None:
    app = OneWidget(TimePlot())
    async with app.run_test(size=(80, 14)) as pilot:
        app.widget.show("Calls per hour", plot())
        await pilot.pause()
        canvas = app.query_one(PlotCanvas)
        drawn = canvas.render()
        app.widget.show("Calls per hour", plot())
        canvas.refresh()
        await pilot.pause()
        assert canvas.render() is drawn
        app.theme = "textual-light"
        await pilot.pause()
        assert canvas.render() is not drawn


async def test_a_size_too_small_to_draw_is_no_error() -> None:
    app = OneWidget(TimePlot())
    async with app.run_test(size=(12, 3)) as pilot:
        app.widget.show("Calls per hour", plot())
        await pilot.pause()
        await pilot.resize_terminal(1, 1)
        await pilot.pause()
        await pilot.resize_terminal(200, 60)
        await pilot.pause()
        assert any("█" * 100 in line for line in lines_of(app))
