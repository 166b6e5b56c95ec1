"""The console on a real store: one that is filled, and the means to read what it draws."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from console.app import ConsoleOptions
from tests.unit.screens.filled_store import NOW, fill_store

DEADLINE_S = 15.0


@dataclass
class StandingClock:
    """The org's time stands where the test put it."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def real_delay_s(self, org_delay_s: float) -> float:
        return org_delay_s


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled store that no test writes to."""
    path = tmp_path_factory.mktemp("store") / "acme.db"
    fill_store(path)
    return path


@pytest.fixture
def options(filled_store: Path) -> ConsoleOptions:
    """The console on the filled store, with a clock that stands."""
    return ConsoleOptions(filled_store, StandingClock(), "acme")


def text_of(app: App[object]) -> str:
    """What the terminal shows, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(
    pilot: Pilot[object], seen: Callable[[str], bool], deadline_s: float = DEADLINE_S
) -> str:
    """The screen's text as soon as ``seen`` accepts it; fails at the deadline with the last one."""
    end = time.monotonic() + deadline_s
    while True:
        await pilot.pause()
        text = text_of(pilot.app)
        if seen(text):
            return text
        assert time.monotonic() < end, f"never seen; last:\n{text}"
        await asyncio.sleep(0.02)
