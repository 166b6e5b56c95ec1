"""The three tables of things that happened, each as the columns of `store.records.StoredEvent`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from store.log_values import known_version
from store.moments import from_ms
from store.records import StoredEvent
from store.resources import joined_resource


@dataclass(frozen=True, slots=True)
class EventTable:
    """One table, and how its rows are shown.

    ``columns`` are those of a `StoredEvent` in its order, the key as a bare id, then what varies
    in an API resource. In ``columns``, ``joins`` and ``raw`` the chosen rows are called ``page``;
    in conditions that choose them they are called ``row``.
    """

    letter: str
    name: str
    row: str
    columns: str
    joins: str
    problem: str
    raw: str


STREAM_EVENTS: Final = EventTable(
    letter="s",
    name="stream_event",
    row="event",
    columns=(
        "page.id, page.source, page.channel, page.event_type, page.occurred_ms,"
        " page.user_id, page.username, page.source_ip, page.app_id, page.app_name,"
        " page.client, page.user_agent, page.api_type, page.api_version, page.operation,"
        " page.entities, page.row_count, page.status, page.login_key, page.session_key,"
        " page.request_id, page.event_uuid, page.replay_id, NULL"
    ),
    joins="",
    problem="event.problem = 1",
    raw="page.payload",
)

LOG_ROWS: Final = EventTable(
    letter="l",
    name="log_row",
    row="entry",
    columns=(
        "page.id, 'log', NULL, page.event_type, page.occurred_ms, page.user_id,"
        " page.username, page.source_ip, page.app_id, NULL, page.client, page.user_agent,"
        " page.api_type, page.api_version, page.operation, page.entities, page.row_count,"
        " page.status, page.login_key, page.session_key, page.request_id, NULL, NULL, NULL"
    ),
    joins="",
    problem="entry.problem = 1",
    raw="page.body",
)

API_CALLS: Final = EventTable(
    letter="a",
    name="api_call",
    row="call",
    columns=(
        "page.id, 'log', NULL, 'ApiTotalUsage', page.occurred_ms, caller.user_id,"
        " caller.username, address.text, caller.app_id, caller.app_name, caller.client, NULL,"
        " family.text, version.text, resource.text, entity.text, NULL, page.status, NULL, NULL,"
        " page.request_id, NULL, NULL, page.resource_parts"
    ),
    joins=(
        " JOIN caller ON caller.id = page.caller_id"
        " JOIN term AS address ON address.id = page.address_id"
        " JOIN term AS family ON family.id = page.family_id"
        " JOIN term AS version ON version.id = page.version_id"
        " JOIN term AS resource ON resource.id = page.resource_id"
        " JOIN term AS entity ON entity.id = page.entity_id"
    ),
    problem="call.status >= 400",
    raw="''",
)

TABLES: Final = (STREAM_EVENTS, LOG_ROWS, API_CALLS)


def event_of(table: EventTable, row: Sequence[object]) -> StoredEvent:
    """The event of a row with ``table.columns``."""
    row_id, source, channel, event_type, occurred_ms, *fields, parts = row
    texts = [None if value is None or value == "" else str(value) for value in fields]
    operation = texts[9]
    if operation is not None and parts is not None:
        operation = joined_resource(operation, str(parts))
    rows = fields[11]
    return StoredEvent(
        key=f"{table.letter}{row_id}",
        source=str(source),
        channel=None if channel is None else str(channel),
        event_type=str(event_type),
        occurred_at=from_ms(int(str(occurred_ms))),
        user_id=texts[0],
        username=texts[1],
        source_ip=texts[2],
        app_id=texts[3],
        app_name=texts[4],
        client=texts[5],
        user_agent=texts[6],
        api_type=texts[7],
        api_version=known_version(texts[8]),
        operation=operation,
        entities=texts[10],
        rows=None if rows is None else int(str(rows)),
        status=texts[12],
        login_key=texts[13],
        session_key=texts[14],
        request_id=texts[15],
        event_uuid=texts[16],
        replay_id=texts[17],
    )
