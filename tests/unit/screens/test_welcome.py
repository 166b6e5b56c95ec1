from pathlib import Path

import pytest

from console.screens.welcome import DEMO, WelcomeApp
from tests.unit.screens.conftest import text_of

FILE = Path("/home/[b]ada[/b]/.config/orgwatch/config.toml")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_it_says_what_is_missing_and_names_the_file(size: tuple[int, int]) -> None:
    app = WelcomeApp(FILE)
    async with app.run_test(size=size):
        text = text_of(app)
        for words in ("No org is configured yet", str(FILE), "simulated org", "[org.prod]"):
            assert words in text


@pytest.mark.parametrize(("key", "result"), [("d", DEMO), ("q", None), ("escape", None)])
async def test_its_keys_lead_to_the_demo_or_out(key: str, result: str | None) -> None:
    app = WelcomeApp(FILE)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
    assert app.return_value == result
