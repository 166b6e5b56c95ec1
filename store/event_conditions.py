"""An event filter as SQL conditions, one set for each table; values only ever as parameters.

Texts match anywhere in a field, ignoring the case of ASCII letters.
"""

import sqlite3
from dataclasses import dataclass, field
from typing import Final

from store.api_calls import EVENT_TYPE
from store.event_columns import API_CALLS, LOG_ROWS, STREAM_EVENTS, EventTable
from store.records import EventFilter

MAX_CALLERS = 16
"""Up to so many callers are looked up one by one, each through its own index; beyond that the
whole history is walked by time."""

_SHOWN: Final = {
    STREAM_EVENTS.letter: (
        "channel", "event_type", "user_id", "username", "source_ip", "app_id", "app_name",
        "client", "user_agent", "api_type", "api_version", "operation", "entities", "status",
        "login_key", "session_key", "request_id",
    ),
    LOG_ROWS.letter: (
        "event_type", "user_id", "username", "source_ip", "app_id", "client", "user_agent",
        "api_type", "api_version", "operation", "entities", "status", "login_key",
        "session_key", "request_id",
    ),
}  # fmt: skip
_APP_COLUMNS: Final = {STREAM_EVENTS.letter: ("app_name", "app_id"), LOG_ROWS.letter: ("app_id",)}
_KNOWN_USER = (
    "substr({row}.user_id, 1, 15) IN"
    " (SELECT id15 FROM org_user WHERE username LIKE :{name} ESCAPE '\\')"
)


@dataclass(slots=True)
class Conditions:
    """What rows of one table must meet.

    ``callers`` narrows API calls down to these, if not None; ``impossible`` says that no row can
    match.
    """

    clauses: list[str] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)
    callers: list[int] | None = None
    impossible: bool = False


def conditions(
    connection: sqlite3.Connection,
    table: EventTable,
    wanted: EventFilter,
) -> Conditions:
    """What a row of ``table`` must meet to match ``wanted``."""
    found = Conditions()
    _add_sources(found, table, wanted)
    _add_types(found, table, wanted)
    if wanted.problems_only:
        found.clauses.append(table.problem)
    if table is API_CALLS:
        _add_call_texts(connection, found, wanted)
    else:
        _add_texts(found, table, wanted)
    return found


def _add_sources(found: Conditions, table: EventTable, wanted: EventFilter) -> None:
    if not wanted.sources:
        return
    if table is not STREAM_EVENTS:
        found.impossible = found.impossible or "log" not in wanted.sources
        return
    names = [f"source{n}" for n in range(len(wanted.sources))]
    found.parameters.update(zip(names, wanted.sources, strict=True))
    found.clauses.append(f"{table.row}.source IN ({', '.join(':' + name for name in names)})")


def _add_types(found: Conditions, table: EventTable, wanted: EventFilter) -> None:
    if not wanted.event_types:
        return
    if table is API_CALLS:
        found.impossible = found.impossible or EVENT_TYPE not in wanted.event_types
        return
    names = [f"type{n}" for n in range(len(wanted.event_types))]
    found.parameters.update(zip(names, wanted.event_types, strict=True))
    found.clauses.append(f"{table.row}.event_type IN ({', '.join(':' + name for name in names)})")


def _add_texts(found: Conditions, table: EventTable, wanted: EventFilter) -> None:
    row = table.row
    if wanted.text:
        found.parameters["text"] = _pattern(wanted.text)
        shown = [_like(f"{row}.{column}", "text") for column in _SHOWN[table.letter]]
        found.clauses.append(_any([*shown, _KNOWN_USER.format(row=row, name="text")]))
    if wanted.username:
        found.parameters["username"] = _pattern(wanted.username)
        known = _KNOWN_USER.format(row=row, name="username")
        found.clauses.append(_any([_like(f"{row}.username", "username"), known]))
    if wanted.app:
        found.parameters["app"] = _pattern(wanted.app)
        columns = _APP_COLUMNS[table.letter]
        found.clauses.append(_any([_like(f"{row}.{column}", "app") for column in columns]))
    if wanted.source_ip:
        found.parameters["source_ip"] = _pattern(wanted.source_ip)
        found.clauses.append(_like(f"{row}.source_ip", "source_ip"))


def _add_call_texts(connection: sqlite3.Connection, found: Conditions, wanted: EventFilter) -> None:
    if wanted.text:
        found.parameters["text"] = _pattern(wanted.text)
        terms = "(SELECT id FROM term WHERE text LIKE :text ESCAPE '\\')"
        places = ("address_id", "family_id", "version_id", "resource_id", "entity_id")
        found.clauses.append(
            _any(
                [
                    "'ApiTotalUsage' LIKE :text ESCAPE '\\'",
                    f"call.caller_id IN ({_callers_like('text')})",
                    *(f"call.{place} IN {terms}" for place in places),
                    _like("call.status", "text"),
                    _like("call.request_id", "text"),
                    _like("call.resource_parts", "text"),
                ]
            )
        )
    if wanted.source_ip:
        found.parameters["source_ip"] = _pattern(wanted.source_ip)
        found.clauses.append(
            "call.address_id IN (SELECT id FROM term WHERE text LIKE :source_ip ESCAPE '\\')"
        )
    if wanted.username or wanted.app:
        _add_callers(connection, found, wanted)


def _add_callers(connection: sqlite3.Connection, found: Conditions, wanted: EventFilter) -> None:
    parameters = {"username": _pattern(wanted.username), "app": _pattern(wanted.app)}
    by_user = _any(
        [_like("username", "username"), _KNOWN_USER.format(row="caller", name="username")]
    )
    by_app = _any([_like("app_name", "app"), _like("app_id", "app")])
    clauses = [by_user] * bool(wanted.username) + [by_app] * bool(wanted.app)
    chosen = f"SELECT id FROM caller WHERE {' AND '.join(clauses)}"  # noqa: S608
    rows = connection.execute(f"{chosen} LIMIT {MAX_CALLERS + 1}", parameters).fetchall()
    if len(rows) <= MAX_CALLERS:
        found.callers = [row[0] for row in rows]
        found.impossible = found.impossible or not rows
    else:
        found.parameters.update(parameters)
        found.clauses.append(f"call.caller_id IN ({chosen})")


def _callers_like(name: str) -> str:
    columns = ("app_id", "app_name", "client", "user_id", "username")
    matches = [_like(f"caller.{column}", name) for column in columns]
    known = _KNOWN_USER.format(row="caller", name=name)
    return f"SELECT id FROM caller WHERE {_any([*matches, known])}"  # noqa: S608


def _like(column: str, name: str) -> str:
    return f"{column} LIKE :{name} ESCAPE '\\'"


def _any(clauses: list[str]) -> str:
    return f"({' OR '.join(clauses)})"


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
