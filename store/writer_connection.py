"""The writer's connection: file modes, durability, and the newest schema."""

import os
import sqlite3
from pathlib import Path

from store.database import BUSY_TIMEOUT_MS, applied_steps, unusable
from store.errors import StoreUnusable
from store.migrations import migrate
from store.schema import APPLICATION_ID, STEPS

_CACHE_KIB = 65_536
_LOG_SIZE_LIMIT_BYTES = 64 * 1024 * 1024
"""What the write-ahead log shrinks to after a large ingest was folded into the store."""


def connect_for_writing(path: Path) -> sqlite3.Connection:
    """Open or create the store at ``path``, private to its owner, with the newest schema.

    The connection is in autocommit mode: transactions are begun by hand. Raises `StoreUnusable`
    or `StoreTooNew`; a file that was made here does not outlive that.
    """
    is_new = not path.exists()
    _create(path)
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1000
        )
        applied = applied_steps(connection, path)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_SIZE_LIMIT_BYTES}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        if len(applied) < len(STEPS):
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrate(connection)
    except BaseException as problem:
        if connection is not None:
            connection.close()
        if is_new:
            remove_store(path)
        if isinstance(problem, sqlite3.Error):
            raise unusable(path, problem) from problem
        raise
    return connection


def remove_store(path: Path) -> None:
    """Delete the store's files; only for who holds its lock."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _create(path: Path) -> None:
    """Make the file if need be, readable by its owner only; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as problem:
        raise StoreUnusable(
            "The store cannot be written",
            f"{path} cannot be opened for writing by this user.",
            "Give this user write permission on the file and its directory, "
            "or name another file with --store.",
            str(problem),
        ) from problem
