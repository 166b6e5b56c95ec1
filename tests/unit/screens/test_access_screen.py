"""The access room on a real store, by keys, at both sizes."""

from datetime import timedelta
from pathlib import Path

import pytest

from console.app import ConsoleOptions, OrgwatchApp
from store import console_state, posture
from store.writer import open_writer
from tests.unit.screens.access_records import REFUSED, USERS, snapshot, write_access
from tests.unit.screens.conftest import StandingClock, until
from tests.unit.screens.filled_store import fill_store
from widgets.record_list import RecordList

NARROW = (80, 24)


@pytest.fixture(scope="module")
def store_with_access(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("access") / "acme.db"
    fill_store(path)
    with open_writer(path) as writer:
        writer.submit(write_access).result(timeout=30)
    return path


@pytest.fixture
def with_access(store_with_access: Path) -> ConsoleOptions:
    return ConsoleOptions(store_with_access, StandingClock(), "acme")


async def test_the_lists_follow_one_another_on_a_key_and_back(
    with_access: ConsoleOptions,
) -> None:
    app = OrgwatchApp(with_access)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("6")
        text = await until(pilot, lambda text: "[Users]" in text and "svc0" in text)
        assert "✓ token 34 min old, 1 h 26 min left (introspection)   certificate 12 days" in text
        assert "3 users, 1 with findings   5 of 5 sources readable" in text
        assert "could not be seen: SetupEntityAccess" in text
        assert "[bold]Odd␛[31m⟨U+202E⟩" in text
        assert "\u202e" not in text
        await pilot.press("v")
        text = await until(pilot, lambda text: "[Sources]" in text)
        assert "Stream LoginEventStream" in text
        assert "read 11:44" in text
        await pilot.press("v")
        text = await until(pilot, lambda text: "[Credentials]" in text)
        assert any("MuleSoft ERP" in line and "440" in line for line in text.splitlines())
        assert "▲ certificate Single Sign-On ends in 9 days" in text
        await pilot.press("v")
        text = await until(pilot, lambda text: "[API versions]" in text)
        assert any("60.0" in line and "✓ current" in line for line in text.splitlines())
        await pilot.press("v")
        await until(pilot, lambda text: "[Users]" in text)
        await pilot.press("V")
        await until(pilot, lambda text: "[API versions]" in text)


async def test_enter_shows_every_check_until_the_user_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    with open_writer(path) as writer:
        await writer.write(write_access)
        app = OrgwatchApp(ConsoleOptions(path, StandingClock(), "acme"))
        async with app.run_test(size=NARROW) as pilot:
            await pilot.press("6")
            await until(pilot, lambda text: "svc1" in text)
            await pilot.press("home", "enter")
            text = await until(pilot, lambda text: "Checks" in text and "What to do" in text)
            assert "✖ fail: it holds a full user licence: Salesforce" in " ".join(text.split())
            await pilot.press("escape")
            await until(pilot, lambda text: "[Users]" in text)
            assert app.screen.query_one(RecordList).selected_key == USERS[0].user_id
            await pilot.press("enter")
            await until(pilot, lambda text: "Checks" in text)
            await writer.write(lambda c: posture.record_posture(c, snapshot(USERS[1])))
            await until(pilot, lambda text: "No longer there" in text)


async def test_the_age_of_the_token_moves_between_two_answers(store_with_access: Path) -> None:
    clock = StandingClock()
    app = OrgwatchApp(ConsoleOptions(store_with_access, clock, "acme"))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("6")
        await until(pilot, lambda text: "token 34 min old, 1 h 26 min left" in text)
        clock.at += timedelta(minutes=1)
        await until(pilot, lambda text: "token 35 min old, 1 h 25 min left" in text, 5.0)


async def test_an_empty_store_waits_and_a_refused_login_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    with open_writer(path) as writer:
        app = OrgwatchApp(ConsoleOptions(path, StandingClock(), "acme"))
        async with app.run_test(size=NARROW) as pilot:
            await pilot.press("6")
            text = await until(pilot, lambda text: "no login is recorded" in text)
            assert "have not been read yet" in text
            assert "and every six hours." in " ".join(text.split())
            await pilot.press("enter", "v", "v", "v", "v")
            await writer.write(lambda c: console_state.record_login(c, REFUSED))
            app.screen.question_changed()  # type: ignore[attr-defined]
            text = await until(pilot, lambda text: "lets nobody in" in text)
            assert "✖ The app is not approved for this user   next attempt in 6 min" in text
            assert "What to do: Add the permission set to the app." in " ".join(text.split())
