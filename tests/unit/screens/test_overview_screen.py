import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from console.app import ConsoleOptions, OrgwatchApp
from console.settings import IntegrationMatch, IntegrationSettings
from store.writer import open_writer
from tests.unit.screens.conftest import StandingClock, until
from tests.unit.screens.filled_store import NOW, failed_login, fill_store, record_event
from widgets.rows_panel import RowsPanel


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_essentials_are_in_sight_without_scrolling(
    options: ConsoleOptions, size: tuple[int, int]
) -> None:
    async with OrgwatchApp(options).run_test(size=size) as pilot:
        text = await until(pilot, lambda text: "not in the logs" in text)
        for words in (
            "82.0 % of the API pool used",
            "MuleSoft ERP: at least 53.7 %. Logs end 11:00, 50 calls not logged.",
            "820 of 1,000",
            "92.0 % of DailyBulkV2Query",
            "4 failed logins: ceo@acme.e",
            "4 events streamed in the last hour",
            "198.51.100.7",
        ):
            assert words in text


async def test_the_parts_on_screen_add_up_to_the_pool(options: ConsoleOptions) -> None:
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        text = await until(pilot, lambda text: "not in the logs" in text)
        left = [line[:45].split() for line in text.splitlines()]
        names = {"MuleSoft", "Data", "Web", "not"}
        figures = [int(words[-1]) for words in left if words and words[0] in names and "%" in words]
        assert sorted(figures) == [50, 110, 220, 440]
        assert sum(figures) == 820


async def test_the_pool_s_day_is_drawn_where_there_is_room(options: ConsoleOptions) -> None:
    async with OrgwatchApp(options).run_test(size=(200, 60)) as pilot:
        text = await until(pilot, lambda text: "Calls per hour in the logs" in text)
        assert "█" in text
        assert "06:00" in text


async def test_a_configured_budget_that_is_overrun_needs_a_look(options: ConsoleOptions) -> None:
    erp = IntegrationSettings("ERP sync", IntegrationMatch(app="MuleSoft*"), budget_calls_24h=400)
    with_budget = replace(options, integrations=(erp,))
    async with OrgwatchApp(with_budget).run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda text: "ERP sync over budget by 40 calls" in text)


async def test_a_click_on_a_panel_opens_its_room(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda text: "not in the logs" in text)
        for panel, room in (
            ("#shares", "integrations"),
            ("#limits", "limits"),
            ("#latest", "events"),
        ):
            await pilot.click(panel, offset=(3, 1))
            await until(pilot, lambda _, room=room: app.current_mode == room)
            await pilot.press("1")
        await until(pilot, lambda _: app.current_mode == "overview")
        concerns = app.screen.query_one("#concerns", RowsPanel)
        assert concerns.region.height >= 4
        await pilot.click("#concerns", offset=(3, 3))
        await until(pilot, lambda _: app.current_mode == "events")


async def test_new_events_come_in_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    fill_store(path)
    options = ConsoleOptions(path, StandingClock(), "acme")
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda text: "4 events streamed" in text)
        with open_writer(path) as writer:
            hostile = failed_login(99, NOW, "[red]evil\x1b[2J@acme.example")
            await asyncio.wrap_future(writer.submit(lambda c: record_event(c, hostile)))
        text = await until(pilot, lambda text: "5 events streamed" in text)
        assert "\x1b" not in text
        lines = text.splitlines()
        heading = next(index for index, line in enumerate(lines) if "Latest events" in line)
        assert "[red]evil␛" in lines[heading + 1]


async def test_an_empty_store_says_why_and_shows_no_zero(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with open_writer(path):
        pass
    options = ConsoleOptions(path, StandingClock(), "acme")
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        text = await until(pilot, lambda text: "is not known yet" in text)
        for words in ("not known yet", "No API call", "No limit has been read", "No event yet"):
            assert words in text
        assert "0.0 %" not in text
