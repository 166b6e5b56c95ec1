"""The integrations room on a real store, by keys and mouse, at both sizes."""

import dataclasses
from pathlib import Path

import pytest
from textual.geometry import Offset

from console.app import ConsoleOptions, OrgwatchApp
from console.settings import IntegrationMatch, IntegrationSettings
from tests.unit.screens.conftest import StandingClock, until
from widgets.field_list import FieldList
from widgets.plot import TimePlot
from widgets.record_list import RecordList

SIZES = [(80, 24), (200, 60)]
NARROW, WIDE = SIZES


def row(text: str, name: str) -> list[str]:
    return next(line for line in text.splitlines() if name in line).split()


def order(text: str) -> list[str]:
    names = ("MuleSoft ERP", "Data Loader", "Web Shop")
    lines = text.splitlines()
    first = {name: next(n for n, line in enumerate(lines) if f"{name} " in line) for name in names}
    return sorted(names, key=first.__getitem__)


@pytest.mark.parametrize("size", SIZES)
async def test_the_parts_and_the_rest_add_up_to_the_pool(
    options: ConsoleOptions, size: tuple[int, int]
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=size) as pilot:
        await pilot.press("3")
        text = await until(pilot, lambda text: "pool used" in text)
        calls = [row(text, name) for name in ("MuleSoft ERP", "Data Loader", "Web Shop")]
        assert [int(next(w for w in words if w.isdigit())) for words in calls] == [440, 220, 110]
        assert "50" in row(text, "not yet in the logs")
        assert "820" in row(text, "pool used")
        assert "53.7 %" in text
        assert "logs end 11:00, 1 h 4 min behind" in text


async def test_the_plot_is_of_the_selected_one_and_ends_where_the_logs_end(
    options: ConsoleOptions,
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("3")
        await until(pilot, lambda text: "▆ MuleSoft ERP" in text)
        await pilot.press("down")
        await until(pilot, lambda text: "▆ Data Loader" in text)
        await pilot.press("v")
        await until(pilot, lambda text: "Calls per hour" not in text)
        assert not app.screen.query_one(TimePlot).display
        await pilot.press("v")
        await until(pilot, lambda text: "▆ Data Loader" in text)


async def test_sorting_by_key_by_header_and_turned_round(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("3")
        text = await until(pilot, lambda text: "Calls▾" in text)
        assert order(text) == ["MuleSoft ERP", "Data Loader", "Web Shop"]
        await pilot.press("s")
        text = await until(pilot, lambda text: "Errors▾" in text)
        assert order(text)[0] == "Data Loader"
        await pilot.press("r")
        text = await until(pilot, lambda text: "Errors▴" in text)
        assert order(text)[-1] == "Data Loader"
        await pilot.click(RecordList, offset=Offset(3, 0))
        text = await until(pilot, lambda text: "Integration▴" in text)
        assert order(text) == ["Data Loader", "MuleSoft ERP", "Web Shop"]
        await pilot.click(RecordList, offset=Offset(3, 0))
        text = await until(pilot, lambda text: "Integration▾" in text)
        assert order(text) == ["Web Shop", "MuleSoft ERP", "Data Loader"]


async def test_the_selected_one_is_beside_the_list_only_where_there_is_room(
    options: ConsoleOptions,
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("3")
        await until(pilot, lambda text: "Consumption" in text and "203.0.113.0" in text)
        await pilot.press("down")
        text = await until(pilot, lambda text: "203.0.113.1" in text)
        assert row(text, " 500 ")[-1] == "66"
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda text: "Consumption" not in text)


@pytest.mark.parametrize("size", SIZES)
async def test_enter_drills_down_and_escape_leads_back(
    options: ConsoleOptions, size: tuple[int, int]
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=size) as pilot:
        await pilot.press("3")
        await until(pilot, lambda text: "pool used" in text)
        await pilot.press("down", "enter")
        text = await until(pilot, lambda text: "220 calls, 26.8 % of the pool" in text)
        assert "▆ Data Loader" in text
        await until(pilot, lambda _text: app.screen.focused is app.screen.query_one(FieldList))
        await pilot.press("end")
        text = await until(pilot, lambda text: "Resources" in text)
        assert row(text, "/query")[-1] == "220"
        await pilot.press("escape")
        await until(pilot, lambda text: "pool used" in text)
        assert app.screen.query_one(RecordList).selected_key is not None


async def test_budget_and_owner_come_from_the_settings(filled_store: Path) -> None:
    named = IntegrationSettings("ERP sync", IntegrationMatch(app="MuleSoft*"), "team-erp", 400)
    options = ConsoleOptions(filled_store, StandingClock(), "acme", integrations=(named,))
    app = OrgwatchApp(options)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("3")
        text = await until(pilot, lambda text: "ERP sync" in text)
        assert "team-erp" in row(text, "ERP sync  ")
        assert "✖ 110 %" in text


async def test_looking_back_before_the_first_log_says_why_it_is_empty(
    options: ConsoleOptions,
) -> None:
    clock = options.clock
    assert isinstance(clock, StandingClock)
    early = dataclasses.replace(options, as_of=clock.at.replace(year=2025))
    app = OrgwatchApp(early)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("3")
        text = await until(pilot, lambda text: "No log file is in the store yet" in text)
        assert "no log file yet" in text
        await pilot.press("enter", "down", "s")
        await until(pilot, lambda text: "Errors▾" in text)
