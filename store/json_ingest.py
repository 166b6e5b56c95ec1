"""Takes logs and events in JSON into the store: rows, streamed messages, records from SOQL."""

import sqlite3

from store.records import IngestResult


def ingest_json(connection: sqlite3.Connection, name: str, text: str) -> IngestResult:
    """Store what ``text`` holds: one JSON value, or one a line.

    Raises `store.errors.UnreadableLog` when it is no log and no event.
    """
    raise NotImplementedError
