"""Every screen as it was last seen and found good, at both sizes.

A screen that is meant to change is drawn anew with ``pytest tests/terminal/test_snapshots.py
--snapshot-update``; the pictures open in any browser, and their difference is part of the change.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.app import App

from console.app import ConsoleOptions, OrgwatchApp
from console.clock import ScaledClock
from console.screens.welcome import WelcomeApp
from console.themes import LIGHT
from tests.terminal.drawing import picture, press
from tests.terminal.still_store import NOW, fill_still_store

SIZES = [(80, 24), (200, 60)]
SCREENS = {
    "overview": (),
    "limits": ("2",),
    "integrations": ("3",),
    "integration": ("3", "enter"),
    "events": ("4",),
    "event": ("4", "enter"),
    "migration": ("5",),
    "app": ("5", "enter"),
    "access": ("6",),
    "sources": ("6", "v"),
    "credentials": ("6", "v", "v"),
    "versions": ("6", "V"),
    "user": ("6", "enter"),
    "help": ("question_mark",),
}
"""The keys that lead to each screen."""


@pytest.fixture(scope="module")
def still_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("still") / "acme.db"
    fill_still_store(path)
    return path


@pytest.fixture
def console(still_store: Path) -> OrgwatchApp:
    clock = ScaledClock(real_origin=datetime.now(UTC), org_origin=NOW, speed=0)
    return OrgwatchApp(ConsoleOptions(still_store, clock, "acme"))


@pytest.fixture
def svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageExtension)


async def drawn(app: App[str], size: tuple[int, int], keys: tuple[str, ...], theme: str) -> str:
    async with app.run_test(size=size) as pilot:
        app.theme = theme
        await press(app, pilot, keys)
        return picture(app, "orgwatch")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
async def test_dark(
    console: OrgwatchApp, svg: SnapshotAssertion, screen: str, size: tuple[int, int]
) -> None:
    assert await drawn(console, size, SCREENS[screen], console.theme) == svg


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_light_overview(
    console: OrgwatchApp, svg: SnapshotAssertion, size: tuple[int, int]
) -> None:
    assert await drawn(console, size, (), LIGHT.name) == svg


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_welcome(svg: SnapshotAssertion, size: tuple[int, int]) -> None:
    welcome = WelcomeApp(Path("/home/ada/.config/orgwatch/config.toml"))
    assert await drawn(welcome, size, (), welcome.theme) == svg
