from tests.unit.widgets.frame_app import FrameApp, lines_of
from widgets.row_types import Cell, Column, RecordView, Row, Tone
from widgets.rows_panel import RowsPanel
from widgets.types import PanelView

COLUMNS = (
    Column("name", "", 10, widest=30),
    Column("bar", "", 10),
    Column("calls", "", 6, right=True),
)


def row(key: str, calls: int, share: float = 0.0) -> Row:
    return Row(key, (Cell(key), Cell(bar=share, tone=Tone.WARNING), Cell(f"{calls:,}")))


ROWS = tuple(row(f"app{n}", 100 - n, 1 - n / 10) for n in range(6))
FOLDS = tuple(row(f"{6 - n} others", n) for n in range(6))
PINNED = (row("not in the logs", 7),)


async def drawn(view: PanelView, height: int, width: int = 40) -> list[str]:
    panel = RowsPanel("Largest", id="panel")
    app = FrameApp(panel)
    async with app.run_test(size=(width, height)) as pilot:
        panel.show(view)
        await pilot.pause()
        return [line for line in lines_of(app) if line]


async def test_the_heading_has_its_remark_at_the_right() -> None:
    lines = await drawn(PanelView(RecordView(COLUMNS, ROWS, ""), "logs end 11:00"), 10)
    assert lines[0].startswith("Largest")
    assert lines[0].endswith("logs end 11:00")
    assert len(lines[0]) == 40


async def test_rows_have_bars_and_figures_at_the_right() -> None:
    lines = await drawn(PanelView(RecordView(COLUMNS, ROWS, "")), 10)
    assert [line.split()[0] for line in lines[1:]] == [row.key for row in ROWS]
    assert lines[1].endswith("   100")
    assert lines[1].count("━") == 10
    assert lines[6].count("━") == 5


async def test_rows_without_room_are_summed_up_and_pinned_rows_stay() -> None:
    view = PanelView(RecordView(COLUMNS, ROWS, ""), folds=FOLDS, pinned=PINNED)
    lines = await drawn(view, 5)
    names = [line.split("  ")[0] for line in lines[1:]]
    assert names == ["app0", "app1", "4 others", "not in the logs"]


async def test_all_rows_that_fit_are_shown_without_a_sum() -> None:
    view = PanelView(RecordView(COLUMNS, ROWS, ""), folds=FOLDS, pinned=PINNED)
    names = [line.split("  ")[0] for line in (await drawn(view, 8))[1:]]
    assert names == [*(row.key for row in ROWS), "not in the logs"]


async def test_a_row_that_is_too_wide_is_cut_and_stays_on_its_line() -> None:
    lines = await drawn(PanelView(RecordView(COLUMNS, ROWS, "")), 10, width=24)
    assert len(lines) == 1 + len(ROWS)
    assert [line.split()[0] for line in lines[1:]] == [row.key for row in ROWS]


async def test_an_empty_panel_says_why() -> None:
    lines = await drawn(PanelView(RecordView(COLUMNS, (), "Nothing [yet].")), 5)
    assert lines[1] == "Nothing [yet]."


async def test_a_click_tells_the_row_that_is_in_sight_there() -> None:
    panel = RowsPanel("Largest", id="panel")
    app = FrameApp(panel)
    async with app.run_test(size=(40, 5)) as pilot:
        view = PanelView(RecordView(COLUMNS, ROWS, ""), folds=FOLDS, pinned=PINNED)
        panel.show(view)
        await pilot.pause()
        for line in (2, 3, 0):
            await pilot.click(RowsPanel, offset=(3, line))
        await pilot.pause()
        keys = [told.key for told in app.told if isinstance(told, RowsPanel.RowClicked)]
        assert keys == ["app1", "4 others", ""]
