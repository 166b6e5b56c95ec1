"""Rows of every other kind of log: the columns that screens show, and the whole row as JSON.

Which column means what in which log: salesforce-event-monitoring facts, section 3.5.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from store.log_time import compact_ms, iso_ms
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

    def add(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
        """Store ``rows``, all of the width of ``columns``.

        Returns the places in ``rows`` of those that name no time that can be read; they are not
        stored.
        """
        records: list[tuple[object, ...]] = []
        unreadable: list[int] = []
        for place, row in enumerate(rows):
            fields = {name: unquoted(text) for name, text in zip(columns, row, strict=True)}
            occurred_ms = _occurred_ms(fields)
            if occurred_ms is None:
                unreadable.append(place)
            else:
                event_type = fields.get("EVENT_TYPE") or self._file_type
                records.append((event_type, occurred_ms, *_shown(fields)))
        if records:
            first_id = reserve_ids(self._connection, len(records))
            self._connection.executemany(
                _INSERT,
                ((first_id + n, self._file_id, *record) for n, record in enumerate(records)),
            )
            self.span.include(first_id, [int(str(record[1])) for record in records])
        return unreadable


def _occurred_ms(fields: Mapping[str, str]) -> int | None:
    stamp_ms = compact_ms(fields.get("TIMESTAMP", ""))
    return iso_ms(fields.get("TIMESTAMP_DERIVED", "")) if stamp_ms is None else stamp_ms


def _shown(fields: Mapping[str, str]) -> tuple[object, ...]:
    """The values behind ``occurred_ms`` in `_INSERT`."""
    texts = [_first(fields, names) for names in _TEXT_COLUMNS]
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
        _rows_processed(fields),
        _first(fields, _STATUS_COLUMNS),
        fields.get("LOGIN_KEY") or None,
        fields.get("SESSION_KEY") or None,
        fields.get("REQUEST_ID") or None,
        _is_problem(fields),
        _encoder.encode(fields).decode(),
    )


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((fields[name] for name in names if fields.get(name)), None)


def _rows_processed(fields: Mapping[str, str]) -> int | None:
    """How many records the request handled; -1 stands for a number that nobody knows."""
    text = _first(fields, _ROW_COLUMNS)
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
