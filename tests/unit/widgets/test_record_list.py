from textual.geometry import Offset

from tests.unit.widgets.list_app import OneWidget, lines_of, view
from widgets.record_list import RecordList
from widgets.row_types import Cell, RecordView, Row


async def test_rows_show_under_their_columns_with_figures_at_the_right() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(3))
        await pilot.pause()
        header, first, *_rest = lines_of(app)
        assert header.index("Calls") + len("Calls") == first.index("0", 20) + 1
        assert "row 0" in first
        assert "note 0" in first


async def test_columns_come_and_go_with_the_width() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(3))
        await pilot.pause()
        assert "Note" in lines_of(app)[0]
        await pilot.resize_terminal(22, 8)
        await pilot.pause()
        assert "Note" not in lines_of(app)[0]
        assert "Calls" in lines_of(app)[0]


async def test_nothing_of_a_row_is_lost_beneath_the_scrollbar() -> None:
    app = OneWidget(RecordList())
    columns = view(1).columns
    async with app.run_test(size=(40, 6)) as pilot:
        app.widget.show(view(50))
        await pilot.pause()
        assert app.widget.show_vertical_scrollbar
        assert sum(width for _i, width in app.widget._fit) + 2 * (len(columns) - 1) <= 38


async def test_the_selection_follows_its_record_through_refresh_and_order() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(20))
        await pilot.press("down", "down", "down")
        assert app.widget.selected_key == "r3"
        turned = view(20)
        app.widget.show(RecordView(turned.columns, tuple(reversed(turned.rows)), turned.empty))
        await pilot.pause()
        assert app.widget.selected_key == "r3"
        assert any("▌row 3 " in line for line in lines_of(app))


async def test_a_selected_record_that_is_gone_leaves_the_selection_near() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(10))
        await pilot.press("end")
        app.widget.show(view(4))
        await pilot.pause()
        assert app.widget.selected_key == "r3"


async def test_keys_move_open_and_tell() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(50))
        await pilot.press("j", "pagedown", "k", "enter")
        opened = [m.key for m in app.told if isinstance(m, RecordList.RowOpened)]
        told = [m.key for m in app.told if isinstance(m, RecordList.RowHighlighted)]
        assert opened == ["r6"]
        assert told == ["r0", "r1", "r7", "r6"]
        await pilot.press("end")
        assert "row 49" in lines_of(app)[-1]


async def test_the_mouse_selects_opens_and_chooses_columns() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(50))
        await pilot.pause()
        await pilot.click(RecordList, offset=Offset(4, 3))
        assert app.widget.selected_key == "r2"
        await pilot.click(RecordList, offset=Offset(4, 3), times=2)
        await pilot.click(RecordList, offset=Offset(26, 0))
        await pilot.pause()
        assert [m.key for m in app.told if isinstance(m, RecordList.RowOpened)] == ["r2"]
        assert [m.key for m in app.told if isinstance(m, RecordList.HeaderClicked)] == ["calls"]


async def test_sums_stay_in_sight_and_are_not_selected() -> None:
    app = OneWidget(RecordList())
    total = Row("t", (Cell("all"), Cell("99,999"), Cell()))
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(50), (total,))
        await pilot.pause()
        assert "99,999" in lines_of(app)[-1]
        await pilot.press("end")
        await pilot.pause()
        assert "row 49" in lines_of(app)[-2]
        assert "99,999" in lines_of(app)[-1]
        app.widget.show(view(2), (total,))
        await pilot.pause()
        assert "99,999" in lines_of(app)[3]


async def test_text_is_drawn_as_it_is_and_cut_where_it_ends() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        row = Row(
            "x", (Cell("[red]日本語[/red] and much more text"), Cell("1"), Cell("[@click=a]"))
        )
        app.widget.show(RecordView(view(1).columns, (row,), ""))
        await pilot.pause()
        line = lines_of(app)[1]
        assert "[red]日本語" in line
        assert "…" in line
        assert "[@click=a]" in line


async def test_no_rows_say_why() -> None:
    app = OneWidget(RecordList())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show(view(0))
        await pilot.press("down", "enter", "end")
        assert any("Nothing came yet." in line for line in lines_of(app))
        assert app.told == []
