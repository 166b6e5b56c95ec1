"""The log files that the store knows: what is stored, what was superseded, what is aside."""

import sqlite3
from datetime import datetime

from store.moments import DAY_MS, from_ms_or_none, to_ms, to_ms_or_none
from store.records import LogFile, MalformedRow

FILE_COLUMNS = (
    "event_type, interval, log_date_ms, sequence, org_file_id, origin, name, created_ms,"
    " length_bytes"
)


def file_of_row(row: tuple[object, ...]) -> LogFile:
    """The `LogFile` of a row with the columns `FILE_COLUMNS`."""
    event_type, interval, log_date, sequence, org_file_id, origin, name, created, length = row
    return LogFile(
        event_type=str(event_type),
        interval=str(interval),
        log_date=from_ms_or_none(log_date),  # type: ignore[arg-type]
        sequence=int(str(sequence)),
        org_file_id=None if org_file_id is None else str(org_file_id),
        origin=str(origin),
        name=str(name),
        created_at=from_ms_or_none(created),  # type: ignore[arg-type]
        length_bytes=length,  # type: ignore[arg-type]
    )


def disk_file(name: str, length_bytes: int | None = None) -> LogFile:
    """What is known of a file from disk before it was read: its name."""
    return LogFile(
        event_type="",
        interval="Unknown",
        log_date=None,
        sequence=0,
        org_file_id=None,
        origin="disk",
        name=name,
        created_at=None,
        length_bytes=length_bytes,
    )


def files(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[tuple[LogFile, int, str], ...]:
    """File, rows and state of every log file whose span touches since < t <= until, oldest first.

    State: ``stored``, ``empty`` (no rows), ``superseded`` (by a later or more complete file).
    """
    rows = connection.execute(
        f"SELECT {FILE_COLUMNS}, row_count, state FROM log_file"  # noqa: S608
        " WHERE COALESCE(first_ms, log_date_ms) <= ? AND COALESCE(last_ms, log_date_ms) > ?"
        " ORDER BY COALESCE(log_date_ms, first_ms), event_type, sequence, id",
        (to_ms(until), to_ms(since)),
    )
    return tuple((file_of_row(row[:9]), row[9], row[10]) for row in rows)


def malformed_rows(connection: sqlite3.Connection, limit: int = 100) -> tuple[MalformedRow, ...]:
    """Rows that could not be read, newest files first."""
    rows = connection.execute(
        "SELECT log_file.name, line, reason, text FROM malformed_row"
        " JOIN log_file ON log_file.id = malformed_row.file_id"
        " ORDER BY malformed_row.file_id DESC, line LIMIT ?",
        (limit,),
    )
    return tuple(MalformedRow(*row) for row in rows)


def is_stored(connection: sqlite3.Connection, file: LogFile) -> bool:
    """Whether fetching this file of the org would bring nothing new.

    True when exactly this file (its id, or its type, interval, date and sequence, with the same
    creation time) went through the store before, and for an hourly file when the daily one of its
    UTC day is stored (salesforce-event-monitoring facts, section 3.2: the daily is complete).
    """
    same = connection.execute(
        "SELECT 1 FROM log_file WHERE org_file_id = ? AND created_ms IS ?"
        " UNION ALL SELECT 1 FROM log_file WHERE event_type = ? AND interval = ?"
        "  AND log_date_ms = ? AND sequence = ? AND created_ms IS ? AND origin = 'org' LIMIT 1",
        (
            file.org_file_id,
            to_ms_or_none(file.created_at),
            file.event_type,
            file.interval,
            to_ms_or_none(file.log_date),
            file.sequence,
            to_ms_or_none(file.created_at),
        ),
    ).fetchone()
    return same is not None or daily_file_id(connection, file) is not None


def daily_file_id(connection: sqlite3.Connection, file: LogFile) -> int | None:
    """The row id of the stored daily file that makes this hourly ``file`` needless, if any."""
    if file.interval != "Hourly" or file.log_date is None:
        return None
    row = connection.execute(
        "SELECT id FROM log_file WHERE event_type = ? AND interval = 'Daily' AND log_date_ms = ?"
        " AND state IN ('stored', 'empty') LIMIT 1",
        (file.event_type, to_ms(file.log_date) // DAY_MS * DAY_MS),
    ).fetchone()
    return None if row is None else int(row[0])
