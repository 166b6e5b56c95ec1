from tests.unit.widgets.list_app import OneWidget, until
from widgets.filter_line import FilterLine


def applied(app: OneWidget) -> list[str]:
    return [m.text for m in app.told if isinstance(m, FilterLine.Applied)]


async def test_what_is_typed_is_applied_once_after_a_rest() -> None:
    app = OneWidget(FilterLine("user …"))
    async with app.run_test(size=(60, 8)) as pilot:
        assert not app.widget.display
        app.widget.open()
        await pilot.press("e", "r", "p")
        await until(pilot, lambda: bool(applied(app)))
        assert applied(app) == ["erp"]


async def test_enter_keeps_the_filter_and_gives_the_keys_back() -> None:
    app = OneWidget(FilterLine("user …"))
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.open()
        await pilot.press("e", "r", "p", "enter")
        await until(pilot, lambda: any(isinstance(m, FilterLine.Closed) for m in app.told))
        assert applied(app) == ["erp"]
        assert not app.widget.display
        app.widget.open()
        await pilot.pause()
        assert app.widget.value == "erp"


async def test_escape_takes_the_filter_away() -> None:
    app = OneWidget(FilterLine("user …"))
    async with app.run_test(size=(60, 8)) as pilot:
        app.widget.open()
        await pilot.press("e", "r", "p", "enter")
        app.widget.open()
        await pilot.press("escape")
        await until(pilot, lambda: applied(app) == ["erp", ""])
        assert not app.widget.display
