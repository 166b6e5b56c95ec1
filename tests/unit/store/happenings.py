"""Streamed events built from plain values."""

import json
from datetime import datetime

from store.records import StreamEvent


def streamed(
    number: int,
    at: datetime,
    *,
    channel: str = "/event/LoginEventStream",
    username: str | None = "svc.erp@acme.example",
    status: str | None = "Success",
    event_uuid: str | None = "",
    replay_id: str | None = "",
    source_ip: str | None = "203.0.113.20",
    app_name: str | None = None,
    user_id: str | None = None,
) -> StreamEvent:
    """An event of ``channel``; by default its UUID and replay id are made of ``number``."""
    return StreamEvent(
        channel=channel,
        replay_id=str(1000 + number) if replay_id == "" else replay_id,
        event_uuid=f"uuid-{number}" if event_uuid == "" else event_uuid,
        event_type=channel.rsplit("/", 1)[-1],
        occurred_at=at,
        received_at=at,
        payload_json=json.dumps({"payload": {"Username": username, "number": number}}),
        user_id=user_id,
        username=username,
        source_ip=source_ip,
        app_name=app_name,
        status=status,
    )
