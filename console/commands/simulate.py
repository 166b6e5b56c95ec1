"""``orgwatch simulate``: a Salesforce org on loopback."""

import json
import os
import signal
from datetime import datetime
from pathlib import Path

import click


@click.command(epilog="Example: orgwatch simulate --port 8080 --speed 60")
@click.option("--port", default=0, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same history.")
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(0, 100_000),
    help="How fast its clock runs; 0 makes it stand still.",
)  # fmt: skip
@click.option("--now", "now_text", metavar="TIME", help="Its time at the start; default: now.")
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path, file_okay=False),
    help="Where its key, certificate and config.toml go; default: a private temporary folder.",
)  # fmt: skip
@click.option("--end-with-parent", is_flag=True, hidden=True)
def command(
    port: int,
    seed: int,
    speed: float,
    now_text: str | None,
    directory: Path | None,
    end_with_parent: bool,
) -> None:
    """Serve a simulated Salesforce org over HTTP on this machine until SIGTERM.

    Prints one JSON line when it listens: addresses, consumer key, user name, key file, and a
    settings file that `orgwatch --config` takes as it is.
    """
    from console.commands.times import parse_time
    from console.simulator.launch import SimulateOptions, run

    if end_with_parent:
        from console.companion import end_with_parent as watch_parent

        watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    now: datetime | None = parse_time(now_text, "--now") if now_text else None
    run(
        SimulateOptions(port=port, seed=seed, speed=speed, now=now, directory=directory),
        lambda announcement: click.echo(json.dumps(announcement)),
    )
