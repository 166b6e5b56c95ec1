"""``orgwatch demo``: the simulated org, the collector and the console in one go."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from console.commands.options import Where
from console.commands.story_options import ACME, CommandWithStories, Story, story_options
from console.companion import Companion

_START_TIMEOUT_S = 30.0
_CONTROL_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A running simulated org with its collector."""

    announcement: dict[str, Any]
    where: Where
    collector: Companion


@click.command(cls=CommandWithStories, epilog="Example: orgwatch demo --speed 60")
@story_options
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(0, 100_000),
    help="How fast the simulated org's clock runs.",
)  # fmt: skip
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same history.")
@click.option("--now", "now_text", metavar="TIME", help="The org's time at the start.")
@click.option("--headless", is_flag=True, help="No screen: run, then print one summary object.")
@click.option(
    "--duration", default=20.0, show_default=True, type=click.FloatRange(1, 86_400),
    help="How many seconds a headless run lasts.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON (headless only).")
def command(
    scenario: str,
    episode_at: timedelta | None,
    speed: float,
    seed: int,
    now_text: str | None,
    headless: bool,
    duration: float,
    as_json: bool,
) -> int | None:
    """Show the whole console on a simulated Salesforce org: real HTTP, real signatures.

    Nothing is kept: the org, its key and the store live in a temporary folder until you leave.
    """
    story = Story(scenario, episode_at)
    if not headless:
        if as_json:
            raise click.UsageError("--json goes with --headless.")
        return show_demo(speed, seed, now_text, story)
    with demonstration(speed, seed, now_text, story) as running:
        summary = _headless(running, duration)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        _print_summary(summary)
    return None


def show_demo(
    speed: float = 1.0, seed: int = 7, now_text: str | None = None, story: Story = ACME
) -> int | None:
    """The demonstration with its screen."""
    from console.commands.running import run_console
    from console.commands.terminal import require_terminal

    require_terminal()
    click.echo("orgwatch: starting a simulated org…", err=True)
    with demonstration(speed, seed, now_text, story) as running:
        return run_console(running.where, running.collector, note="simulated org")


@contextmanager
def demonstration(
    speed: float, seed: int, now_text: str | None, story: Story = ACME
) -> Iterator[Demonstration]:
    """A simulated org and a collector on it, both gone afterwards."""
    from console.commands.options import Place, resolve_where
    from console.commands.running import collector_beside

    with tempfile.TemporaryDirectory(prefix="orgwatch-demo-") as folder:
        arguments = ["simulate", "--end-with-parent", "--dir", folder]
        arguments += ["--speed", str(speed), "--seed", str(seed), *story.arguments()]
        if now_text:
            arguments += ["--now", now_text]
        with Companion(arguments, read_stdout=True) as simulator:
            announcement = _announcement(simulator)
            config_file = Path(announcement["config_file"])
            where = resolve_where(Place(config_file, None, Path(folder) / "demo.db"))
            with collector_beside(where) as collector:
                yield Demonstration(announcement, where, collector)


def _announcement(simulator: Companion) -> dict[str, Any]:
    from console.errors import OrgUnreachable

    line = simulator.first_line(_START_TIMEOUT_S)
    if line is None:
        raise OrgUnreachable(
            "The simulated org did not start",
            f"It said nothing for {_START_TIMEOUT_S:.0f} s, or ended.",
            "Run `orgwatch simulate` by itself to see why.",
            simulator.said(),
        )
    announcement: dict[str, Any] = json.loads(line)
    return announcement


def _headless(running: Demonstration, duration_s: float) -> dict[str, Any]:
    """Let it run for ``duration_s``, then say what the console would show, beside the truth."""
    from console.commands.running import raise_failure, wait_for_store

    wait_for_store(running.where, running.collector)
    deadline = time.monotonic() + duration_s
    while (left := deadline - time.monotonic()) > 0:
        if not running.collector.running:
            raise_failure(running.collector)
        time.sleep(min(left, 0.2))
    return _summary(running, duration_s)


def _summary(running: Demonstration, duration_s: float) -> dict[str, Any]:
    from console.answers.apps import answer_apps
    from console.answers.health import answer_health
    from console.answers.limits import answer_limits
    from console.answers.moment import Moment
    from console.answers.usage import answer_usage
    from console.commands import documents, options

    where = running.where
    org = where.required_org()
    with options.reading(where) as reader:
        moment = Moment.rolling(where.clock.now())
        connection = reader.connection
        limits = answer_limits(connection, moment, org.own_calls_fraction)
        usage = answer_usage(connection, moment, org.integrations)
        apps = answer_apps(connection, moment)
        health = answer_health(connection, moment, org.own_calls_fraction)
        events = _stored_events(connection)
    truth = ground_truth(running.announcement["control_url"], moment.since, moment.until)
    data = {
        "duration_s": duration_s,
        "instance_url": running.announcement["instance_url"],
        "api_pool": documents.limits_data(limits)[0]["api_pool"],
        "own_calls": documents.limits_data(limits)[0]["own_calls"],
        "usage": documents.usage_data(usage)[0],
        "events_stored": events,
        "apps": documents.apps_data(apps)[0]["summary"],
        "tasks": {task.task: str(task.phase) for task in health.tasks},
        "ground_truth": truth,
    }
    return documents.envelope("demo", where.alias, moment, health.completeness, data)


def _stored_events(connection: Any) -> dict[str, int]:
    from store.contents import counts_by_channel

    return counts_by_channel(connection)


def ground_truth(control_url: str, since: Any, until: Any) -> dict[str, Any]:
    """What the simulated org really did between two moments.

    Adding a day up keeps the simulated org busy for seconds, hence the long deadline. Raises
    `OrgUnreachable`.
    """
    from urllib.parse import urlencode
    from urllib.request import urlopen

    from console.errors import OrgUnreachable

    query = urlencode({"since": since.isoformat(), "until": until.isoformat()})
    address = f"{control_url}/truth?{query}"
    try:
        with urlopen(address, timeout=_CONTROL_TIMEOUT_S) as answer:  # noqa: S310 - our own child
            truth: dict[str, Any] = json.load(answer)
    except OSError as error:
        raise OrgUnreachable(
            "The simulated org did not say what it did",
            f"{control_url} gave no answer within {_CONTROL_TIMEOUT_S:.0f} s.",
            "Try again; if it stays, run `orgwatch simulate` by itself to see why.",
            str(error),
        ) from None
    return truth


def _print_summary(summary: dict[str, Any]) -> None:
    data = summary["data"]
    pool = data["api_pool"]
    used = "unknown" if pool["used"] is None else f"{pool['used']:,} of {pool['max']:,}"
    click.echo(f"API pool: {used} calls; {pool['forecast']}")
    for one in data["usage"]["integrations"]:
        click.echo(f"  {one['counted_calls']:>9,}  {one['name']}")
    for channel, count in data["events_stored"].items():
        click.echo(f"  {count:>9,}  {channel}")
    click.echo("apps: " + ", ".join(f"{count} {state}" for state, count in data["apps"].items()))
