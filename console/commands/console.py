"""``orgwatch console``: the console on the configured org, collector inside."""

from datetime import datetime
from pathlib import Path

import click

from console.commands.options import Place, Where, place_options


@click.command(epilog="Example: orgwatch console --attach --org prod")
@place_options
@click.option("--attach", is_flag=True, help="Only read a store that `orgwatch collect` fills.")
@click.option("--as-of", metavar="TIME", help="Look at the store as it was at this moment (UTC).")
def command(place: Place, attach: bool, as_of: str | None) -> int | None:
    """Open the console: limits, integrations, events, app migration and access, a screen each.

    It starts a collector beside itself and stops it when you leave. With --attach or --as-of it
    reads the store and touches no org.
    """
    from console.commands import options
    from console.commands.terminal import require_terminal
    from console.commands.times import parse_time
    from store.database import is_present

    where = options.resolve_where(place)
    require_terminal()
    if where.org is None and not is_present(where.store_file):
        return _welcome(where.settings.config_file)
    moment = parse_time(as_of, "--as-of") if as_of else None
    return _open(where, moment, reads_only=attach or moment is not None or where.org is None)


def _welcome(config_file: Path) -> int | None:
    """The first screen of someone who has configured nothing; may lead to the demonstration."""
    from console.screens.welcome import WelcomeApp

    if WelcomeApp(config_file).run() == "demo":
        from console.commands.demo import show_demo

        return show_demo()
    return None


def _open(where: Where, moment: datetime | None, *, reads_only: bool) -> int | None:
    from contextlib import ExitStack

    from console import settings_file
    from console.commands.running import collector_beside, run_console

    with ExitStack() as stack:
        collector = None
        if not reads_only:
            settings_file.require_login_settings(where.required_org(), where.settings.config_file)
            collector = stack.enter_context(collector_beside(where))
        return run_console(where, collector, as_of=moment)
