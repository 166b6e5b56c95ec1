"""Events from streaming channels, and up to where each channel has been stored."""

import hashlib
import sqlite3
from collections.abc import Sequence

from store.log_values import storable
from store.moments import from_ms, to_ms
from store.records import ReplayPosition, StreamEvent
from store.sequence import reserve_ids

_INSERT = (
    "INSERT INTO stream_event (id, natural_key, source, channel, replay_id, event_uuid, event_type,"
    " occurred_ms, received_ms, user_id, username, source_ip, app_id, app_name, client, user_agent,"
    " api_type, api_version, operation, entities, row_count, status, login_key, session_key,"
    " request_id, malformed, problem, payload)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (natural_key) DO NOTHING"
)
_LOGIN_TYPES = frozenset({"LoginEventStream", "LoginEvent"})
_INTEGER_LIMIT = 2**63


def record_events(
    connection: sqlite3.Connection,
    events: Sequence[StreamEvent],
    positions: Sequence[ReplayPosition],
    source: str = "stream",
) -> int:
    """Store ``events`` and, in the same write, move the channels' ``positions``.

    An event that is there already (the same UUID, else the same channel and replay id, else the
    same content) is left alone. Returns how many were new. ``source`` is ``query`` for records
    that were read by SOQL.
    """
    first_id = reserve_ids(connection, len(events))
    before = connection.total_changes
    connection.executemany(
        _INSERT, (_row(first_id + n, event, source) for n, event in enumerate(events))
    )
    new = connection.total_changes - before
    connection.executemany(
        "INSERT OR REPLACE INTO replay_position (channel, replay_id, stored_ms) VALUES (?, ?, ?)",
        ((p.channel, p.replay_id, to_ms(p.stored_at)) for p in positions),
    )
    return new


def replay_positions(connection: sqlite3.Connection) -> dict[str, ReplayPosition]:
    """The stored position of every channel, by channel."""
    rows = connection.execute("SELECT channel, replay_id, stored_ms FROM replay_position")
    return {channel: ReplayPosition(channel, rid, from_ms(ms)) for channel, rid, ms in rows}


def _row(event_id: int, event: StreamEvent, source: str) -> tuple[object, ...]:
    rows = event.rows
    values = (
        event_id,
        _natural_key(event),
        source,
        event.channel or None,
        event.replay_id,
        event.event_uuid,
        event.event_type,
        to_ms(event.occurred_at),
        to_ms(event.received_at),
        event.user_id,
        event.username,
        event.source_ip,
        event.app_id,
        event.app_name,
        event.client,
        event.user_agent,
        event.api_type,
        event.api_version,
        event.operation,
        event.entities,
        rows if rows is None or -_INTEGER_LIMIT <= rows < _INTEGER_LIMIT else None,
        event.status,
        event.login_key,
        event.session_key,
        event.request_id,
        event.malformed,
        _is_problem(event),
        event.payload_json,
    )
    return tuple(storable(value) if isinstance(value, str) else value for value in values)


def _natural_key(event: StreamEvent) -> str:
    if event.event_uuid:
        return f"uuid {event.event_uuid}"
    if event.replay_id:
        return f"replay {event.channel} {event.replay_id}"
    content = f"{event.channel}\n{event.event_type}\n{event.payload_json}"
    return "content " + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _is_problem(event: StreamEvent) -> bool:
    """A login that did not succeed (LoginEvent.Status: "Success" or the reason why not)."""
    return event.event_type in _LOGIN_TYPES and event.status not in (None, "Success")
