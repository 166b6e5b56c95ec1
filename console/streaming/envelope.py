"""One HTTP reply taken apart: protocol messages for the library, events for the sink.

The envelope is that of the Streaming API Developer Guide: a JSON array of messages, an event as
``{"channel", "data": {"schema", "payload", "event": {"EventUuid", "replayId"}}}``. Events are
decoded once and keep the org's own bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from console.streaming.types import ReceivedEvent

_META_PREFIX = "/meta/"


class UnreadableReply(ValueError):
    """The body is not a JSON array of Bayeux messages."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply's protocol messages, mutable as the library expects them, and its events."""

    metas: list[dict[str, Any]]
    events: list[ReceivedEvent]


class _Wire(msgspec.Struct):
    channel: str
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    id: Any = msgspec.UNSET
    successful: Any = msgspec.UNSET
    clientId: Any = msgspec.UNSET  # noqa: N815
    subscription: Any = msgspec.UNSET
    supportedConnectionTypes: Any = msgspec.UNSET  # noqa: N815
    error: Any = msgspec.UNSET
    advice: Any = msgspec.UNSET
    ext: Any = msgspec.UNSET


class _EventInfo(msgspec.Struct):
    uuid: str | None = msgspec.field(name="EventUuid", default=None)
    replay_id: int | str | None = msgspec.field(name="replayId", default=None)


class _EventData(msgspec.Struct):
    payload: dict[str, Any] | None = None
    event: _EventInfo | None = None


_REPLY = msgspec.json.Decoder(list[_Wire])
_DATA = msgspec.json.Decoder(_EventData)
_META_FIELDS = tuple(name for name in _Wire.__struct_fields__ if name != "data")


def decode_reply(body: bytes, received_at: datetime) -> Reply:
    """The messages in ``body``.

    One odd event never spoils the others: what cannot be read of it is left empty. Raises
    `UnreadableReply` when the whole is not a list of messages.
    """
    try:
        wires = _REPLY.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_generically(body, received_at)
    reply = Reply([], [])
    for wire in wires:
        if wire.channel.startswith(_META_PREFIX):
            reply.metas.append(_meta_of(wire))
        elif isinstance(wire.data, msgspec.Raw):
            reply.events.append(_event_of(wire.channel, bytes(wire.data), received_at))
    return reply


def _event_of(channel: str, raw: bytes, received_at: datetime) -> ReceivedEvent:
    text = raw.decode("utf-8", errors="replace")
    try:
        data = _DATA.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _odd_event(channel, text, _loads(text), received_at)
    info = data.event
    return ReceivedEvent(
        channel=channel,
        replay_id=None if info is None else _replay_text(info.replay_id),
        event_uuid=None if info is None else info.uuid or None,
        payload=data.payload or {},
        raw_json=text,
        received_at=received_at,
    )


def _odd_event(channel: str, text: str, data: object, received_at: datetime) -> ReceivedEvent:
    payload = data.get("payload") if isinstance(data, Mapping) else None
    info = data.get("event") if isinstance(data, Mapping) else None
    uuid = info.get("EventUuid") if isinstance(info, Mapping) else None
    replay_id = info.get("replayId") if isinstance(info, Mapping) else None
    return ReceivedEvent(
        channel=channel,
        replay_id=_replay_text(replay_id),
        event_uuid=uuid if isinstance(uuid, str) and uuid else None,
        payload=payload if isinstance(payload, Mapping) else {},
        raw_json=text,
        received_at=received_at,
    )


def _decode_generically(body: bytes, received_at: datetime) -> Reply:
    messages = _loads(body.decode("utf-8", errors="replace"))
    if isinstance(messages, dict):
        messages = [messages]
    if not isinstance(messages, list):
        raise UnreadableReply("not a JSON array")
    reply = Reply([], [])
    for message in messages:
        channel = message.get("channel") if isinstance(message, dict) else None
        if not isinstance(channel, str):
            continue
        if channel.startswith(_META_PREFIX):
            reply.metas.append(message)
        elif "data" in message:
            data = message["data"]
            reply.events.append(_odd_event(channel, json.dumps(data), data, received_at))
    if messages and not reply.metas and not reply.events:
        raise UnreadableReply("no message in it names a channel")
    return reply


def _meta_of(wire: _Wire) -> dict[str, Any]:
    values = ((name, getattr(wire, name)) for name in _META_FIELDS)
    return {name: value for name, value in values if value is not msgspec.UNSET}


def _replay_text(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _loads(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
