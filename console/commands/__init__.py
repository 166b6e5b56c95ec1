"""The command line: one file per command, each importing what it needs only when it runs."""

from importlib import import_module

import click

from console import __version__
from console.commands.boundary import run_to_exit

COMMANDS = {
    "access": "how integration users stand, and who breaks when a credential rotates",
    "apps": "every app with its kind and its state on the way to an External Client App",
    "collect": "the collector alone: fills the store until it is stopped",
    "config": "the settings in force, and where each came from",
    "console": "the console on the configured org, collector inside (the default)",
    "coverage": "how complete the store is, by source and hour",
    "demo": "everything at once, on a simulated org",
    "doctor": "what works, what does not, and what to do",
    "events": "logins and API calls, streamed and logged, newest first",
    "ingest": "load event log files from disk",
    "limits": "how far each limit is used, and when the API pool runs dry",
    "simulate": "the simulated org alone, on loopback",
    "usage": "consumption per integration",
}
"""Every command with its line in ``--help``; the module of the same name holds it."""


class _LazyGroup(click.Group):
    """Lists the commands without importing any of them, and imports the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"console.commands.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - each module's contract
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: orgwatch demo",
)
@click.version_option(__version__, "--version", prog_name="orgwatch")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Watch the API side of a Salesforce org: limits, integrations, events, access.

    Without a command, orgwatch opens the console on the configured org.
    """
    if ctx.invoked_subcommand is None:
        command = cli.get_command(ctx, "console")
        assert command is not None  # noqa: S101 - named in COMMANDS
        ctx.invoke(command)


def main() -> None:
    """Run the command line and leave with the exit code that `console.exit_codes` promises."""
    run_to_exit(cli)
