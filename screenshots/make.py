"""Draws the pictures of the documents from the running app, byte for byte the same each time.

The simulated org stands still at a fixed moment; a collector fills a store from it over real
HTTP; the app then draws each room at a fixed size without a terminal.
"""

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from console.app import ConsoleOptions, OrgwatchApp  # noqa: E402
from console.commands.demo import Demonstration, demonstration  # noqa: E402
from console.themes import DARK, LIGHT  # noqa: E402
from tests.settled import wait_until_settled  # noqa: E402

NOW = "2026-11-16T09:30:00+00:00"
WIDE, NARROW = (160, 46), (80, 24)


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
    Picture("help-dark-wide", ("question_mark",), WIDE),
)


async def draw(picture: Picture, running: Demonstration) -> str:
    """The picture as SVG, after everything on the screen has come to rest."""
    where = running.where
    org = where.required_org()
    app = OrgwatchApp(
        ConsoleOptions(
            store_file=where.store_file,
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
        await at_rest(app, pilot)
        for key in picture.keys:
            await pilot.press(key)
            await at_rest(app, pilot)
        return stable(app.export_screenshot(title=f"orgwatch {picture.name.split('-')[0]}"))


async def at_rest(app: OrgwatchApp, pilot: object) -> None:
    """Wait until two looks at the screen, with all work done in between, are the same."""
    before, same = "", 0
    for _ in range(200):
        await app.workers.wait_for_complete()
        await pilot.pause()  # type: ignore[attr-defined]
        now = app.export_screenshot()
        same = same + 1 if stable(now) == before else 0
        before = stable(now)
        if same >= 8:
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the screen does not come to rest")


def stable(svg: str) -> str:
    """Without the random mark that each drawing puts into its class names."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def main() -> None:
    """Draw every picture, or those named on the command line."""
    wanted = [picture for picture in PICTURES if picture.name in sys.argv[1:] or not sys.argv[1:]]
    with demonstration(speed=0, seed=7, now_text=NOW) as running:
        wait_until_settled(running)
        for picture in wanted:
            svg = asyncio.run(draw(picture, running))
            target = ROOT / "screenshots" / f"{picture.name}.svg"
            target.write_text(svg, "utf-8")
            print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
