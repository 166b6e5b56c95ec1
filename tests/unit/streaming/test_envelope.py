"""Replies taken apart: nothing of a good event is lost, nothing odd spoils the others."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.streaming.envelope import UnreadableReply, decode_reply

NOW = datetime(2026, 3, 2, 9, 14, 7, tzinfo=UTC)
CHANNEL = "/event/LoginEventStream"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)


def test_a_documented_event():
    data = {
        "schema": "VEb7_SnuXFTJ7g1PLe_aYw",
        "payload": {"UserId": "005", "Score": 0.5, "X": None},
        "event": {"EventUuid": "59ebff93", "replayId": 7711181},
    }
    body = json.dumps(
        [{"channel": CHANNEL, "data": data}, {"channel": "/meta/connect", "successful": True}]
    )
    reply = decode_reply(body.encode(), NOW)
    (event,) = reply.events
    assert (event.channel, event.replay_id, event.event_uuid) == (CHANNEL, "7711181", "59ebff93")
    assert event.payload == data["payload"]
    assert json.loads(event.raw_json) == data
    assert event.received_at == NOW
    assert reply.metas == [{"channel": "/meta/connect", "successful": True}]


@pytest.mark.parametrize(
    ("info", "replay_id", "uuid"),
    [
        ({"replayId": "abc"}, "abc", None),
        ({"replayId": ""}, None, None),
        ({"replayId": None, "EventUuid": ""}, None, None),
        ({"replayId": True}, None, None),
        ({"replayId": 2**80}, str(2**80), None),
        ({"replayId": 5, "EventUuid": 7}, "5", None),
        ({"replayId": 1.5}, None, None),
        (7, None, None),
        (None, None, None),
    ],
)
def test_odd_identities(info, replay_id, uuid):
    body = json.dumps([{"channel": CHANNEL, "data": {"payload": {"a": 1}, "event": info}}])
    (event,) = decode_reply(body.encode(), NOW).events
    assert (event.replay_id, event.event_uuid) == (replay_id, uuid)
    assert event.payload == {"a": 1}


def test_one_odd_event_does_not_spoil_the_others():
    good = {"channel": CHANNEL, "data": {"payload": {"a": 1}, "event": {"replayId": 1}}}
    odd = [{"channel": CHANNEL, "data": 7}, {"channel": 5, "data": {}}, "text", {"data": {}}]
    reply = decode_reply(json.dumps([good, *odd, good]).encode(), NOW)
    assert [event.payload for event in reply.events] == [{"a": 1}, {}, {"a": 1}]


def test_a_lone_surrogate_and_bad_utf8_are_survived():
    escaped = b'[{"channel":"/event/X","data":{"payload":{"a":"\\ud800"},"event":{"replayId":3}}}]'
    (event,) = decode_reply(escaped, NOW).events
    assert event.replay_id == "3"
    assert event.raw_json.encode()
    broken = b'[{"channel":"/event/X","data":{"payload":{"a":"\xff"},"event":{"replayId":4}}}]'
    (event,) = decode_reply(broken, NOW).events
    assert (event.replay_id, event.payload) == ("4", {"a": "�"})


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"7", b"null", b'["x"]', b'[{"errorCode":"INVALID_SESSION_ID"}]']
)
def test_what_is_not_bayeux_is_refused(body):
    with pytest.raises(UnreadableReply):
        decode_reply(body, NOW)


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["channel", "data", "id"]), JSON, max_size=3), max_size=4
    )
)
def test_any_json_is_taken_apart_or_refused(messages):
    body = json.dumps(messages).encode()
    try:
        reply = decode_reply(body, NOW)
    except UnreadableReply:
        return
    assert len(reply.events) + len(reply.metas) <= len(messages)


@settings(deadline=None)
@given(JSON)
def test_any_data_keeps_its_text(data):
    body = json.dumps([{"channel": "/event/X", "data": data}]).encode()
    (event,) = decode_reply(body, NOW).events
    assert json.loads(event.raw_json) == data
