"""``orgwatch collect``: the collector alone."""

import click

from console.commands.options import Place, Where, place_options


@click.command(epilog="Example: orgwatch collect --org prod")
@place_options
@click.option("--end-with-parent", is_flag=True, hidden=True)
def command(place: Place, end_with_parent: bool) -> None:
    """Log in, read the org's limits, logs, events and apps, and fill the store until stopped.

    SIGTERM and Ctrl-C drain what has arrived and stop. orgwatch never writes to the org.
    """
    import asyncio

    from console import logs, settings_file
    from console.commands import options

    where = options.resolve_where(place)
    org = where.required_org()
    settings_file.require_login_settings(org, where.settings.config_file)
    logs.start_logging()
    click.echo(
        f"orgwatch: logging in to {org.alias}, then collecting into {where.store_file}", err=True
    )
    asyncio.run(_collect(where, end_with_parent))
    _say("stopped, everything received is stored")


async def _collect(where: Where, ends_with_parent: bool) -> None:
    import asyncio
    import signal

    from console.collector.supervisor import Collector
    from console.companion import end_with_parent

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if ends_with_parent:

        def parent_is_gone() -> None:
            loop.call_soon_threadsafe(stop.set)

        end_with_parent(parent_is_gone)
    collector = Collector(where.required_org(), where.store_file, where.clock, tell=_say)
    await collector.run(stop)


def _say(sentences: str) -> None:
    click.echo(f"orgwatch: {sentences}", err=True)
