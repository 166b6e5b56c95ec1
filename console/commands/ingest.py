"""``orgwatch ingest``: event log files from disk into the store."""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from console.commands.options import Place, Where, place_options

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from store.records import IngestResult
    from store.writer import Writer

SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz", ".ndjson", ".jsonl", ".log", ".gz")
"""What is taken from a folder; a file named on the command line is always tried."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What became of one file."""

    name: str
    event_type: str
    outcome: str
    rows: int
    malformed_rows: int


@click.command(epilog="Example: orgwatch ingest ./event-logs 2026-11-15_Login.csv.gz")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH…",
    type=click.Path(path_type=Path, allow_dash=True),
)
@place_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(place: Place, paths: tuple[Path, ...], as_json: bool) -> int:
    """Load event log files, folders of them, or `-` for standard input; no org is needed.

    Any event type, columns bound by name, CSV or JSON, plain or gzip. A file that is already
    stored is not counted twice, whatever its name. Rows that cannot be read are kept aside.
    """
    from console.commands import options, output
    from console.exit_codes import ExitCode

    where = options.resolve_where(place)
    files = _files(paths)
    loaded = _load_all(files, where)
    refused = len(files) - len(loaded)
    header = ("file", "event_type", "outcome", "rows", "malformed_rows")
    if as_json:
        rows = [dict(zip(header, _cells(one), strict=True)) for one in loaded]
        output.print_json(
            {"schema": "orgwatch/ingest/1", "org": where.alias, "store": str(where.store_file),
             "data": {"files": rows, "refused": refused}}
        )  # fmt: skip
    elif loaded:
        sheet = output.Sheet(header, [_cells(one) for one in loaded], f"Into {where.store_file}")
        output.print_table(sheet, color=not os.environ.get("NO_COLOR"))
    if refused:
        click.echo(f"orgwatch: not taken in: {refused} of {len(files)} files", err=True)
    return ExitCode.ANSWER_IS_NO if refused else ExitCode.OK


def _load_all(files: list[Path], where: Where) -> list[_Loaded]:
    """Everything that can be taken in; no store is made for nothing."""
    from store.writer import open_writer

    # Where the folder cannot be made, opening the store says so in sentences.
    with suppress(OSError):
        where.store_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    loaded: list[_Loaded] = []
    with open_writer(where.store_file) as writer, _progress() as progress:
        try:
            for path in files:
                one = _load(path, writer, progress, where.clock.now())
                if one is not None:
                    loaded.append(one)
        finally:
            if writer.is_new and not loaded:
                writer.discard()
    return loaded


def _cells(one: _Loaded) -> tuple[object, ...]:
    return (one.name, one.event_type, one.outcome, one.rows, one.malformed_rows)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    """Every file named, and those of every folder named, in a stable order.

    Raises `ConfigurationError` when there is none.
    """
    from console.errors import ConfigurationError

    found: list[Path] = []
    for path in paths:
        if str(path) != "-" and path.is_dir():
            inside = (item for item in path.rglob("*") if item.is_file())
            found += sorted(item for item in inside if item.name.lower().endswith(SUFFIXES))
        else:
            found.append(path)
    if not found:
        raise ConfigurationError(
            "There is no log file in what was named",
            f"From a folder only files with these endings are taken: {', '.join(SUFFIXES)}.",
            "Name another folder, or the files themselves: those are tried whatever their name.",
        )
    return found


def _progress() -> "Progress":
    """A bar on stderr with rate and remaining time; silent when stderr is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        disable=not sys.stderr.isatty(),
    )


def _load(path: Path, writer: "Writer", progress: "Progress", now: datetime) -> _Loaded | None:
    """One file into the store; None, and a sentence on stderr, when it cannot be read."""
    from console.commands.boundary import say_error
    from console.errors import ConfigurationError
    from store.errors import LogOfAnotherOrg, UnreadableLog

    from_stdin = str(path) == "-"
    if from_stdin and sys.stdin.isatty():
        say_error(
            ConfigurationError(
                "Standard input is a terminal",
                "`-` reads a log file from standard input, and there is none.",
                "Pipe the file in: orgwatch ingest - < FILE",
            )
        )
        return None
    try:
        size = None if from_stdin else path.stat().st_size
        task = progress.add_task(path.name if not from_stdin else "stdin", total=size)
        if from_stdin:
            stream = sys.stdin.buffer
            return _ingest("stdin", stream, writer, progress, task, now)
        with path.open("rb") as stream:
            return _ingest(path.name, stream, writer, progress, task, now)
    except OSError as error:
        say_error(
            ConfigurationError(
                f"{path} cannot be read",
                f"{error.strerror or error}.",
                "Check the path and its permissions.",
            )
        )
    except (UnreadableLog, LogOfAnotherOrg) as error:
        say_error(error)
    return None


class _Counted:
    """Reads a stream, tells how much, and ends when told to; rich's own wants a known length."""

    def __init__(self, stream: BinaryIO, on_read: Callable[[int], None]) -> None:
        self._stream = stream
        self._on_read = on_read
        self.is_stopped = False

    def read(self, size: int, /) -> bytes:
        """The next bytes of the stream."""
        if self.is_stopped:
            raise _Stopped
        block = self._stream.read(size)
        self._on_read(len(block))
        return block


class _Stopped(Exception):
    """Undoes the file that was being read when the user interrupted."""


def _ingest(
    name: str,
    stream: BinaryIO,
    writer: "Writer",
    progress: "Progress",
    task: "TaskID",
    now: datetime,
) -> _Loaded:
    from store import coverage
    from store.disk_ingest import ingest_file

    counted = _Counted(stream, lambda length: progress.advance(task, length))

    def store_with_coverage(connection: sqlite3.Connection) -> "IngestResult":
        result = ingest_file(connection, name, counted)
        coverage.record_hours(connection, coverage.hours_of_file(result, now))
        return result

    stored = writer.submit(store_with_coverage)
    try:
        result = stored.result()
    except KeyboardInterrupt:
        counted.is_stopped = True
        raise
    return _Loaded(
        name=name,
        event_type=result.file.event_type,
        outcome=result.outcome,
        rows=result.rows,
        malformed_rows=result.malformed_rows,
    )
