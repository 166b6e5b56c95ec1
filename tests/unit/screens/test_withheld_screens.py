"""Screens whose sources the org refuses: grey, with the reason, once, and without promises."""

from pathlib import Path

import pytest

from console.app import ConsoleOptions, OrgwatchApp
from store import source_access
from store.writer import open_writer
from tests.unit.screens.access_records import SOURCES, probe
from tests.unit.screens.conftest import StandingClock, until
from tests.unit.screens.filled_store import fill_store

LACK = "needs View Setup and Configuration"
NOTHING = "Nothing to show: the org does not let orgwatch read it."


@pytest.fixture(scope="module")
def nothing_readable(tmp_path_factory: pytest.TempPathFactory) -> ConsoleOptions:
    path = tmp_path_factory.mktemp("withheld") / "acme.db"
    with open_writer(path) as writer:
        writer.submit(lambda c: source_access.record_probe(c, probe(*SOURCES))).result(timeout=30)
    return ConsoleOptions(path, StandingClock(), "acme")


async def test_every_room_says_why_it_is_empty_once_and_promises_nothing(
    nothing_readable: ConsoleOptions,
) -> None:
    app = OrgwatchApp(nothing_readable)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await until(pilot, lambda text: LACK in text)
        assert text.count(LACK) == 1
        assert "Who used it is not known without log files." in text
        assert "Not readable." in text
        for key, room in (("2", "limits"), ("3", "integrations"), ("4", "events")):
            await pilot.press(key)
            text = await until(pilot, lambda text: NOTHING in text)
            assert app.current_mode == room
            assert text.count(LACK) == 1
            assert app.screen.has_class("-withheld")
            await pilot.press("1")
            await until(pilot, lambda text: NOTHING not in text)
        await pilot.press("2")
        await until(pilot, lambda text: NOTHING in text)
        await pilot.press("slash", *"xyz", "enter")
        await until(pilot, lambda text: "Esc takes the filter away" in text)


async def test_a_room_that_was_filled_steps_back_and_comes_again(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    fill_store(path)
    app = OrgwatchApp(ConsoleOptions(path, StandingClock(), "acme"))
    with open_writer(path) as writer:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("2")
            text = await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)
            assert LACK not in text
            await writer.write(lambda c: source_access.record_probe(c, probe("limits")))
            text = await until(pilot, lambda text: LACK in text)
            assert "DailyBulkV2QueryJobs" in text
            assert app.screen.has_class("-withheld")
            await writer.write(lambda c: source_access.record_probe(c, probe()))
            await until(pilot, lambda text: LACK not in text)
            assert not app.screen.has_class("-withheld")
