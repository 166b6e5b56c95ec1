"""The console's own login as it was last seen, and what the next process must remember of it."""

import json
import sqlite3
from dataclasses import fields
from datetime import datetime
from typing import Any

from store.moments import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from store.records import LoginState

_MOMENTS = {
    "last_request_at": "last_request_ms",
    "obtained_at": "obtained_ms",
    "expires_at": "expires_ms",
    "next_attempt_at": "next_attempt_ms",
    "introspection_refused_at": "introspection_refused_ms",
    "key_switched_at": "key_switched_ms",
    "certificate_until": "certificate_until_ms",
}
"""Fields of `LoginState` and the columns that hold them as epoch milliseconds."""

_FIELDS = tuple(field.name for field in fields(LoginState))
_COLUMNS = ", ".join(_MOMENTS.get(name, name) for name in _FIELDS)
_MARKS = ", ".join("?" for _ in _FIELDS)


def record_login(connection: sqlite3.Connection, state: LoginState) -> None:
    """Store the state of the console's own login; never a token."""
    connection.execute(
        # The names are this file's own, none comes from outside.
        f"INSERT OR REPLACE INTO login_state (one, {_COLUMNS}) VALUES (1, {_MARKS})",  # noqa: S608
        [_stored(name, getattr(state, name)) for name in _FIELDS],
    )


def login(connection: sqlite3.Connection) -> LoginState | None:
    """The state of the console's own login; None before the first attempt."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM login_state").fetchone()  # noqa: S608
    if row is None:
        return None
    values: dict[str, Any] = {
        name: _read(name, value) for name, value in zip(_FIELDS, row, strict=True)
    }
    return LoginState(**values)


def _stored(name: str, value: object) -> object:
    if name == "requests":
        moments = value if isinstance(value, tuple) else ()
        return json.dumps([to_ms(moment) for moment in moments])
    if isinstance(value, datetime) or name in _MOMENTS:
        return to_ms_or_none(value if isinstance(value, datetime) else None)
    return value


def _read(name: str, value: object) -> object:
    if name == "requests":
        return tuple(from_ms(moment_ms) for moment_ms in json.loads(str(value)))
    if name in _MOMENTS:
        return from_ms_or_none(value if isinstance(value, int) else None)
    return bool(value) if name == "error_retryable" else value
