"""Rows of every other kind of log: the columns that screens show, and the whole row as JSON.

Which column means what in which log: salesforce-event-monitoring facts, section 3.5.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from store.field_codes import StampDecoder
from store.log_time import iso_ms
from store.log_values import known_version, unquoted, whole_number
from store.sequence import reserve_ids
from store.stored_span import StoredSpan

_INSERT = (
    "INSERT INTO log_row (id, file_id, event_type, occurred_ms, user_id, username, source_ip,"
    " app_id, client, user_agent, api_type, api_version, operation, entities, row_count, status,"
    " login_key, session_key, request_id, problem, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

# In each line the first column that the row fills counts. A Login row's CLIENT_IP is
# Salesforce's own address where SOURCE_IP names the client's.
_TEXT_COLUMNS: Final = (
    ("USER_ID", "USER_ID_DERIVED"),
    ("USER_NAME",),
    ("SOURCE_IP", "CLIENT_IP", "IP_ADDRESS"),
    ("CONNECTED_APP_ID",),
    ("CLIENT_NAME",),
    ("BROWSER_TYPE", "USER_AGENT"),
    ("API_TYPE",),
    ("API_VERSION",),
    (
        "METHOD_NAME",
        "OPERATION",
        "OPERATION_TYPE",
        "ACTION",
        "UPDATE_TYPE",
        "URL",
        "URI",
        "METHOD",
    ),
    ("ENTITY_NAME", "ENTITY_TYPE"),
)
_STATUS_COLUMNS: Final = (
    "LOGIN_STATUS", "STATUS_CODE", "REQUEST_STATUS", "JOB_STATUS", "RESULT",
)  # fmt: skip
_ROW_COLUMNS: Final = ("ROWS_PROCESSED", "RECORDS_PROCESSED")
_GOOD_LOGINS: Final = frozenset({"LOGIN_NO_ERROR", "Success"})
_BAD_REQUESTS: Final = frozenset({"F", "U", "A", "N"})
"""REQUEST_STATUS: failure, undefined, authorization error, not found (section 3.6)."""

_encoder = msgspec.json.Encoder()
_ERROR_STATUS = 400
_NUMERIC_AGENT_UNKNOWN = "9999"


class LogRowTable:
    """Takes the rows of one log file, chunk by chunk."""

    def __init__(self, connection: sqlite3.Connection, file_id: int, file_type: str) -> None:
        self.span = StoredSpan()
        self._connection = connection
        self._file_id = file_id
        self._file_type = file_type
        self._stamps = StampDecoder()

    def add(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
        """Store ``rows``, all of the width of ``columns``.

        Returns the places in ``rows`` of those that name no time that can be read; they are not
        stored.
        """
        filled = _Filled(columns)
        records: list[tuple[object, ...]] = []
        times_ms: list[int] = []
        unreadable: list[int] = []
        times = self._times(columns, rows)
        for place, (row, time_ms) in enumerate(zip(rows, times, strict=True)):
            if time_ms is None:
                unreadable.append(place)
                continue
            fields = dict(zip(columns, map(unquoted, row), strict=True))
            event_type = fields.get("EVENT_TYPE") or self._file_type
            records.append((event_type, time_ms, *_shown(fields, filled)))
            times_ms.append(time_ms)
        if records:
            first_id = reserve_ids(self._connection, len(records))
            self._connection.executemany(
                _INSERT,
                ((first_id + n, self._file_id, *record) for n, record in enumerate(records)),
            )
            self.span.include(first_id, times_ms)
        return unreadable

    def _times(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Sequence[int | None]:
        """The time of each row: of TIMESTAMP, else of TIMESTAMP_DERIVED; None without either."""
        texts = {
            name: [row[place] for row in rows]
            for place, name in enumerate(columns)
            if name in ("TIMESTAMP", "TIMESTAMP_DERIVED")
        }
        times, _ = self._stamps.decode(texts.get("TIMESTAMP"), None, len(rows))
        derived = texts.get("TIMESTAMP_DERIVED")
        if derived is None or None not in times:
            return times
        return [
            iso_ms(iso) if time_ms is None else time_ms
            for time_ms, iso in zip(times, derived, strict=True)
        ]


class _Filled:
    """Of each group of columns those that a log has, so that rows are not asked for the others."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.texts = [self._of(names, columns) for names in _TEXT_COLUMNS]
        self.rows = self._of(_ROW_COLUMNS, columns)
        self.status = self._of(_STATUS_COLUMNS, columns)

    @staticmethod
    def _of(names: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in columns)


def _shown(fields: Mapping[str, str], filled: _Filled) -> tuple[object, ...]:
    """The values behind ``occurred_ms`` in `_INSERT`."""
    texts = [_first(fields, names) for names in filled.texts]
    user_id, username, address, app_id, client, agent, api_type, version, operation, entity = texts
    return (
        user_id,
        username,
        address,
        app_id,
        client,
        None if agent == _NUMERIC_AGENT_UNKNOWN else agent,
        api_type,
        known_version(version),
        operation,
        entity,
        _rows_processed(_first(fields, filled.rows)),
        _first(fields, filled.status),
        fields.get("LOGIN_KEY") or None,
        fields.get("SESSION_KEY") or None,
        fields.get("REQUEST_ID") or None,
        _is_problem(fields),
        _encoder.encode(fields).decode(),
    )


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str | None:
    for name in names:
        if fields[name]:
            return fields[name]
    return None


def _rows_processed(text: str | None) -> int | None:
    """How many records the request handled; -1 stands for a number that nobody knows."""
    rows = None if text is None else whole_number(text)
    return None if rows is None or rows < 0 else rows


def _is_problem(fields: Mapping[str, str]) -> bool:
    login_status = fields.get("LOGIN_STATUS")
    if login_status:
        return login_status not in _GOOD_LOGINS
    status = whole_number(fields.get("STATUS_CODE", ""))
    if status is not None and status >= _ERROR_STATUS:
        return True
    return fields.get("REQUEST_STATUS") in _BAD_REQUESTS
