from hypothesis import given
from hypothesis import strategies as st

from tests.unit.widgets.frame_app import FrameApp, lines_of
from widgets.area import Area, fitted
from widgets.gauge import Gauge
from widgets.types import AreaView, GaugeView, Severity

POOL = GaugeView(
    "API calls in 24 h",
    "92,310 of 115,000",
    "80.0 %",
    0.8,
    Severity.WARNING,
    ("dry in 5 h 30 min", "net +4,120/h", "read 12:04:23 from a header"),
    (0.75, 0.9),
)


async def gauge_lines(view: GaugeView, width: int) -> list[str]:
    gauge = Gauge()
    app = FrameApp(gauge)
    async with app.run_test(size=(width, 3)) as pilot:
        gauge.show(view)
        await pilot.pause()
        return list(lines_of(app))


async def test_the_gauge_says_title_figure_and_severity_in_a_sign() -> None:
    head, bar, notes = await gauge_lines(POOL, 80)
    assert head.startswith("API calls in 24 h")
    assert head.endswith("92,310 of 115,000   ▲ 80.0 %")
    assert bar.count("━") == 64
    assert bar[72] == "┊"
    assert notes == "dry in 5 h 30 min  ·  net +4,120/h  ·  read 12:04:23 from a header"


async def test_a_narrow_gauge_keeps_the_most_important_remarks_whole() -> None:
    assert (await gauge_lines(POOL, 40))[2] == "dry in 5 h 30 min  ·  net +4,120/h"


async def test_an_unknown_gauge_has_no_bar_that_could_be_read_as_zero() -> None:
    unknown = GaugeView("API calls", "not known yet", "–", None, Severity.UNKNOWN)
    bar = (await gauge_lines(unknown, 40))[1]
    assert bar == "·" * 40


async def test_an_overrun_fills_the_bar_and_no_more() -> None:
    over = GaugeView("API calls", "12 of 10", "120.0 %", 1.2, Severity.EXCEEDED, marks=(0.9,))
    assert (await gauge_lines(over, 40))[1] == "━" * 40


async def area_lines(view: AreaView, width: int, height: int) -> list[str]:
    area = Area()
    area.styles.height = height
    app = FrameApp(area)
    async with app.run_test(size=(width, height)) as pilot:
        area.show(view)
        await pilot.pause()
        return list(lines_of(app))


async def test_the_area_rises_with_its_values_and_leaves_the_unknown_blank() -> None:
    view = AreaView("Use", (None, 0.25, 0.5, 1.0), 1.0, "100 %", ((0.5, "12:00"),))
    title, top, *_, floor, times = await area_lines(view, 28, 6)
    assert title == "Use"
    assert top.startswith("  100 % ")
    assert floor.startswith("      0 ")
    assert top[8:].strip() == "█████"
    assert floor[8:] == "·" * 5 + "█" * 15
    assert times[8:].strip() == "12:00"


async def test_marks_are_dotted_where_the_area_is_below_them() -> None:
    view = AreaView("Use", (0.1, 0.1), 1.0, "100 %", (), (0.75, 0.9))
    lines = await area_lines(view, 28, 12)
    dotted = [index for index, line in enumerate(lines) if "┄" in line]
    assert dotted == [2, 3]


async def test_labels_that_would_touch_are_left_out() -> None:
    times = tuple((place / 10, f"{place:02d}:00") for place in range(1, 10))
    view = AreaView("Use", (0.1, 0.2), 1.0, "100 %", times)
    line = (await area_lines(view, 28, 6))[-1]
    assert 2 <= len(line.split()) < 9


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 2)), min_size=1, max_size=300),
    st.integers(1, 250),
)
def test_no_peak_is_lost_and_nothing_is_invented(values: list[float | None], columns: int) -> None:
    found = fitted(values, columns)
    assert len(found) == columns
    known = {value for value in values if value is not None}
    assert {value for value in found if value is not None} <= known
    if known and columns <= len(values):
        assert max(value for value in found if value is not None) == max(known)
