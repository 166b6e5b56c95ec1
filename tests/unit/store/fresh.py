"""Empty stores in memory, cheap enough for one in every example of a property test."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from store.migrations import migrate


@cache
def _template() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    migrate(made)
    return made


@contextmanager
def fresh_store() -> Iterator[sqlite3.Connection]:
    """A store in memory with the newest schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _template().backup(connection)
    try:
        yield connection
    finally:
        connection.close()
