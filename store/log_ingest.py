"""Takes one event log file into the store: all of it or nothing, and never twice."""

import sqlite3
from typing import BinaryIO

from store.records import IngestResult, LogFile


def ingest(connection: sqlite3.Connection, file: LogFile, body: BinaryIO) -> IngestResult:
    """Store the rows of ``file``, read from ``body`` (CSV, plain or gzip).

    Raises `store.errors.UnreadableLog` when ``body`` is no event log, and
    `store.errors.LogOfAnotherOrg` when it names another org.
    """
    raise NotImplementedError
