"""The options that commands share, and what they resolve to."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from console import paths, services, settings_file
from console.answers.moment import POOL_WINDOW, Moment
from console.clock import Clock
from console.commands.times import a_moment_before, parse_since, parse_time
from console.errors import ConfigurationError, NotCollected
from console.settings import OrgSettings, Settings
from store.database import Reader, is_present, open_reader

_Function = Callable[..., Any]
_Decorator = Callable[[_Function], _Function]


@dataclass(frozen=True, slots=True)
class Place:
    """``--config``, ``--org`` and ``--store`` as they were given."""

    config: Path | None
    alias: str | None
    store: Path | None


@dataclass(frozen=True, slots=True)
class Request:
    """What every command that prints an answer was asked for."""

    place: Place
    as_of: str | None
    since: str | None
    until: str | None
    form: str
    """``table``, ``json`` or ``csv``."""
    color: bool


@dataclass(frozen=True, slots=True)
class Where:
    """Which settings, which org and which store a command works on."""

    settings: Settings
    org: OrgSettings | None
    """None when nothing is configured: a store of files from disk needs no org."""
    alias: str
    store_file: Path
    clock: Clock

    @property
    def own_calls_fraction(self) -> float:
        """The share of the pool that the console allows itself."""
        return self.org.own_calls_fraction if self.org else 0.01

    @property
    def _settings_file_sentence(self) -> str:
        found = self.settings.config_file_exists
        return f"{self.settings.config_file} " + ("names no org" if found else "does not exist")

    def require_something_to_read(self) -> None:
        """Raise `ConfigurationError` where neither an org is configured nor a store was named.

        There "no store yet" would be true and no help.
        """
        named = self.store_file != paths.default_store_file(self.alias)
        if self.org is None and not named and not is_present(self.store_file):
            raise ConfigurationError(
                "No org is configured, and no log files are loaded",
                f"{self._settings_file_sentence}, and there is no store {self.store_file}.",
                "Write the settings with `orgwatch config init`, load log files with `orgwatch "
                "ingest`, or look around first with `orgwatch demo`.",
            )

    def required_org(self) -> OrgSettings:
        """The org, for commands that cannot do without; raises `ConfigurationError`."""
        if self.org is None:
            raise ConfigurationError(
                "No org is configured",
                f"{self._settings_file_sentence}.",
                "Write it with `orgwatch config init`, or look around first with `orgwatch demo`.",
            )
        return self.org


_PLACE_OPTIONS: tuple[_Decorator, ...] = (
    click.option("--config", type=click.Path(path_type=Path), help="Settings file to use."),
    click.option("--org", "alias", metavar="ALIAS", help="Which configured org."),
    click.option("--store", type=click.Path(path_type=Path), help="Store file to use."),
)
_ANSWER_OPTIONS: tuple[_Decorator, ...] = (
    *_PLACE_OPTIONS,
    click.option("--as-of", metavar="TIME", help="Look from this moment instead of now (UTC)."),
    click.option("--since", metavar="TIME|24h|7d", help="Where the window begins."),
    click.option("--until", metavar="TIME", help="Where the window ends."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header line."),
    click.option("--no-color", is_flag=True, help="Plain text; NO_COLOR does the same."),
)


def place_options(function: _Function) -> _Function:
    """Give a command ``--config``, ``--org`` and ``--store``, as a `Place` it gets first."""

    @functools.wraps(function)
    def wrapped(**given: Any) -> Any:
        return function(_place(given), **given)

    return _with_options(wrapped, _PLACE_OPTIONS)


def answer_options(function: _Function) -> _Function:
    """Give a command the options of every answer, as a `Request` in its first argument."""

    @functools.wraps(function)
    def wrapped(**given: Any) -> Any:
        as_json, as_csv = given.pop("as_json"), given.pop("as_csv")
        if as_json and as_csv:
            raise click.UsageError("--json and --csv exclude each other.")
        request = Request(
            place=_place(given),
            as_of=given.pop("as_of"),
            since=given.pop("since"),
            until=given.pop("until"),
            form="json" if as_json else "csv" if as_csv else "table",
            color=not (given.pop("no_color") or os.environ.get("NO_COLOR")),
        )
        _check_times(request)
        return function(request, **given)

    return _with_options(wrapped, _ANSWER_OPTIONS)


def _place(given: dict[str, Any]) -> Place:
    config, alias, store = given.pop("config"), given.pop("alias"), given.pop("store")
    if store is not None and not store.name:
        raise click.BadParameter(f"{str(store)!r} names no file", param_hint="--store")
    return Place(config, alias, store)


def _check_times(request: Request) -> None:
    """Raise `click.BadParameter` for what is no time, before anything is opened."""
    for text, option in ((request.as_of, "--as-of"), (request.until, "--until")):
        if text is not None:
            parse_time(text, option)
    if request.since is not None:
        parse_since(request.since, datetime.max.replace(tzinfo=UTC))


def _with_options(function: _Function, decorators: tuple[_Decorator, ...]) -> _Function:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def resolve_where(place: Place) -> Where:
    """Settings, org, store and clock from the options and the environment."""
    config_file = place.config or paths.config_file()
    named = place.config is not None or bool(os.environ.get("ORGWATCH_CONFIG"))
    loaded = settings_file.load(config_file, os.environ, must_exist=named)
    for warning in loaded.warnings:
        click.echo(f"orgwatch: {warning}", err=True)
    org = settings_file.choose_org(loaded, place.alias)
    name = org.alias if org else services.LOCAL_ALIAS
    return Where(
        settings=loaded,
        org=org,
        alias=name,
        store_file=services.store_file_for(name, org, place.store),
        clock=services.clock_for(org),
    )


@contextmanager
def reading(where: Where) -> Iterator[Reader]:
    """The store opened for reading; raises `StoreError` when it cannot be.

    Raises `ConfigurationError` when there is none because nothing was ever set up.
    """
    where.require_something_to_read()
    reader = open_reader(where.store_file)
    try:
        yield reader
    finally:
        reader.close()


def resolve_moment(
    request: Request, where: Where, reader: Reader, *, spans_all: bool = False
) -> Moment:
    """The span that the options describe; by default the rolling 24 hours up to now.

    A store that holds files from disk alone spans everything stored, and so does a command that
    says ``spans_all``.
    """
    now = parse_time(request.as_of, "--as-of") if request.as_of else where.clock.now()
    end = parse_time(request.until, "--until") if request.until else now
    stored = services.stored_span(reader.connection)
    disk_only = services.is_disk_only(reader.connection)
    if request.since is not None:
        start = parse_since(request.since, end)
    elif stored is not None and (spans_all or disk_only):
        start = min(a_moment_before(stored[0]), a_moment_before(end))
        if disk_only and not (request.until or request.as_of):
            end = now = stored[1]
    else:
        start = end - POOL_WINDOW
    if start >= end:
        raise click.UsageError(f"The window is empty: {start:%FT%TZ} is not before {end:%FT%TZ}.")
    return Moment(as_of=now, since=start, until=end)


def refuse_uncollected(title: str, where: Where, *, logged: bool = True) -> NoReturn:
    """Raise `NotCollected`: an empty answer that would look like a quiet org is not given.

    ``logged`` is false for what no log file tells and only the org itself does.
    """
    way = "Fill it with `orgwatch collect`"
    if logged:
        way += ", load files with `orgwatch ingest`, or widen --since"
    else:
        way += ": log files do not tell this"
    raise NotCollected(
        title,
        f"The store {where.store_file} holds nothing that could answer this.",
        f"{way}.",
    )
