"""Opening a store: for reading by anyone, and the checks that reading and writing share."""

import shutil
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

from store.errors import StoreError, StoreTooNew, StoreUnusable
from store.schema import APPLICATION_ID, MIGRATION_SET, STEPS

BUSY_TIMEOUT_MS = 5_000
"""How long a statement waits for another process's lock before it fails."""

_LEAST_ROOM_BYTES = 1 << 20
_READER_CACHE_KIB = 32_768
_KNOWN_STEPS = frozenset(name for name, _ in STEPS)


class Reader:
    """A read-only connection to a store, for one thread at a time (any thread).

    Make it with `open_reader`; it is a context manager.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed something."""
        row = self.connection.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def close(self) -> None:
        """Give the file back; closing twice does nothing."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_reader(path: Path) -> Reader:
    """Open an existing store for reading.

    Raises `StoreUnusable` when there is none, it cannot be read, it is no store or it still has
    an earlier schema, and `StoreTooNew` when a later orgwatch wrote it.
    """
    if not is_present(path):
        raise StoreUnusable(
            "There is no store yet",
            f"{path} does not exist: nothing has been collected or ingested into it.",
            "Start `orgwatch collect` or `orgwatch ingest` with the same --store, "
            "or name another store.",
        )
    if path.is_dir():
        raise is_a_directory(path)
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )
        connection.execute("PRAGMA query_only = 1")
        connection.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB}")
        applied = applied_steps(connection, path)
    except (sqlite3.Error, StoreError) as problem:
        if connection is not None:
            connection.close()
        if isinstance(problem, sqlite3.Error):
            raise unusable(path, problem) from problem
        raise
    if not applied >= _KNOWN_STEPS:
        connection.close()
        raise StoreUnusable(
            "The store has an earlier format",
            f"{path} was written by an earlier version of orgwatch and has not been brought up "
            "to date; reading alone cannot do that.",
            "Start `orgwatch collect` or `orgwatch ingest` on it once.",
        )
    return Reader(path, connection)


def is_present(path: Path) -> bool:
    """Whether there is a file at ``path``; `StoreUnusable` when nobody can tell."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as problem:
        raise StoreUnusable(
            "The store cannot be reached",
            f"The path {path} cannot be followed to its end by this user.",
            "Check the path and the permissions of its directories, or name another store with "
            "--store.",
            problem.strerror or "",
        ) from problem
    return True


def size_bytes(path: Path) -> int:
    """How much disk the store takes, with its write-ahead log; 0 when there is none."""
    total = 0
    for suffix in ("", "-wal", "-shm"):
        try:
            total += path.with_name(path.name + suffix).stat().st_size
        except FileNotFoundError:
            continue
    return total


def applied_steps(connection: sqlite3.Connection, path: Path) -> frozenset[str]:
    """The names of the schema steps that the file has; empty for a new file.

    Raises `StoreUnusable` when the database belongs to another program, `StoreTooNew` when it
    has steps that this version does not know.
    """
    marker = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if marker != APPLICATION_ID and tables:
        raise StoreUnusable(
            "This is not a store of orgwatch",
            f"{path} is a database of another program; orgwatch does not touch it.",
            "Name another file with --store.",
        )
    if "_sqlite_migrations" not in tables:
        return frozenset()
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (MIGRATION_SET,)
    )
    applied = frozenset(str(row[0]) for row in rows)
    unknown = applied - _KNOWN_STEPS
    if unknown:
        raise StoreTooNew(
            "The store is newer than this orgwatch",
            f"{path} was written by a later version and may hold what this one would misread.",
            "Install the later version of orgwatch, or name another store with --store.",
            "unknown schema steps: " + ", ".join(sorted(unknown)),
        )
    return applied


def unusable(path: Path, problem: sqlite3.Error) -> StoreUnusable:
    """SQLite's complaint as sentences for a person."""
    words = str(problem)
    lower = words.lower()
    if "full" in lower or ("i/o error" in lower and _has_no_room(path)):
        return disk_full(path, words)
    if "not a database" in lower or "malformed" in lower:
        return StoreUnusable(
            "The store cannot be read",
            f"{path} is not a store of orgwatch, or it is damaged.",
            "Name another file with --store, or move this one away and start again.",
            words,
        )
    if "readonly" in lower or "read-only" in lower:
        return StoreUnusable(
            "The store cannot be written",
            f"{path} or its directory is read-only for this user.",
            "Give this user write permission on the file and its directory, "
            "or name another file with --store.",
            words,
        )
    if "locked" in lower or "busy" in lower:
        return StoreUnusable(
            "The store is locked",
            f"Another program keeps {path} locked.",
            "Close the other program (a database browser, a backup) and try again.",
            words,
        )
    return StoreUnusable(
        "The store cannot be used",
        f"The database at {path} could not be opened or used.",
        "Check that the path names a file in a directory that this user may read and write.",
        words,
    )


def is_a_directory(path: Path) -> StoreUnusable:
    """The sentences for a store path that names a directory."""
    return StoreUnusable(
        "The store is a directory",
        f"{path} is a directory, and a store is one file.",
        f"Name a file, for example --store {path / 'orgwatch.db'}.",
    )


def disk_full(path: Path, words: str) -> StoreUnusable:
    """The sentences for a full disk."""
    return StoreUnusable(
        "The disk is full",
        f"There is no room left for {path}; what was being written is not stored, "
        "what was stored before is safe.",
        "Free some space on that disk, then start again; a collector that runs goes on by itself.",
        words,
    )


def _has_no_room(path: Path) -> bool:
    """Whether too little room is left for SQLite's side files, which it calls an I/O error."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM_BYTES
    except OSError:
        return False
