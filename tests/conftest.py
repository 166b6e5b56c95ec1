"""What every test gets: a home of its own, and on request an org that has been collected."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.commands.demo import Demonstration, demonstration
from tests.settled import wait_until_settled

FIXED_NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
"""The moment at which the simulated org's clock stands still: a Monday morning."""


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the developer's settings, stores, logs or keyring."""
    home = tmp_path_factory.mktemp("home")
    _isolate(monkeypatch, home)
    return home


def _isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("ORGWATCH_", "TEXTUAL")) or name in ("NO_COLOR", "COLORTERM"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@dataclass(frozen=True)
class Collected:
    """A simulated org that stands still, and the store with everything that could be had."""

    running: Demonstration
    truth: dict[str, Any]

    @property
    def store_file(self) -> Path:
        return self.running.where.store_file


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    """The whole way once: simulated org, collector and store as processes of their own."""
    with pytest.MonkeyPatch.context() as patch:
        _isolate(patch, tmp_path_factory.mktemp("session-home"))
        with demonstration(speed=0, seed=7, now_text=FIXED_NOW.isoformat()) as running:
            yield Collected(running, wait_until_settled(running))
