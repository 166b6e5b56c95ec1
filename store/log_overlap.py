"""Rows that a file from disk shares with other files are counted once.

Files from disk name neither hour nor day, so `store.log_supersession` cannot tell what they
replace: a folder may hold hours and their day, or an archive of what the org still delivers.
Here the rows decide. A row of a file from disk that is equal in every column to a row of another
stored file is dropped; a file that is left without rows is superseded. Between two files from
disk the later one gives way. Files of the org among themselves are left to their keys.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from store.records import LogFile
from store.stored_span import StoredSpan
from store.usage_rollup import add_sums, remove_sums

_COMPARED: Final = {
    "api_call": (
        "caller_id",
        "request_id",
        "resource_id",
        "resource_parts",
        "address_id",
        "family_id",
        "version_id",
        "entity_id",
        "method_id",
        "status",
        "counted",
        "extra",
    ),
    "log_row": ("event_type", "body"),
}


@dataclass(frozen=True, slots=True)
class FileRows:
    """A stored file, and the ids and times that its rows lie between."""

    file_id: int
    origin: str
    first_id: int
    last_id: int
    first_ms: int
    last_ms: int


def drop_repeated_rows(
    connection: sqlite3.Connection, file: LogFile, file_id: int, span: StoredSpan
) -> StoredSpan:
    """Drop what ``file``, just stored as ``file_id``, and other files hold twice.

    Returns what is left of ``file``: no rows at all when others hold them all.
    """
    new = _file_rows(file_id, file.origin, span)
    if new is None:
        return span
    for other in _overlapping(connection, file, file_id, span):
        loser, winner = (new, other) if new.origin == "disk" else (other, new)
        if _drop(connection, loser, winner):
            left = _left_of(connection, loser)
            _settle(connection, loser, winner, left)
            span = left if loser is new else span
            if span.rows == 0:
                break
    return span


def _file_rows(file_id: int, origin: str, span: StoredSpan) -> FileRows | None:
    first_id, last_id, first_ms, last_ms = span.first_id, span.last_id, span.first_ms, span.last_ms
    if first_id is None or last_id is None or first_ms is None or last_ms is None:
        return None
    return FileRows(file_id, origin, first_id, last_id, first_ms, last_ms)


def _overlapping(
    connection: sqlite3.Connection, file: LogFile, file_id: int, span: StoredSpan
) -> list[FileRows]:
    """Stored files of the same type and a common time, where at least one of both is from disk."""
    rows = connection.execute(
        "SELECT id, origin, first_row_id, last_row_id, first_ms, last_ms FROM log_file"
        " WHERE event_type = ? AND last_ms >= ? AND first_ms <= ? AND state = 'stored' AND id != ?"
        " AND (origin = 'disk' OR ? = 'disk') AND first_row_id IS NOT NULL ORDER BY id",
        (file.event_type, span.first_ms, span.last_ms, file_id, file.origin),
    )
    return [FileRows(*row) for row in rows]


def _drop(connection: sqlite3.Connection, loser: FileRows, winner: FileRows) -> bool:
    """Delete the rows of ``loser`` that ``winner`` has too; true when there were any."""
    before = connection.total_changes
    for table, columns in _COMPARED.items():
        same = " AND ".join(f"two.{column} IS {table}.{column}" for column in columns)
        connection.execute(
            f"DELETE FROM {table} WHERE id >= ? AND id <= ? AND file_id = ? AND EXISTS ("  # noqa: S608
            f" SELECT 1 FROM {table} AS two WHERE two.occurred_ms = {table}.occurred_ms"
            f" AND two.id >= ? AND two.id <= ? AND two.file_id = ? AND {same})",
            (
                loser.first_id,
                loser.last_id,
                loser.file_id,
                winner.first_id,
                winner.last_id,
                winner.file_id,
            ),
        )
    return connection.total_changes > before


def _left_of(connection: sqlite3.Connection, file: FileRows) -> StoredSpan:
    left = StoredSpan()
    for table in _COMPARED:
        row = connection.execute(
            "SELECT COUNT(*), MIN(id), MAX(id), MIN(occurred_ms), MAX(occurred_ms)"  # noqa: S608
            f" FROM {table} WHERE id >= ? AND id <= ? AND file_id = ?",
            (file.first_id, file.last_id, file.file_id),
        ).fetchone()
        left.merge(StoredSpan(*row))
    return left


def _settle(
    connection: sqlite3.Connection, loser: FileRows, winner: FileRows, left: StoredSpan
) -> None:
    """Bring the sums of ``loser`` and its row in ``log_file`` in line with what is left of it."""
    remove_sums(connection, loser.file_id, loser.first_ms, loser.last_ms)
    add_sums(connection, loser.file_id, loser.first_id, loser.last_id)
    connection.execute(
        "UPDATE log_file SET row_count = ?, first_ms = ?, last_ms = ?, first_row_id = ?,"
        " last_row_id = ?, state = CASE WHEN ? THEN 'superseded' ELSE state END,"
        " superseded_by = CASE WHEN ? THEN ? END WHERE id = ?",
        (
            left.rows,
            left.first_ms,
            left.last_ms,
            left.first_id,
            left.last_id,
            left.rows == 0,
            left.rows == 0,
            winner.file_id,
            loser.file_id,
        ),
    )
