from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.unit.widgets.list_app import OneWidget, lines_of
from widgets.row_types import Cell, Tone
from widgets.tone_line import ToneLine, in_lines

cells_of_a_line = st.lists(st.text("ab c日", max_size=12).map(Cell), max_size=12)


@given(cells_of_a_line, st.integers(1, 60))
def test_cells_stay_whole_and_in_order_and_lines_fit(cells: list[Cell], width: int) -> None:
    lines = in_lines(cells, width)
    assert [cell for line in lines for cell in line] == cells
    for line in lines:
        drawn = "".join(cell.text for cell in line[:-1]) + (line[-1].text.rstrip() if line else "")
        assert cell_len(drawn) <= width or len(line) == 1


async def test_one_line_ends_in_an_ellipsis_and_markup_stays_text() -> None:
    app = OneWidget(ToneLine())
    async with app.run_test(size=(30, 4)) as pilot:
        app.widget.show((Cell("[red]acme[/red] ", Tone.STRONG), Cell("and more than fits here")))
        await pilot.pause()
        first, second, *_rest = lines_of(app)
        assert first.strip().startswith("[red]acme[/red] and")
        assert first.rstrip().endswith("…")
        assert not second.strip()


async def test_with_room_it_goes_on_between_two_cells() -> None:
    app = OneWidget(ToneLine())
    async with app.run_test(size=(20, 6)) as pilot:
        app.widget.styles.height = "auto"
        app.widget.show(tuple(Cell(f"{n} not started   ") for n in range(3)))
        await pilot.pause()
        shown = [line.strip() for line in lines_of(app) if line.strip()]
        assert shown == ["0 not started", "1 not started", "2 not started"]
