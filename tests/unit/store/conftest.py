"""A store with the newest schema, on disk as in life."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.writer_connection import connect_for_writing


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    return tmp_path / "acme.db"


@pytest.fixture
def connection(store_file: Path) -> Iterator[sqlite3.Connection]:
    """A writing connection without a transaction: each statement commits by itself."""
    opened = connect_for_writing(store_file)
    yield opened
    opened.close()
