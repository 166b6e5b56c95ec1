"""The options that commands share, and what they resolve to."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from console import paths, services, settings_file
from console.answers.moment import POOL_WINDOW, Moment
from console.clock import Clock
from console.commands.times import parse_since, parse_time
from console.errors import ConfigurationError, NotCollected
from console.settings import OrgSettings, Settings
from store.database import Reader, open_reader

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Where:
    """Which settings, which org and which store a command works on."""

    settings: Settings
    org: OrgSettings | None
    """None when nothing is configured: a store of files from disk needs no org."""
    alias: str
    store_file: Path
    clock: Clock

    def required_org(self) -> OrgSettings:
        """The org, for commands that cannot do without; raises `ConfigurationError`."""
        if self.org is None:
            raise ConfigurationError(
                "No org is configured",
                f"{self.settings.config_file} "
                + ("names no org." if self.settings.config_file_exists else "does not exist."),
                "Write it with `orgwatch config init`, or look around first with `orgwatch demo`.",
            )
        return self.org


@dataclass(frozen=True, slots=True)
class Output:
    """How an answer is to be printed."""

    form: str
    """``table``, ``json`` or ``csv``."""
    color: bool


def where_options(command: _Command) -> _Command:
    """Add ``--config``, ``--org`` and ``--store``."""
    decorators = (
        click.option("--config", type=click.Path(path_type=Path), help="Settings file to use."),
        click.option("--org", "alias", metavar="ALIAS", help="Which configured org."),
        click.option("--store", type=click.Path(path_type=Path), help="Store file to use."),
    )
    return _decorated(command, decorators)


def answer_options(command: _Command) -> _Command:
    """Add where, when and how: the options of every command that prints an answer."""
    decorators = (
        click.option("--as-of", metavar="TIME", help="Look from this moment instead of now (UTC)."),
        click.option("--since", metavar="TIME|24h|7d", help="Where the window begins."),
        click.option("--until", metavar="TIME", help="Where the window ends."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header line."),
        click.option("--no-color", is_flag=True, help="Plain text; NO_COLOR does the same."),
    )
    return where_options(_decorated(command, decorators))


def _decorated(
    command: _Command, decorators: tuple[Callable[[_Command], _Command], ...]
) -> _Command:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def resolve_where(config: Path | None, alias: str | None, store: Path | None) -> Where:
    """Settings, org, store and clock from the options and the environment."""
    config_file = config or paths.config_file()
    named = config is not None or bool(os.environ.get("ORGWATCH_CONFIG"))
    loaded = settings_file.load(config_file, os.environ, must_exist=named)
    for warning in loaded.warnings:
        click.echo(f"orgwatch: {warning}", err=True)
    org = settings_file.choose_org(loaded, alias)
    name = org.alias if org else services.LOCAL_ALIAS
    return Where(
        settings=loaded,
        org=org,
        alias=name,
        store_file=services.store_file_for(name, org, store),
        clock=services.clock_for(org),
    )


def resolve_output(as_json: bool, as_csv: bool, no_color: bool) -> Output:
    """The form asked for; JSON and CSV exclude each other."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    form = "json" if as_json else "csv" if as_csv else "table"
    return Output(form, color=not (no_color or os.environ.get("NO_COLOR")))


@contextmanager
def reading(where: Where) -> Iterator[Reader]:
    """The store opened for reading; raises `StoreError` when it cannot be."""
    reader = open_reader(where.store_file)
    try:
        yield reader
    finally:
        reader.close()


def resolve_moment(
    where: Where,
    reader: Reader,
    as_of: str | None,
    since: str | None,
    until: str | None,
    window_is_all: bool = False,
) -> Moment:
    """The span that the options describe; by default the rolling 24 hours up to now.

    A store of files from disk alone, or ``window_is_all``, spans everything stored.
    """
    now = parse_time(as_of, "--as-of") if as_of else where.clock.now()
    end = parse_time(until, "--until") if until else now
    stored = services.stored_span(reader.connection)
    if since is not None:
        start = parse_since(since, end)
    elif stored is not None and (window_is_all or _is_disk_only(where, reader)):
        # Windows are open at their start, so it lies one millisecond before the first row.
        start = stored[0] - timedelta(milliseconds=1)
        if not (until or as_of):
            end = stored[1]
    else:
        start = end - POOL_WINDOW
    if start >= end:
        raise click.UsageError(f"The window is empty: {start:%FT%TZ} is not before {end:%FT%TZ}.")
    return Moment(as_of=now, since=start, until=end)


def _is_disk_only(where: Where, reader: Reader) -> bool:
    return where.org is None and services.is_disk_only(reader.connection)


def refuse_uncollected(title: str, where: Where) -> NoReturn:
    """Raise `NotCollected`: an empty answer that would look like a quiet org is not given."""
    raise NotCollected(
        title,
        f"The store {where.store_file} holds nothing that could answer this.",
        "Fill it with `orgwatch collect`, load files with `orgwatch ingest`, or widen --since.",
    )
