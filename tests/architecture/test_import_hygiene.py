"""What a command loads: the collector and ``--help`` never pay for the screen or the network."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREEN = ("textual", "plotext", "textual_plotext", "widgets")
NETWORK = ("httpx", "aiohttp", "aiocometd_ng")


def loaded_by(code: str) -> set[str]:
    """Top-level modules in a fresh interpreter after ``code``."""
    script = f"{code}\nimport sys\nprint(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("\n")[-2].split())


HELP = """
from console.commands import cli
try:
    cli.main({arguments!r}, standalone_mode=False)
except SystemExit:
    pass
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["limits", "--help"], ["collect", "--help"]]
)
def test_help_loads_neither_screen_nor_network(arguments: list[str]) -> None:
    loaded = loaded_by(HELP.format(arguments=arguments))
    assert not loaded & {*SCREEN, *NETWORK}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("console.collector.supervisor", SCREEN),
        ("console.simulator.launch", (*SCREEN, "httpx", "aiocometd_ng", "store")),
        ("console.answers.usage", (*SCREEN, *NETWORK)),
        ("console.app", NETWORK),
        ("store.writer", (*SCREEN, *NETWORK, "console")),
    ],
)
def test_a_floor_loads_nothing_above_it(module: str, forbidden: tuple[str, ...]) -> None:
    assert not loaded_by(f"import {module}") & set(forbidden)
