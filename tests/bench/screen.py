"""The console in a terminal: how soon it paints, and how soon it answers a key."""

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measuring import Measured, interleaved, times_as_long
from tests.bench.terminal import TimedTerminal
from tests.terminal.still_store import NOW, fill_still_store

ROUNDS = 7
KEYS = 60
_QUIET_S = 0.06
_EMPTY = [sys.executable, str(Path(__file__).with_name("empty_app.py"))]
_BASELINE = "almost empty app"


def measure(folder: Path) -> Iterator[Measured]:
    """On a small store, looked at from a fixed moment, so that only keys make it paint."""
    store = folder / "still.db"
    fill_still_store(store)
    console = [sys.executable, "-m", "console", "console", "--store", str(store)]
    console += ["--as-of", NOW.isoformat()]
    home = str(folder)
    for command in (console, _EMPTY):
        _first_paint(command, home, "Overview")  # compiles what was not yet compiled
    frame_s, figures_s, empty_s = interleaved(
        ROUNDS,
        [
            lambda: _first_paint(console, home, "Overview"),
            lambda: _first_paint(console, home, "Largest integrations"),
            lambda: _first_paint(_EMPTY, home, "Overview"),
        ],
    )
    yield times_as_long("start to first paint", frame_s, _BASELINE, empty_s)
    yield times_as_long("start to figures on screen", figures_s, _BASELINE, empty_s)
    here, empty = _latencies(console, home, b"2"), _latencies(_EMPTY, home, b"x")
    yield times_as_long(
        "key to paint, median", statistics.median(here), _BASELINE, statistics.median(empty)
    )
    yield times_as_long("key to paint, 95 of 100", _p95(here), _BASELINE, _p95(empty))


def _first_paint(command: list[str], home: str, text: str) -> float:
    with TimedTerminal(command, home) as terminal:
        return terminal.painted(text)


def _latencies(command: list[str], home: str, first: bytes) -> list[float]:
    """Down and up in the list that ``first`` leads to."""
    with TimedTerminal(command, home) as terminal:
        terminal.painted("Overview")
        terminal.quiet(1.0)
        terminal.answered(first)
        terminal.quiet(1.0)
        taken = []
        for number in range(KEYS):
            taken.append(terminal.answered(b"\x1b[A" if number % 2 else b"\x1b[B"))
            terminal.quiet(_QUIET_S)
        return taken


def _p95(durations: list[float]) -> float:
    return statistics.quantiles(durations, n=20)[-1]
