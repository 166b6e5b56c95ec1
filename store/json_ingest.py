"""Takes logs and events in JSON into the store.

Understood are one JSON value or one a line; of a list each element; of a query reply its records:

- a row of an event log, keyed by the CSV's column names;
- a streamed message, ``{"channel": …, "data": {"payload": …, "event": …}}``;
- a record of a real-time event's big object, as SOQL returns it;
- a record of the setup audit trail, as SOQL or an export with snake-case keys names it.
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from store.event_payload import event_of_message, event_of_payload
from store.json_shapes import JsonObject, ObjectKind, kind_of, objects_of, row_of, soql_type
from store.log_files import disk_file
from store.log_ingest import Content, ingest_rows
from store.log_sink import LogSink
from store.records import IngestResult, StreamEvent
from store.stream_events import record_events


def ingest_json(connection: sqlite3.Connection, name: str, text: str) -> IngestResult:
    """Store what ``text``, the content of the file ``name``, holds.

    Raises `store.errors.UnreadableLog` when any of it is no log and no event, and
    `store.errors.LogOfAnotherOrg` when its rows name another org; nothing is stored then.
    """
    objects = [(kind_of(name, found), found) for found in objects_of(name, text)]
    rows = [
        row_of(kind, found)
        for kind, found in objects
        if kind in (ObjectKind.LOG_ROW, ObjectKind.AUDIT)
    ]
    of_rows = _ingest_rows(connection, name, text, rows) if rows else None
    streamed = [_message(found) for kind, found in objects if kind is ObjectKind.MESSAGE]
    queried = [_record(name, found) for kind, found in objects if kind is ObjectKind.RECORD]
    if of_rows is not None and not streamed and not queried:
        return of_rows
    new = record_events(connection, streamed, [])
    new += record_events(connection, queried, [], source="query")
    return _with_events(name, of_rows, streamed + queried, new)


def _ingest_rows(
    connection: sqlite3.Connection, name: str, text: str, rows: Sequence[dict[str, str]]
) -> IngestResult:
    content = text.encode("utf-8", "surrogatepass")
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(tuple(row), []).append(place)

    def fill(sink: LogSink) -> Content:
        for names, places in groups.items():
            lines = [place + 1 for place in places]
            sink.add(names, lines, [list(rows[place].values()) for place in places])
        return Content(columns, hashlib.sha256(content).hexdigest(), len(content))

    return ingest_rows(connection, disk_file(name), fill)


def _message(found: JsonObject) -> StreamEvent:
    channel = found.get("channel")
    data = found["data"]
    return event_of_message(
        channel if isinstance(channel, str) else "",
        data if isinstance(data, dict) else {},
        received_at=None,
    )


def _record(name: str, found: JsonObject) -> StreamEvent:
    return event_of_payload(
        found,
        channel="",
        event_type=soql_type(name, found),
        replay_id=None,
        event_uuid=None,
        received_at=None,
        payload_json=json.dumps(found, ensure_ascii=False),
    )


def _with_events(
    name: str, of_rows: IngestResult | None, events: Sequence[StreamEvent], new: int
) -> IngestResult:
    """The outcome of a file with events, and perhaps with rows as well."""
    common = Counter(event.event_type for event in events).most_common(1)[0][0]
    times = [event.occurred_at for event in events]
    result = IngestResult(
        file=replace(disk_file(name), event_type=common),
        outcome="stored" if new else "already_stored",
        rows=new or len(events),
        malformed_rows=sum(event.malformed for event in events),
        first_at=min(times),
        last_at=max(times),
    )
    if of_rows is None:
        return result
    return replace(
        of_rows,
        outcome="stored" if "stored" in (of_rows.outcome, result.outcome) else of_rows.outcome,
        rows=of_rows.rows + result.rows,
        malformed_rows=of_rows.malformed_rows + result.malformed_rows,
    )
