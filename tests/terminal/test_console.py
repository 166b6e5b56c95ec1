"""The installed program in a real terminal: every room by its key, read off the screen."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Collected
from tests.terminal.pseudo_terminal import PseudoTerminal

ORGWATCH = str(Path(sys.executable).with_name("orgwatch"))
SIZES = [(80, 24), (200, 60)]


def terminal(arguments: list[str], columns: int, rows: int, **environ: str) -> PseudoTerminal:
    surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": "", **environ}
    del surroundings["COLUMNS"], surroundings["LINES"]
    return PseudoTerminal([ORGWATCH, *arguments], columns, rows, surroundings)


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def attached(request: pytest.FixtureRequest, collected: Collected) -> Iterator[PseudoTerminal]:
    """The console on a store that a collector fills, at both sizes."""
    config = collected.running.announcement["config_file"]
    arguments = ["console", "--attach", "--config", config, "--store", str(collected.store_file)]
    with terminal(arguments, *request.param) as console:
        console.wait_for(r"of the API pool")
        yield console


def number(text: str) -> int:
    return int(text.replace(",", ""))


ROOMS = {
    "1": r"of the API pool",
    "2": r"\d+ limits",
    "3": r"\d+ integrations",
    "4": r"following",
    "5": r"apps are External Client Apps",
}
"""What each room alone says, by its key."""


def open_room(console: PseudoTerminal, key: str) -> None:
    """Press a number key and wait for the room behind it."""
    console.press(key)
    console.wait_for(ROOMS[key])


def test_every_room_shows_what_really_happened(
    attached: PseudoTerminal, collected: Collected
) -> None:
    truth = collected.truth
    pool = attached.wait_for(r"([\d,]+) of 115,000")
    own = truth["own_requests"]["counted_calls"]
    assert abs(truth["pool_used"] - number(pool[1])) <= own
    attached.wait_for(r"MuleSoft ERP")

    open_room(attached, "2")
    attached.wait_for(r"■ +DataStorageMB")
    attached.wait_for(r"DailyWorkflowEmails")

    open_room(attached, "3")
    attached.wait_for(r"Data Warehouse")
    attached.wait_for(r"Warehouse Scanner")
    shown = attached.wait_for(r"pool used +([\d,]+)")
    assert number(shown[1]) == number(pool[1])

    open_room(attached, "4")
    attached.wait_for(r"\d\d:\d\d:\d\d +Api +svc-\w+@")

    open_room(attached, "5")
    attached.wait_for(r"Billing Sync +◑ Both carry traffic")
    kinds = sum(truth["apps"].values())
    attached.wait_for(rf"{truth['apps']['external_client_app']} of {kinds} apps are")

    open_room(attached, "1")


def test_help_lists_the_keys_and_goes_away(attached: PseudoTerminal) -> None:
    attached.press("?")
    attached.wait_for(r"Leave the console")
    attached.press("escape")
    attached.wait_until_gone(r"Leave the console")


def test_the_palette_finds_a_room(attached: PseudoTerminal) -> None:
    attached.press("\x10")
    attached.wait_for(r"(?i)search")
    attached.press("migrat")
    attached.wait_for(r"(?s)migrat.*Migration")
    attached.press("enter")
    attached.wait_for(ROOMS["5"])


def test_events_pause_open_and_close(attached: PseudoTerminal) -> None:
    open_room(attached, "4")
    attached.wait_for(r"Api +svc-")
    attached.press(" ")
    attached.wait_for(r"paused")
    attached.press("up")
    attached.press("enter")
    attached.wait_for(r"Back")
    attached.press("r")
    attached.wait_for(r"EventUuid|\"payload\"")
    attached.press("escape")
    attached.wait_for(r"paused")


def test_an_integration_opens_and_closes(attached: PseudoTerminal) -> None:
    open_room(attached, "3")
    attached.wait_for(r"MuleSoft ERP")
    attached.press("enter")
    attached.wait_for(r"Back")
    attached.wait_for(r"Kind +Connected App")
    attached.press("escape")
    attached.wait_for(ROOMS["3"])


def test_leaving_is_exit_code_0(attached: PseudoTerminal) -> None:
    attached.press("q")
    assert attached.exit_code() == 0


def test_without_colour_the_screen_says_the_same(collected: Collected) -> None:
    config = collected.running.announcement["config_file"]
    arguments = ["console", "--attach", "--config", config, "--store", str(collected.store_file)]
    with terminal(arguments, 80, 24, NO_COLOR="1") as console:
        console.wait_for(r"of the API pool")
        colours = {
            (cell.fg, cell.bg) for row in console.screen.buffer.values() for cell in row.values()
        }
        assert all(is_grey(fg) and is_grey(bg) for fg, bg in colours), colours


def is_grey(colour: str) -> bool:
    """Default, or a shade with equal parts of red, green and blue."""
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        return colour in ("default", "black", "white", "brightblack", "brightwhite")
    parts = [int(colour[n : n + 2], 16) for n in (0, 2, 4)]
    return max(parts) - min(parts) <= 2


def test_the_demonstration_draws_an_overview_with_moving_figures() -> None:
    with terminal(["demo", "--speed", "60"], 80, 24) as console:
        first = console.wait_for(r"([\d,]+) of 115,000", timeout_s=90)[1]
        console.wait_until_gone(re.escape(f"{first} of 115,000"), timeout_s=60)
        console.wait_for(r"([\d,]+) of 115,000")
        console.press("q")
        assert console.exit_code() == 0


@pytest.mark.parametrize(
    ("arguments", "columns", "rows", "environ", "said"),
    [
        (["console"], 50, 10, {}, "too small"),
        (["console"], 80, 24, {"TERM": "dumb"}, "cannot move its cursor"),
    ],
)
def test_a_terminal_that_will_not_do_gets_a_sentence(
    arguments: list[str], columns: int, rows: int, environ: dict[str, str], said: str
) -> None:
    with terminal(arguments, columns, rows, **environ) as console:
        assert console.exit_code() == 2
        assert said in " ".join(console.text.split())


def test_without_any_configuration_the_first_screen_says_so() -> None:
    with terminal([], 80, 24) as console:
        console.wait_for(r"config\.toml")
        console.wait_for(r"(?i)demo")
        console.press("q")
        assert console.exit_code() == 0
