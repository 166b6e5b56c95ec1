"""Takes any file from disk into the store: CSV or JSON, plain or gzip, told by its content."""

import sqlite3
from collections.abc import Iterator
from itertools import chain

from store.errors import UnreadableLog
from store.json_ingest import ingest_json
from store.log_blocks import LogBlocks, Readable
from store.log_files import disk_file
from store.log_ingest import ingest_text
from store.records import IngestResult

MAX_JSON_CHARACTERS = 256_000_000
"""JSON is read as a whole; larger files are refused. CSV is read by the row, at any size."""


def ingest_file(connection: sqlite3.Connection, name: str, body: Readable) -> IngestResult:
    """Store what the file ``name`` from disk holds; ``body`` is read once, from where it stands.

    Raises `store.errors.UnreadableLog` when it is no log and no event, and
    `store.errors.LogOfAnotherOrg` when it names another org; nothing is stored then.
    """
    blocks = LogBlocks(body, name)
    texts = blocks.texts()
    first = next(texts, "")
    if first.lstrip()[:1] in ("[", "{"):
        return ingest_json(connection, name, _whole(first, texts, name))
    return ingest_text(connection, disk_file(name), blocks, chain([first], texts))


def _whole(first: str, rest: Iterator[str], name: str) -> str:
    parts = [first]
    length = len(first)
    for text in rest:
        parts.append(text)
        length += len(text)
        if length > MAX_JSON_CHARACTERS:
            raise UnreadableLog(
                "The JSON file is too large",
                f"{name} holds more than {MAX_JSON_CHARACTERS:,} characters of JSON.",
                "Split it, or ingest the CSV files as Salesforce delivers them.",
            )
    return "".join(parts)
