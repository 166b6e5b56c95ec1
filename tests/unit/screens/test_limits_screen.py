import pytest

from console.app import ConsoleOptions, OrgwatchApp
from tests.unit.screens.conftest import until


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_limits_are_drawn_most_endangered_first(
    options: ConsoleOptions, size: tuple[int, int]
) -> None:
    async with OrgwatchApp(options).run_test(size=size) as pilot:
        await pilot.press("2")
        text = await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)
        order = ["DailyBulkV2QueryJobs", "DailyApiRequests", "DataStorageMB", "SingleEmail"]
        places = [text.index(f" {name}") for name in order]
        assert places == sorted(places)
        row = next(line for line in text.splitlines() if "■" in line and "DailyBulk" in line)
        for figure in ("92.0 %", "92", "100"):
            assert figure in row
        assert "5 limits" in text


async def test_the_selected_limit_is_told_in_words(options: ConsoleOptions) -> None:
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "92 of 100 used. 8 left." in text)
        await pilot.press("down")
        await until(pilot, lambda text: "820 of 1,000 used. 180 left." in text)


async def test_a_filter_narrows_the_list_and_escape_widens_it(options: ConsoleOptions) -> None:
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "SingleEmail" in text)
        await pilot.press("slash", *"storage", "enter")
        text = await until(pilot, lambda text: "1 of 5 limits with “storage”" in text)
        assert "SingleEmail" not in text
        await pilot.press("escape")
        await until(pilot, lambda text: "SingleEmail" in text)


async def test_a_filter_that_matches_nothing_says_how_to_go_on(options: ConsoleOptions) -> None:
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "SingleEmail" in text)
        await pilot.press("slash", *"[b]zz", "enter")
        await until(pilot, lambda text: "No limit has “[b]zz” in its name. Esc" in text)


async def test_the_footer_fits_eighty_columns(options: ConsoleOptions) -> None:
    async with OrgwatchApp(options).run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        text = await until(pilot, lambda text: "SingleEmail" in text)
        footer = " ".join(text.splitlines()[-1].split())
        assert footer == "/ Filter ? Help ^p Commands q Quit"
