"""Which stored log file a new one replaces, repeats, or is replaced by.

From salesforce-event-monitoring facts, section 3.2: a daily file holds everything of its type and
UTC day; a file made again has the same type, interval, date and sequence; hourly files of one hour
with different sequences hold different rows.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from store.log_files import daily_file_id
from store.moments import DAY_MS, to_ms_or_none
from store.records import LogFile
from store.usage_rollup import remove_sums


@dataclass(frozen=True, slots=True)
class Twin:
    """A file with the same content that went through the store before."""

    file_id: int
    state: str
    origin: str
    interval: str
    event_type: str
    rows: int
    malformed_rows: int
    first_ms: int | None
    last_ms: int | None


def find_cover(connection: sqlite3.Connection, file: LogFile) -> int | None:
    """The row id of the stored file that makes ``file`` needless before it is read, if any.

    The daily file of an hourly one's day, or a version of the same file that was made later.
    """
    daily = daily_file_id(connection, file)
    if daily is not None or file.created_at is None or file.log_date is None:
        return daily
    row = connection.execute(
        f"SELECT id FROM log_file WHERE {_SAME_KEY} AND created_ms > ? LIMIT 1",  # noqa: S608
        (*_key(file), to_ms_or_none(file.created_at)),
    ).fetchone()
    return None if row is None else int(row[0])


def find_twin(
    connection: sqlite3.Connection, file: LogFile, file_id: int, sha256: str
) -> Twin | None:
    """The file with the same content that makes storing ``file`` a second time wrong, if any."""
    rows = connection.execute(
        "SELECT id, state, origin, interval, event_type, row_count, malformed_count, first_ms,"
        " last_ms FROM log_file WHERE sha256 = ? AND id != ? AND state IN ('stored', 'superseded')"
        " ORDER BY state = 'stored' DESC, id",
        (sha256, file_id),
    )
    for row in rows:
        twin = Twin(*row)
        if file.origin == "disk" or twin.origin == "disk":
            return twin
        if twin.state == "stored" and twin.interval == file.interval:
            return twin
    return None


def adopt(connection: sqlite3.Connection, twin: Twin, file: LogFile) -> None:
    """Let a stored twin stand for ``file`` of the org: its key, id and creation time."""
    connection.execute(
        "UPDATE log_file SET interval = ?, log_date_ms = ?, sequence = ?, org_file_id = ?,"
        " origin = 'org', name = ?, created_ms = ? WHERE id = ?",
        (
            file.interval,
            to_ms_or_none(file.log_date),
            file.sequence,
            file.org_file_id,
            file.name,
            to_ms_or_none(file.created_at),
            twin.file_id,
        ),
    )


def find_replaced(connection: sqlite3.Connection, file: LogFile, file_id: int) -> list[int]:
    """The row ids of the files that ``file``, stored as ``file_id``, replaces by its key."""
    if file.origin != "org" or file.log_date is None:
        return []
    replaced = connection.execute(
        f"SELECT id FROM log_file WHERE {_SAME_KEY} AND id != ?",  # noqa: S608
        (*_key(file), file_id),
    ).fetchall()
    if file.interval == "Daily":
        day_ms = _key(file)[2]
        replaced += connection.execute(
            "SELECT id FROM log_file WHERE event_type = ? AND interval = 'Hourly'"
            " AND log_date_ms >= ? AND log_date_ms < ? AND state IN ('stored', 'empty')",
            (file.event_type, day_ms, int(str(day_ms)) + DAY_MS),
        ).fetchall()
    return [int(row[0]) for row in replaced]


def supersede(connection: sqlite3.Connection, replaced: Iterable[int], file_id: int) -> None:
    """Take out the rows and sums of the ``replaced`` files, in favour of the file ``file_id``."""
    for replaced_id in replaced:
        _remove_rows(connection, replaced_id)
        connection.execute(
            "UPDATE log_file SET state = 'superseded', superseded_by = ?,"
            " first_row_id = NULL, last_row_id = NULL WHERE id = ?",
            (file_id, replaced_id),
        )


_SAME_KEY = (
    "event_type = ? AND interval = ? AND log_date_ms = ? AND sequence = ?"
    " AND origin = 'org' AND state IN ('stored', 'empty')"
)


def _key(file: LogFile) -> tuple[str, str, int | None, int]:
    return file.event_type, file.interval, to_ms_or_none(file.log_date), file.sequence


def _remove_rows(connection: sqlite3.Connection, file_id: int) -> None:
    first_id, last_id, first_ms, last_ms = connection.execute(
        "SELECT first_row_id, last_row_id, first_ms, last_ms FROM log_file WHERE id = ?",
        (file_id,),
    ).fetchone()
    connection.execute("DELETE FROM malformed_row WHERE file_id = ?", (file_id,))
    if first_id is None:
        return
    for table in ("api_call", "log_row"):
        connection.execute(
            f"DELETE FROM {table} WHERE id >= ? AND id <= ? AND file_id = ?",  # noqa: S608
            (first_id, last_id, file_id),
        )
    remove_sums(connection, file_id, first_ms, last_ms)
