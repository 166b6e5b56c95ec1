"""``orgwatch simulate``: a Salesforce org on loopback."""

import json
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from console.commands.story_options import CommandWithStories, named_one_of, story_options
from console.commands.times import parse_span, parse_time

_LONGEST_HOLD_S = 110.0
_NEWEST_VERSION = 68


@click.command(cls=CommandWithStories, epilog="Example: orgwatch simulate --scenario retry-storm")
@story_options
@click.option("--port", default=0, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same history.")
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(0, 100_000),
    help="How fast its clock runs; 0 makes it stand still.",
)  # fmt: skip
@click.option("--now", "now_text", metavar="TIME", help="Its time at the start; default: now.")
@click.option(
    "--history", "history_text", metavar="SPAN", default="24h", show_default=True,
    help="How far back its past reaches, up to 31d.",
)  # fmt: skip
@click.option(
    "--scale", default=1.0, show_default=True, type=click.FloatRange(0.01, 1_000),
    help="Multiplies calls and API pool.",
)  # fmt: skip
@click.option(
    "--without", "withheld", metavar="PERMISSION", multiple=True,
    help="A permission that orgwatch's user lacks, e.g. ViewEventLogFiles; may be repeated.",
)  # fmt: skip
@click.option(
    "--log-quirks", default="usual", show_default=True, type=click.Choice(["usual", "none", "all"]),
    help="How odd its log files are: late, doubled, empty, made again.",
)  # fmt: skip
@click.option(
    "--overrun", default=0.2, show_default=True, type=click.FloatRange(0, 100),
    help="How far the API pool may be overrun before calls are refused.",
)  # fmt: skip
@click.option(
    "--connect-hold", default=20.0, show_default=True, type=click.FloatRange(0.1, _LONGEST_HOLD_S),
    help="Real seconds for which a streaming connect is held; a real org holds it 110.",
)  # fmt: skip
@click.option("--latest/--no-latest", help="Whether /services/data/latest is the newest version.")
@click.option(
    "--retired-below", metavar="VERSION", default=31, type=click.IntRange(31, _NEWEST_VERSION),
    show_default=True, help="API versions below it answer 410.",
)  # fmt: skip
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path, file_okay=False),
    help="Where its key, certificate and config.toml go; default: a private temporary folder.",
)  # fmt: skip
@click.option("--end-with-parent", is_flag=True, hidden=True)
def command(end_with_parent: bool, **given: Any) -> None:
    """Serve a simulated Salesforce org over HTTP on this machine until SIGTERM.

    Prints one JSON line when it listens: addresses, consumer key, user name, key file, and a
    settings file that `orgwatch --config` takes as it is. Its control endpoint (control_url)
    causes faults and tells what really happened; docs/simulated-org.md says how to use it to
    test Salesforce tools of your own.
    """
    from console.simulator.launch import run

    options = _options(**given)
    if end_with_parent:
        from console.companion import end_with_parent as watch_parent

        watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    run(options, lambda announcement: click.echo(json.dumps(announcement)))


def _options(
    *,
    scenario: str,
    episode_at: timedelta | None,
    port: int,
    seed: int,
    speed: float,
    now_text: str | None,
    history_text: str,
    scale: float,
    withheld: tuple[str, ...],
    log_quirks: str,
    overrun: float,
    connect_hold: float,
    latest: bool,
    retired_below: int,
    directory: Path | None,
) -> Any:
    """The `SimulateOptions` that the command line asks for; raises `click.BadParameter`."""
    from console.simulator.launch import SimulateOptions
    from console.simulator.logs.quirks import EVERY_QUIRK, NO_QUIRKS, LogQuirks
    from console.simulator.org.permissions import Permission
    from console.simulator.rest.options import RestOptions
    from console.simulator.web.wire import WireOptions

    names = [named_one_of(name, Permission, "permission", "--without") for name in withheld]
    return SimulateOptions(
        port=port,
        seed=seed,
        speed=speed,
        now=parse_time(now_text, "--now") if now_text else None,
        history=parse_span(history_text, "--history"),
        directory=directory,
        scenario=scenario,
        episode_at=episode_at,
        scale=scale,
        withheld=frozenset(Permission(name) for name in names),
        log_quirks={"usual": LogQuirks(), "none": NO_QUIRKS, "all": EVERY_QUIRK}[log_quirks],
        wire=WireOptions(
            connect_hold_s=connect_hold,
            overrun_fraction=overrun,
            rest=RestOptions(latest_alias=latest, oldest_version=retired_below),
        ),
    )
