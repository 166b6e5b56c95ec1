"""``--scenario`` and ``--episode-at``: which story a simulated org plays, and from when."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import click

from console.commands.times import parse_span

_Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Story:
    """Which story a simulated org plays, and from when."""

    scenario: str = "acme"
    episode_at: timedelta | None = None

    def arguments(self) -> list[str]:
        """The options of ``orgwatch simulate`` that it stands for."""
        given = ["--scenario", self.scenario]
        if self.episode_at is not None:
            given.append(f"--episode-at={self.episode_at // timedelta(seconds=1)}s")
        return given


ACME = Story()


class CommandWithStories(click.Command):
    """A command whose ``--help`` lists the stories; they are imported only then."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The stories with their titles, then the example."""
        from console.simulator.scenarios.catalogue import SCENARIOS

        with formatter.section("Scenarios"):
            formatter.write_dl([(story.name, story.title) for story in SCENARIOS.values()])
        super().format_epilog(ctx, formatter)


def story_options(function: _Function) -> _Function:
    """Give a command ``--scenario`` and ``--episode-at`` as ``scenario`` and ``episode_at``."""
    for option in (
        click.option(
            "--episode-at", metavar="SPAN", callback=_episode,
            help="When what is told happens: 30m after the start, or -8h, so that logs have it.",
        ),
        click.option(
            "--scenario", metavar="NAME", default="acme", show_default=True, callback=_scenario,
            help="Which story the org plays; they are listed below.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def named_one_of(name: str, known: Iterable[str], what: str, option: str) -> str:
    """``name`` if it is known; else raises `click.BadParameter` that names the nearest."""
    names = list(known)
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.3)
    hint = f"did you mean {near[0]}? " if near else ""
    raise click.BadParameter(
        f"there is no {what} {name!r}: {hint}Known: {', '.join(names)}.", param_hint=option
    )


def _scenario(ctx: click.Context, param: click.Parameter, name: str) -> str:
    from console.simulator.scenarios.catalogue import SCENARIOS

    return named_one_of(name, SCENARIOS, "scenario", "--scenario")


def _episode(ctx: click.Context, param: click.Parameter, text: str | None) -> timedelta | None:
    return None if text is None else parse_span(text, "--episode-at", may_be_past=True)
