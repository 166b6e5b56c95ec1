"""A day's log into the store, beside the same rows into a table without types or index."""

import csv
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from store.disk_ingest import ingest_file
from store.writer import open_writer
from tests.bench.measuring import Measured, interleaved, timed, times_as_fast
from tests.bench.usage_log import write_usage_log

ROWS = 100_000
ROUNDS = 3


def measure(folder: Path) -> Iterator[Measured]:
    """Ordinary data, then data on which compressing resources cannot help."""
    for unique, name in ((False, "ingest a log"), (True, "ingest, every resource unique")):
        log = folder / f"usage-{unique}.csv"
        write_usage_log(log, ROWS, unique_resources=unique)
        ways = [lambda log=log: _store(log), lambda log=log: _csv_module(log)]
        names = ["csv + executemany"]
        if shutil.which("sqlite3"):
            ways.append(lambda log=log: _sqlite_shell(log))
            names.append("sqlite3 .import")
        here_s, *others_s = interleaved(ROUNDS, ways)
        for other, other_s in zip(names, others_s, strict=True):
            yield times_as_fast(name, ROWS, "rows", here_s, other, other_s)


def filled_store(folder: Path) -> Path:
    """A store that holds one day of `ROWS` calls."""
    log, path = folder / "usage.csv", folder / "usage.db"
    write_usage_log(log, ROWS, unique_resources=False)
    _ingest(log, path)
    return path


def _store(log: Path) -> float:
    path = _fresh(log.with_name("store.db"))
    return timed(lambda: _ingest(log, path))


def _ingest(log: Path, path: Path) -> None:
    with open_writer(path) as writer, log.open("rb") as body:
        result = writer.submit(lambda c: ingest_file(c, log.name, body)).result()
    assert result.rows == ROWS, result


def _csv_module(log: Path) -> float:
    path = _fresh(log.with_name("csv.db"))
    return timed(lambda: _executemany(log, path))


def _executemany(log: Path, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, log.open(newline="") as file:
        connection.execute("PRAGMA journal_mode = WAL")
        rows = csv.reader(file)
        columns = next(rows)
        connection.execute(f"CREATE TABLE log ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO log VALUES ({marks})", rows)
        connection.commit()


def _sqlite_shell(log: Path) -> float:
    path = _fresh(log.with_name("shell.db"))
    command = ["sqlite3", str(path), "-cmd", ".mode csv", f".import '{log}' log"]
    return timed(lambda: subprocess.run(command, check=True, capture_output=True))


def _fresh(path: Path) -> Path:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path
