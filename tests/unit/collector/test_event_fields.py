"""Every monitoring event becomes a record; nothing an org sends can break that."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.collector.event_fields import event_type, stream_event
from console.streaming.envelope import decode_reply
from console.streaming.types import ReceivedEvent
from store import stream_events
from store.writer import open_writer

NOW = datetime(2026, 3, 2, 9, 14, 10, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["EventDate", "UserId", "Username", "SourceIp", "ApiVersion", "RowsProcessed", "Status"]
)

API_PAYLOAD = {
    "EventDate": "2026-03-02T09:14:07.412Z",
    "UserId": "005Hs00000BAlWSIA1",
    "Username": "svc.orders@acme.example",
    "LoginKey": "35wFTPL4jVZ0ne73",
    "SessionKey": "vMASKIU6AxEr+Op5",
    "SourceIp": "203.0.113.20",
    "ApiType": "REST",
    "ApiVersion": 62.0,
    "Application": "N/A",
    "Client": None,
    "ConnectedAppId": "0H4Hs0000008QxKAU",
    "Platform": "Unknown",
    "UserAgent": "python-requests/2.31.0",
    "Operation": "Query",
    "QueriedEntities": "Order",
    "RowsProcessed": 2.0,
    "RequestIdentifier": "TID:14947895860000f0cf",
}
LOGIN_PAYLOAD = {
    "EventDate": "2026-03-02T09:14:02.000Z",
    "UserId": "005Hs00000BAlWSIA1",
    "Username": "svc.orders@acme.example",
    "LoginType": "Remote Access 2.0",
    "Application": "Order Sync",
    "ApiType": "N/A",
    "ApiVersion": "N/A",
    "Status": "Success",
    "SourceIp": "203.0.113.20",
    "LoginKey": "35wFTPL4jVZ0ne73",
    "SessionKey": None,
}


def received(payload, channel="/event/ApiEventStream", replay_id="7711245"):
    return ReceivedEvent(channel, replay_id, "8d3a3c3e", payload, json.dumps(payload), NOW)


def test_a_documented_api_event():
    event = stream_event(received(API_PAYLOAD))
    assert not event.malformed
    assert event.event_type == "ApiEventStream"
    assert event.occurred_at == datetime(2026, 3, 2, 9, 14, 7, 412_000, tzinfo=UTC)
    assert event.app_id == "0H4Hs0000008QxKAU"
    assert event.app_name is None
    assert event.client is None
    assert (event.api_type, event.api_version) == ("REST", "62.0")
    assert (event.operation, event.entities, event.rows) == ("Query", "Order", 2)
    assert event.user_agent == "python-requests/2.31.0"
    assert event.request_id == "TID:14947895860000f0cf"
    assert (event.login_key, event.session_key) == ("35wFTPL4jVZ0ne73", "vMASKIU6AxEr+Op5")
    assert (event.replay_id, event.event_uuid) == ("7711245", "8d3a3c3e")
    assert json.loads(event.payload_json) == API_PAYLOAD


def test_a_documented_login_event():
    event = stream_event(received(LOGIN_PAYLOAD, "/event/LoginEventStream"))
    assert not event.malformed
    assert (event.app_name, event.status) == ("Order Sync", "Success")
    assert event.operation == "Remote Access 2.0"
    assert (event.api_type, event.api_version, event.session_key) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ApiVersion": 9998.0}, {"api_version": None}),
        ({"ApiVersion": "42.0"}, {"api_version": "42.0"}),
        ({"RowsProcessed": -1.0}, {"rows": None}),
        ({"RowsProcessed": "20680"}, {"rows": 20680}),
        (
            {"EventDate": 1772442847412},
            {"occurred_at": datetime(2026, 3, 2, 9, 14, 7, 412000, UTC)},
        ),
        ({"EventDate": "2026-03-02T09:14:07.412+0000"}, {"username": "svc.orders@acme.example"}),
        ({"Operation": None, "FileAction": "DOWNLOAD"}, {"operation": "DOWNLOAD"}),
        ({"SourceIp": None, "CurrentIp": "198.51.100.9"}, {"source_ip": "198.51.100.9"}),
    ],
)
def test_documented_peculiarities_are_not_malformed(fields, expected):
    event = stream_event(received(API_PAYLOAD | fields))
    assert not event.malformed
    for name, value in expected.items():
        assert getattr(event, name) == value


@pytest.mark.parametrize(
    "fields",
    [
        {"EventDate": None},
        {"EventDate": "yesterday"},
        {"EventDate": "2026-03-02T09:14:07"},
        {"EventDate": True},
        {"EventDate": 10**30},
        {"EventDate": (NOW + timedelta(days=30)).isoformat()},
        {"EventDate": "1901-01-01T00:00:00Z"},
        {"Username": 7},
        {"UserId": ["005"]},
        {"RowsProcessed": "many"},
        {"RowsProcessed": float("inf")},
        {"ApiVersion": float("nan")},
    ],
)
def test_what_cannot_be_read_is_marked_and_the_rest_is_kept(fields):
    event = stream_event(received(API_PAYLOAD | fields))
    assert event.malformed
    assert event.request_id == "TID:14947895860000f0cf"
    if "EventDate" in fields:
        assert event.occurred_at == NOW


def test_an_empty_payload_is_malformed():
    event = stream_event(received({}))
    assert event.malformed
    assert event.occurred_at == NOW


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("/event/LoginEventStream", "LoginEventStream"),
        ("/event/X__chn", "X__chn"),
        ("", "unknown"),
        ("/", "unknown"),
    ],
)
def test_event_types(channel, name):
    assert event_type(channel) == name


@settings(deadline=None, max_examples=60)
@given(
    payload=st.dictionaries(NAMES | st.text(max_size=5), JSON, max_size=6),
    channel=st.text(max_size=8),
    identity=st.none() | st.text(max_size=5),
)
def test_any_event_can_be_stored(tmp_path_factory, payload, channel, identity):
    event = stream_event(ReceivedEvent(channel, identity, identity, payload, "{}", NOW))
    with open_writer(tmp_path_factory.mktemp("any") / "org.db", commit_interval_s=0.0) as writer:
        write = writer.submit(lambda c: stream_events.record_events(c, [event], []))
        assert write.result(timeout=10) == 1


def sample_envelopes():
    return sorted(SAMPLES.glob("appomni-rtem-*.json")) if SAMPLES.is_dir() else []


@pytest.mark.skipif(
    not sample_envelopes(), reason="the public samples are not beside this checkout"
)
def test_public_samples_are_read_without_complaint():
    for path in sample_envelopes():
        body = b"[" + path.read_bytes() + b"]"
        (delivered,) = decode_reply(body, NOW).events
        event = stream_event(delivered)
        payload = json.loads(path.read_text())["data"]["payload"]
        assert not event.malformed, path.name
        assert event.username == payload["Username"]
        assert event.source_ip == payload["SourceIp"]
        assert event.status == payload.get("Status")
        assert event.occurred_at.tzinfo is UTC
        assert event.replay_id is None
