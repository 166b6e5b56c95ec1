from dataclasses import replace

from textual.geometry import Offset

from tests.unit.widgets.list_app import COLUMNS, OneWidget, lines_of, view
from widgets.event_tail import MOST_ROWS, EventTail


async def test_it_follows_its_end() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(50))
        await pilot.pause()
        assert "row 49" in lines_of(app)[-1]
        app.widget.show_newest(view(50, first=20))
        await pilot.pause()
        assert "row 69" in lines_of(app)[-1]
        assert app.widget.selected_key == "r69"


async def test_going_up_stands_still_and_the_end_follows_again() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(50))
        await pilot.press("up")
        assert not app.widget.following
        await pilot.press("end")
        assert app.widget.following
        for key in ("pageup", "home", "space", "p"):
            app.widget.following = True
            await pilot.press(key)
            assert not app.widget.following, key
        await pilot.press("space")
        assert app.widget.following
        told = [m.following for m in app.told if isinstance(m, EventTail.FollowChanged)]
        assert told[:3] == [False, True, False]


async def test_a_row_clicked_on_does_not_run_away() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(50))
        await pilot.pause()
        await pilot.click(EventTail, offset=Offset(4, 4))
        assert not app.widget.following
        assert app.widget.selected_key == "r46"


async def test_older_rows_come_in_front_without_moving_what_is_in_sight() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(30, first=100))
        await pilot.press("home")
        await pilot.pause()
        assert any(isinstance(m, EventTail.OlderWanted) for m in app.told)
        before = lines_of(app)
        assert app.widget.add_older(view(20, first=80)) == 20
        await pilot.pause()
        assert app.widget.selected_key == "r100"
        assert lines_of(app)[1] == before[1]
        await pilot.press("up")
        assert app.widget.selected_key == "r99"


async def test_a_row_is_held_once_and_never_more_than_the_bound() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(30, first=100))
        await pilot.press("space")
        assert app.widget.add_older(view(20, first=90)) == 10
        assert len(app.widget.view.rows) == 40
        taken = app.widget.add_older(view(MOST_ROWS, first=10_000))
        assert taken == MOST_ROWS - 40
        assert len(app.widget.view.rows) == MOST_ROWS
        assert app.widget.view.rows[-1].key == "r129"
        assert app.widget.add_older(view(5, first=90_000)) == 0


async def test_older_rows_are_wanted_only_while_it_stands_still() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(2))
        await pilot.pause()
        assert not any(isinstance(m, EventTail.OlderWanted) for m in app.told)
        await pilot.press("up")
        assert any(isinstance(m, EventTail.OlderWanted) for m in app.told)


async def test_older_rows_bring_the_columns_that_they_need() -> None:
    app = OneWidget(EventTail())
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.show_newest(view(30, first=100))
        await pilot.press("home")
        wider = (replace(COLUMNS[0], width=16), *COLUMNS[1:])
        app.widget.add_older(view(20, first=80, columns=wider))
        await pilot.pause()
        assert app.widget.view.columns == wider
        assert lines_of(app)[0].index("Calls") > 16
