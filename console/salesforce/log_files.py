"""Which event log files the org has (object reference, EventLogFile).

Hourly files come three to six hours after the events, daily ones the next day, both up to three
days late; late events make a further file of the same hour (sequence + 1) or replace the day's.
"""

import logging
from datetime import datetime

from console.salesforce.composite import is_data_path
from console.salesforce.rest import RestClient
from console.salesforce.soql import datetime_literal, quoted_list
from console.salesforce.types import LogFileEntry
from console.salesforce.values import Record, integer_of, moment_of, text_of

PURPOSE = "log files"

_LOG = logging.getLogger(__name__)

_FIELDS = (
    "Id, EventType, LogDate, Interval, Sequence, CreatedDate, LogFile, LogFileLength, "
    "LogFileFieldNames"
)
_FIELD_NAMES_CUT_AT = 1_333
"""LogFileFieldNames holds at most this many characters and is cut there."""


async def list_log_files(
    client: RestClient, event_types: tuple[str, ...] | None, created_after: datetime
) -> list[LogFileEntry]:
    """The log files created at or after ``created_after``, oldest first.

    ``event_types`` narrows to these (API names such as ``ApiTotalUsage``); None lists all. The
    CSV of an entry is read with ``client.stream(entry.path, …)``. Needs the permissions API
    Enabled and View Event Log Files.
    """
    wanted = f" AND EventType IN {quoted_list(event_types)}" if event_types else ""
    soql = (
        f"SELECT {_FIELDS} FROM EventLogFile "  # noqa: S608  (values quoted by soql.py)
        f"WHERE CreatedDate >= {datetime_literal(created_after)}{wanted} "
        "ORDER BY CreatedDate, Id"
    )
    records = await client.query(soql, purpose=PURPOSE)
    entries = [entry for record in records if (entry := parse_log_file(record)) is not None]
    if len(entries) < len(records):
        _LOG.warning(
            "%d EventLogFile rows could not be read and were left out", len(records) - len(entries)
        )
    return entries


def parse_log_file(record: Record) -> LogFileEntry | None:
    """``record`` as a log file; None when it lacks what is needed to fetch and place it."""
    file_id, event_type = text_of(record, "Id"), text_of(record, "EventType")
    log_date, created_at = moment_of(record, "LogDate"), moment_of(record, "CreatedDate")
    path, interval = text_of(record, "LogFile"), text_of(record, "Interval")
    sequence = integer_of(record, "Sequence")
    if sequence is None and interval == "Daily":
        sequence = 0
    if not (file_id and event_type and log_date and created_at and interval):
        return None
    if sequence is None or path is None or not is_data_path(path):
        return None
    return LogFileEntry(
        id=file_id,
        event_type=event_type,
        interval=interval,
        log_date=log_date,
        sequence=sequence,
        created_at=created_at,
        length_bytes=integer_of(record, "LogFileLength"),
        path=path,
        field_names=_field_names(text_of(record, "LogFileFieldNames")),
    )


def _field_names(text: str | None) -> tuple[str, ...] | None:
    if text is None or len(text) >= _FIELD_NAMES_CUT_AT:
        return None
    return tuple(name.strip() for name in text.split(","))
