import pytest
from textual.widget import Widget

from tests.unit.widgets.frame_app import FrameApp, lines_of
from widgets.status_line import StatusLine
from widgets.types import Severity, StatusItem, StatusView

VIEW = StatusView(
    items=(
        StatusItem("acme", "acme-production"),
        StatusItem("34m", "token 34 min old", Severity.OK, label="login"),
        StatusItem("retry", "retry, next attempt in 12 s", Severity.WARNING, label="stream"),
        StatusItem("to 11:00", "logs to 11:00, 1 gap", Severity.OK, label="data", drop_order=1),
        StatusItem("212", "212 of 1,150", label="own calls", short_label="own", drop_order=2),
    ),
    clock="12:04:31Z",
    marks=(StatusItem("sim", "simulated org"),),
)


async def line_at(width: int, view: StatusView = VIEW) -> str:
    widget = StatusLine()
    app = FrameApp(widget)
    async with app.run_test(size=(width, 3)) as pilot:
        widget.show(view)
        await pilot.pause()
        return lines_of(app)[0]


async def test_a_wide_line_says_everything_in_full() -> None:
    line = await line_at(200)
    for item in VIEW.items:
        assert item.long in line
    assert "simulated org" in line
    assert line.endswith("12:04:31Z")


async def test_eighty_columns_hold_all_of_it_in_short() -> None:
    line = await line_at(80)
    words = " ".join(line.split())
    assert words == "acme sim login ● 34m stream ▲ retry data ● to 11:00 own 212 12:04:31Z"


async def test_what_may_go_goes_first_and_the_clock_stays() -> None:
    line = await line_at(56)
    assert "own" not in line
    assert "…" not in line
    assert "login ● 34m" in line
    assert line.endswith("12:04:31Z")


@pytest.mark.parametrize("width", [20, 40, 60, 79, 81, 120, 130, 199])
async def test_the_clock_is_whole_at_the_right_edge_of_any_width(width: int) -> None:
    line = await line_at(width)
    assert line.endswith(" 12:04:31Z")
    assert len(line) == width - 1


async def test_before_anything_is_known_the_line_is_empty() -> None:
    widget: Widget = StatusLine()
    app = FrameApp(widget)
    async with app.run_test(size=(80, 3)):
        assert lines_of(app)[0] == ""


async def test_text_that_looks_like_markup_is_only_text() -> None:
    view = StatusView((StatusItem("[b]x[/b]", "[bold]acme[/bold]"),), "12:04:31Z")
    assert "[bold]acme[/bold]" in await line_at(80, view)
