"""Draws the pictures of the documents from the running app, byte for byte the same each time.

The simulated org stands still at a fixed moment; a collector fills a store from it over real
HTTP; the app then draws each room at a fixed size without a terminal, from a copy that no longer
changes.
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from console.app import ConsoleOptions, OrgwatchApp  # noqa: E402
from console.commands.demo import Demonstration, demonstration  # noqa: E402
from console.themes import DARK, LIGHT  # noqa: E402
from tests.settled import wait_until_settled  # noqa: E402
from tests.terminal.drawing import picture as svg_of  # noqa: E402
from tests.terminal.drawing import press  # noqa: E402

NOW = "2026-11-16T09:30:00+00:00"
WIDE, NARROW = (160, 46), (80, 24)
QUIET_S = 6.0
"""Longer than the collector takes from one look at its stream to the next."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: which keys lead there, how large, how it looks."""

    name: str
    keys: Sequence[str]
    size: tuple[int, int]
    theme: str = DARK.name


PICTURES = (
    Picture("overview-dark-wide", (), WIDE),
    Picture("overview-light-wide", (), WIDE, LIGHT.name),
    Picture("overview-dark-narrow", (), NARROW),
    Picture("limits-dark-wide", ("2",), WIDE),
    Picture("integrations-dark-wide", ("3",), WIDE),
    Picture("integration-dark-wide", ("3", "enter"), WIDE),
    Picture("events-dark-wide", ("4",), WIDE),
    Picture("events-dark-narrow", ("4",), NARROW),
    Picture("event-dark-wide", ("4", "enter"), WIDE),
    Picture("migration-dark-wide", ("5",), WIDE),
    Picture("access-dark-wide", ("6",), WIDE),
    Picture("access-dark-narrow", ("6",), NARROW),
    Picture("access-credentials-dark-wide", ("6", "v", "v"), WIDE),
    Picture("access-user-dark-wide", ("6", "enter"), WIDE),
    Picture("help-dark-wide", ("question_mark",), WIDE),
)


async def draw(picture: Picture, running: Demonstration, store_file: Path) -> str:
    """The picture as SVG, after everything on the screen has come to rest."""
    where = running.where
    org = where.required_org()
    app = OrgwatchApp(
        ConsoleOptions(
            store_file=store_file,
            clock=where.clock,
            alias=where.alias,
            integrations=org.integrations,
            own_calls_fraction=org.own_calls_fraction,
            as_of=None,
            collector=running.collector,
            title_note="simulated org",
        )
    )
    async with app.run_test(size=picture.size) as pilot:
        app.theme = picture.theme
        await press(app, pilot, picture.keys)
        return svg_of(app, f"orgwatch {picture.name.split('-')[0]}")


def standing_copy(running: Demonstration, target: Path) -> None:
    """Copy the store once the collector has said everything it has to say of a standing org.

    Left out are the events that the collector's own requests made: it sends several at a time,
    and their order is the network's.
    """
    wait_until_settled(running)
    with (
        closing(sqlite3.connect(running.where.store_file, isolation_level=None)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        _wait_until_quiet(source)
        source.backup(copy)
        own_user = running.where.required_org().username
        copy.execute("DELETE FROM stream_event WHERE username = ?", (own_user,))


def _wait_until_quiet(store: sqlite3.Connection) -> None:
    said, since = None, time.monotonic()
    while time.monotonic() - since < QUIET_S:
        now = store.execute("SELECT hour_ms, source, state, reason FROM coverage_hour").fetchall()
        if now != said:
            said, since = now, time.monotonic()
        time.sleep(0.1)


def main() -> None:
    """Draw every picture, or those named on the command line."""
    wanted = [picture for picture in PICTURES if picture.name in sys.argv[1:] or not sys.argv[1:]]
    with (
        tempfile.TemporaryDirectory(prefix="orgwatch-pictures-") as folder,
        demonstration(speed=0, seed=7, now_text=NOW) as running,
    ):
        store_file = Path(folder) / "standing.db"
        standing_copy(running, store_file)
        for picture in wanted:
            svg = asyncio.run(draw(picture, running, store_file))
            target = ROOT / "screenshots" / f"{picture.name}.svg"
            target.write_text(svg, "utf-8")
            print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
