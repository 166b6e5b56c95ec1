import gzip
import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.console_state import record_identity
from store.disk_ingest import ingest_file
from store.errors import LogOfAnotherOrg, UnreadableLog
from store.events import newest, raw
from store.records import EventFilter, IngestResult, OrgIdentity, StoredEvent
from store.usage import usage
from tests.unit.store.elf import DAY, Call
from tests.unit.store.fresh import fresh_store

LATE = datetime(2027, 1, 1, tzinfo=UTC)
NINE = DAY + timedelta(hours=9)
MESSAGE = {
    "channel": "/event/ApiEventStream",
    "data": {
        "schema": "h7Tq0mWgkEw2c9bq1dKxYA",
        "payload": {
            "EventDate": "2026-03-02T09:14:07.412Z",
            "EventIdentifier": "3f6f6a1e-5f0c-4a39-9a53-0d1f0c6a9b11",
            "UserId": "005Hs00000BAlWSIA1",
            "Username": "svc.orders@acme.example",
            "SourceIp": "203.0.113.20",
            "ApiType": "REST",
            "ApiVersion": 62.0,
            "Application": "N/A",
            "Client": None,
            "ConnectedAppId": "0H4Hs0000008QxKAU",
            "UserAgent": "python-requests/2.31.0",
            "Operation": "Query",
            "QueriedEntities": "Order",
            "RowsProcessed": 2.0,
            "RequestIdentifier": "TID:14947895860000f0cf",
        },
        "event": {"EventUuid": "8d3a3c3e-8d2a-4e0e-9f65-2d3c5f5e5a10", "replayId": 7711245},
    },
}


def take(connection: sqlite3.Connection, value: object, name: str = "some.json") -> IngestResult:
    text = value if isinstance(value, str) else json.dumps(value)
    return ingest_file(connection, name, io.BytesIO(text.encode()))


def everything(connection: sqlite3.Connection) -> tuple[StoredEvent, ...]:
    return newest(connection, EventFilter(), LATE)


def test_a_streamed_message_becomes_a_stream_event(connection: sqlite3.Connection) -> None:
    result = take(connection, MESSAGE)

    (event,) = everything(connection)
    assert (result.outcome, result.rows, result.file.event_type) == ("stored", 1, "ApiEventStream")
    assert (event.source, event.channel) == ("stream", "/event/ApiEventStream")
    assert event.occurred_at == datetime(2026, 3, 2, 9, 14, 7, 412_000, tzinfo=UTC)
    assert (event.replay_id, event.event_uuid) == (
        "7711245",
        "8d3a3c3e-8d2a-4e0e-9f65-2d3c5f5e5a10",
    )
    assert (event.app_id, event.app_name, event.client) == ("0H4Hs0000008QxKAU", None, None)
    assert (event.rows, event.operation, event.entities) == (2, "Query", "Order")
    assert (event.api_version, event.user_agent) == ("62.0", "python-requests/2.31.0")
    stored = raw(connection, event.key)
    assert stored is not None
    assert json.loads(stored[1]) == MESSAGE["data"]


def test_a_message_that_comes_twice_is_stored_once(connection: sqlite3.Connection) -> None:
    take(connection, MESSAGE)

    assert take(connection, [MESSAGE]).outcome == "already_stored"
    assert len(everything(connection)) == 1


def test_log_rows_as_objects_count_like_csv(connection: sqlite3.Connection) -> None:
    rows = [Call(NINE, number=n).fields() for n in range(3)]

    assert take(connection, rows).rows == 3
    assert take(connection, rows, "copy.json").outcome == "already_stored"
    assert sum(row.calls for row in usage(connection, DAY, LATE)) == 3


def test_one_object_a_line_is_a_list(connection: sqlite3.Connection) -> None:
    lines = "\n".join(json.dumps(Call(NINE, number=n).fields()) for n in range(3))

    assert take(connection, lines + "\n").rows == 3


def test_compressed_json_is_json(connection: sqlite3.Connection) -> None:
    body = gzip.compress(json.dumps(MESSAGE).encode())

    assert ingest_file(connection, "x.gz", io.BytesIO(body)).outcome == "stored"


