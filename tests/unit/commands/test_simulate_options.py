"""What ``orgwatch simulate`` and ``orgwatch demo`` can be told, and how they say no."""

from datetime import timedelta

import click
import pytest
from click.testing import CliRunner

from console.commands.demo import command as demo
from console.commands.simulate import _options
from console.commands.simulate import command as simulate
from console.commands.story_options import Story
from console.commands.times import parse_span
from console.simulator.logs.quirks import EVERY_QUIRK
from console.simulator.org.permissions import Permission
from console.simulator.scenarios.catalogue import SCENARIOS


@pytest.mark.parametrize("command", [simulate, demo], ids=["simulate", "demo"])
def test_help_lists_every_story_with_its_title(command: click.Command) -> None:
    shown = " ".join(CliRunner().invoke(command, ["--help"]).output.split())
    for story in SCENARIOS.values():
        assert f"{story.name} {story.title}" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scenario", "retrystorm"], "did you mean retry-storm?"),
        (["--without", "ViewEventLogs"], "did you mean ViewEventLogFiles?"),
        (["--history", "2y"], "'2y' is not a span of time"),
        (["--history", "-2h"], "'-2h' is not a span of time"),
        (["--episode-at", "noon"], "'noon' is not a span of time"),
        (["--retired-below", "69"], "31<=x<=68"),
        (["--connect-hold", "0"], "0.1<=x<=110"),
        (["--log-quirks", "some"], "'usual', 'none', 'all'"),
    ],
)
def test_what_will_not_do_is_said_with_the_option(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(simulate, arguments)
    assert result.exit_code == 2
    assert arguments[0] in result.output
    assert words in result.output


def test_every_option_reaches_the_org() -> None:
    arguments = (
        "--scenario migration --episode-at=-6h --port 8099 --seed 3 --speed 0 --scale 2 "
        "--now 2026-03-11T09:30:00Z --history 30d --without ViewSetup --without ManageUsers "
        "--log-quirks all --overrun 0 --connect-hold 5 --latest --retired-below 41"
    )
    context = simulate.make_context("simulate", arguments.split())
    context.params.pop("end_with_parent")
    options = _options(**context.params)
    assert (options.scenario, options.episode_at) == ("migration", timedelta(hours=-6))
    assert (options.port, options.seed, options.speed, options.scale) == (8099, 3, 0.0, 2.0)
    assert options.history == timedelta(days=30)
    assert options.now.isoformat() == "2026-03-11T09:30:00+00:00"
    assert options.withheld == {Permission.VIEW_SETUP, Permission.MANAGE_USERS}
    assert options.log_quirks is EVERY_QUIRK
    assert (options.wire.overrun_fraction, options.wire.connect_hold_s) == (0.0, 5.0)
    assert (options.wire.rest.latest_alias, options.wire.rest.oldest_version) == (True, 41)


def test_a_demonstration_hands_its_story_on() -> None:
    story = Story("migration", timedelta(hours=-6))
    context = simulate.make_context("simulate", story.arguments())
    assert context.params["scenario"] == "migration"
    assert context.params["episode_at"] == timedelta(hours=-6)


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", timedelta(seconds=90)), ("2w", timedelta(weeks=2)), ("-6h", timedelta(hours=-6))],
)
def test_spans_of_time(text: str, length: timedelta) -> None:
    assert parse_span(text, "--x", may_be_past=True) == length
