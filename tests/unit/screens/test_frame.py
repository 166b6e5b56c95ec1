import asyncio
import sqlite3
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.command import CommandPalette
from textual.widgets import Static

from console.answers.moment import Moment
from console.app import ConsoleOptions, OrgwatchApp
from console.screens.base import AnswerScreen
from console.screens.help import HelpScreen
from console.themes import DARK, LIGHT
from store import limit_samples
from store.records import LimitSample
from store.writer import open_writer
from tests.unit.screens.conftest import StandingClock, text_of, until
from tests.unit.screens.filled_store import NOW, fill_store
from widgets.tab_bar import TabBar


@dataclass
class EndedCollector:
    """A companion that has ended, or has not."""

    words: str | None = None

    def failure(self) -> str | None:
        return self.words


async def test_number_keys_and_clicks_open_rooms(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)
        assert app.current_mode == "limits"
        await pilot.click(TabBar, offset=(4, 0))
        await pilot.pause()
        assert app.current_mode == "overview"


async def test_the_status_line_names_the_org_from_the_first_moment(
    options: ConsoleOptions,
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)):
        assert text_of(app).splitlines()[0].split()[0] == "acme"


async def test_the_status_line_is_on_every_screen(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        for key in "123456":
            await pilot.press(key)
            text = await until(pilot, lambda text: "login ● 34m" in text)
            assert text.splitlines()[0].rstrip().endswith("12:04:31Z")


async def test_help_lists_the_keys_that_work_here_and_goes_away(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)
        await pilot.press("question_mark")
        text = await until(pilot, lambda text: "Everywhere" in text)
        for words in ("On this screen", "Only limits with this text", "In the list", "Migration"):
            assert words in text
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_the_palette_finds_rooms_actions_and_themes(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("ctrl+p")
        text = await until(pilot, lambda text: "Theme: light" in text)
        for words in ("Go to Migration", "Help", "Quit", "Theme: dark"):
            assert words in text
        await pilot.press(*"golim")
        await until(pilot, lambda text: "Go to Limits" in text and "Go to Events" not in text)
        await pilot.press("enter", "enter")
        await until(pilot, lambda _: app.current_mode == "limits")
        assert not isinstance(app.screen, CommandPalette)


async def test_the_theme_switches_back_and_forth(options: ConsoleOptions) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        assert app.theme == LIGHT.name
        await pilot.press("t")
        assert app.theme == DARK.name


async def test_a_missing_store_is_said_and_the_console_goes_on(tmp_path: Path) -> None:
    missing = ConsoleOptions(tmp_path / "none.db", StandingClock(), "acme")
    app = OrgwatchApp(missing)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await until(pilot, lambda text: "There is no store yet" in text)
        assert "no data yet" in text
        assert "orgwatch collect" in text
        assert "fault" not in text
        fill_store(missing.store_file)
        await pilot.press("2")
        await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)
        assert "There is no store yet" not in text_of(app)


async def test_a_collector_that_is_starting_is_waited_for_calmly(tmp_path: Path) -> None:
    starting = ConsoleOptions(
        tmp_path / "none.db", StandingClock(), "acme", collector=EndedCollector()
    )
    async with OrgwatchApp(starting).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda text: "Starting" in text)


async def test_a_collector_that_ended_is_said_with_its_last_words(options: ConsoleOptions) -> None:
    ended = replace(options, collector=EndedCollector("orgwatch: the key is not PEM"))
    app = OrgwatchApp(ended)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        text = await until(pilot, lambda text: "The collector has stopped" in text)
        assert "the key is not PEM" in text
        assert "collector stopped" in text.splitlines()[0]
        await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)


async def test_what_is_committed_appears_without_a_key(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    fill_store(path)
    app = OrgwatchApp(ConsoleOptions(path, StandingClock(), "acme"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda text: "92.0 %" in text)
        sample = LimitSample("DailyBulkV2QueryJobs", 100, 1, NOW)
        with open_writer(path) as writer:
            write = writer.submit(lambda c: limit_samples.record_limits(c, [sample]))
            await asyncio.wrap_future(write)
        await until(pilot, lambda text: "99.0 %" in text)


async def test_nothing_after_the_moment_looked_at_shows(options: ConsoleOptions) -> None:
    past = replace(options, as_of=NOW - timedelta(days=2))
    async with OrgwatchApp(past).run_test(size=(120, 24)) as pilot:
        await pilot.press("2")
        text = await until(pilot, lambda text: "No limit has been read yet" in text)
        assert "2026-11-14 12:04:31Z" in text
        assert " past " in text


class SlowScreen(AnswerScreen[str]):
    """Its question takes as long as the test lets it."""

    def __init__(self, options: ConsoleOptions) -> None:
        super().__init__(options)
        self.released = False
        self.asked = 0
        self.word = "first"

    def compose_body(self) -> ComposeResult:
        yield Static(id="answer", markup=False)

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> str:
        self.asked += 1
        word = self.word
        deadline = time.monotonic() + 10
        while not self.released and time.monotonic() < deadline:
            time.sleep(0.01)
        return f"{word} answer"

    def show(self, answer: str) -> None:
        self.query_one("#answer", Static).update(answer)


async def test_keys_work_while_a_question_is_slow_and_old_answers_are_dropped(
    options: ConsoleOptions,
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        slow = SlowScreen(options)
        await app.push_screen(slow)
        await until(pilot, lambda _: slow.asked == 1)
        await pilot.press("t")
        assert app.theme == LIGHT.name
        slow.word = "second"
        slow.question_changed()
        slow.released = True
        shown: list[str] = []
        await until(pilot, lambda text: shown.append(text) is None and "second answer" in text)
        assert not any("first answer" in text for text in shown)
        assert slow.asked == 2


class BrokenScreen(AnswerScreen[str]):
    """A screen with a fault of ours in it."""

    def ask(self, connection: sqlite3.Connection, moment: Moment) -> str:
        raise ZeroDivisionError("[b]oops")

    def show(self, answer: str) -> None:
        raise AssertionError


async def test_a_fault_in_a_screen_is_said_and_logged_and_ends_nothing(
    options: ConsoleOptions, caplog: pytest.LogCaptureFixture
) -> None:
    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(BrokenScreen(options))
        await until(pilot, lambda text: "ZeroDivisionError: [b]oops" in text)
        assert "ZeroDivisionError" in caplog.text
        await pilot.press("2")
        await until(pilot, lambda text: "DailyBulkV2QueryJobs" in text)


async def test_a_question_that_is_under_way_does_not_hold_up_quitting(
    options: ConsoleOptions,
) -> None:
    class EndlessScreen(AnswerScreen[str]):
        def ask(self, connection: sqlite3.Connection, moment: Moment) -> str:
            self.began = True
            connection.execute(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
                " SELECT COUNT(*) FROM n"
            ).fetchone()
            return ""

        def show(self, answer: str) -> None:
            raise AssertionError

    app = OrgwatchApp(options)
    async with app.run_test(size=(80, 24)) as pilot:
        endless = EndlessScreen(options)
        await app.push_screen(endless)
        await until(pilot, lambda _: getattr(endless, "began", False))
        began = time.monotonic()
        app.exit()
    assert time.monotonic() - began < 5