def test_a_query_reply_is_its_records(connection: sqlite3.Connection) -> None:
    record = {
        "attributes": {"type": "LoginEvent"},
        "EventDate": "2026-03-02T09:00:00.000+0000",
        "EventIdentifier": "61638127-d4b3-4258-97fb-1c7fc25c0860",
        "Status": "Invalid password",
        "Username": "a@acme.example",
        "Application": "Order Sync",
    }

    take(connection, {"totalSize": 1, "done": True, "records": [record]})

    (event,) = newest(connection, EventFilter(problems_only=True), LATE)
    assert (event.source, event.channel, event.event_type) == ("query", None, "LoginEvent")
    assert (event.app_name, event.status) == ("Order Sync", "Invalid password")
    assert newest(connection, EventFilter(sources=("query",)), LATE) == (event,)
    assert newest(connection, EventFilter(sources=("stream", "log")), LATE) == ()


def test_the_setup_audit_trail_by_the_names_of_the_api(connection: sqlite3.Connection) -> None:
    record = {
        "attributes": {"type": "SetupAuditTrail"},
        "Action": "insertConnectedApplication",
        "Display": "Created connected app",
        "Section": "Connected Apps",
        "CreatedDate": "2026-03-02T09:00:00.000+0000",
        "CreatedById": "005Hs00000CGsFSIA1",
        "CreatedBy": {"Username": "admin@acme.example"},
    }

    take(connection, [record])

    (event,) = everything(connection)
    assert (event.event_type, event.operation) == ("SetupAuditTrail", "insertConnectedApplication")
    assert (event.username, event.user_id) == ("admin@acme.example", "005Hs00000CGsFSIA1")
    assert event.occurred_at == NINE


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"DailyApiRequests": {"Max": 5, "Remaining": 4}}, "limits"),
        ([{"Id": "0AT1", "LogFile": "/x", "LogDate": "2026-03-02"}], "lists log files"),
        ([{"attributes": {"type": "EventLogFile"}, "Id": "0AT1"}], "lists log files"),
        ({"hello": "world"}, "neither a log row nor an event"),
        ({}, "neither a log row nor an event"),
        ([], "holds no objects"),
        ([1, 2], "holds no objects"),
        ("{broken", "begins as JSON"),
        ('{"a": 1}\n{broken', "begins as JSON"),
        ("[" * 100_000, "begins as JSON"),
    ],
)
def test_other_json_is_refused_with_the_reason(
    connection: sqlite3.Connection, value: object, says: str
) -> None:
    with pytest.raises(UnreadableLog) as caught:
        take(connection, value)

    assert says in caught.value.meaning
    assert everything(connection) == ()


def test_rows_of_another_org_are_refused(connection: sqlite3.Connection) -> None:
    record_identity(connection, OrgIdentity("acme", "00D99000000abcD", None, None, None, None))

    with pytest.raises(LogOfAnotherOrg):
        take(connection, [Call(NINE).fields()])


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(st.characters(codec=None), max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
field_names = st.sampled_from([*MESSAGE["data"]["payload"], "Status", "CreatedDate"])  # type: ignore[index]


@given(st.dictionaries(field_names, json_values), json_values)
@settings(max_examples=150, deadline=None)
def test_a_message_with_fields_of_any_type_is_kept(
    payload: dict[str, object], envelope: object
) -> None:
    message = {"channel": "/event/X", "data": {"payload": payload, "event": envelope}}
    with fresh_store() as connection:
        take(connection, message)

        (event,) = newest(connection, EventFilter(), datetime(9999, 1, 1, tzinfo=UTC))
        assert event.event_type == "X"
        assert raw(connection, event.key) is not None


@given(json_values)
@settings(max_examples=150, deadline=None)
def test_any_json_is_taken_in_or_refused_with_sentences(value: object) -> None:
    with fresh_store() as connection:
        try:
            take(connection, [value])
        except UnreadableLog as refused:
            assert refused.meaning
