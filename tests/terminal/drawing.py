"""Pictures of a running console, byte for byte the same for the same screen."""

import asyncio
import re
from collections.abc import Sequence

from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip

from console.screens.base import AnswerScreen

DEADLINE_S = 30.0
LOOKS = 3
"""So many looks in a row must be the same."""
_BETWEEN_LOOKS_S = 0.05


async def at_rest(app: App[str], pilot: Pilot[str]) -> None:
    """Return when every open screen has its answer and nothing on them moves any more."""
    before: list[list[Strip]] = []
    same = 0
    async with asyncio.timeout(DEADLINE_S):
        while same < LOOKS:
            await app.workers.wait_for_complete()
            await pilot.pause(_BETWEEN_LOOKS_S)
            now = [screen._compositor.render_strips() for screen in app.screen_stack]
            same = same + 1 if now == before and _answered(app) else 0
            before = now


async def press(app: App[str], pilot: Pilot[str], keys: Sequence[str]) -> None:
    """Press one key after the other, each on a screen at rest."""
    app.animation_level = "none"
    await at_rest(app, pilot)
    for key in keys:
        await pilot.press(key)
        await at_rest(app, pilot)


def picture(app: App[str], title: str) -> str:
    """The screen as SVG, without what differs between two drawings of the same screen."""
    svg = app.export_screenshot(title=title, simplify=True)
    # Rich marks the class names of each drawing with a number made from its content.
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    return "\n".join(line.rstrip(" ") for line in svg.replace("&#160;", "\xa0").splitlines()) + "\n"


def _answered(app: App[str]) -> bool:
    screens = (screen for screen in app.screen_stack if isinstance(screen, AnswerScreen))
    return all(screen.answer is not None for screen in screens)
