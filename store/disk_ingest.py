"""Takes any file from disk into the store: CSV or JSON, plain or gzip, told by its content."""

import sqlite3
from typing import BinaryIO

from store.records import IngestResult


def ingest_file(connection: sqlite3.Connection, name: str, body: BinaryIO) -> IngestResult:
    """Store what a file from disk holds.

    Raises `store.errors.UnreadableLog` or `store.errors.LogOfAnotherOrg`.
    """
    raise NotImplementedError
