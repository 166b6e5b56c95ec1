"""A real-time event's payload read as a `store.records.StreamEvent`, as far as it can be read.

Fields and their types: salesforce-event-monitoring facts, sections 1.5 and 2.3 to 2.6. The same
names serve for streamed messages and for records of the big objects that SOQL returns. Nothing
here raises: a field of the wrong type is not known, and an event without a date is malformed.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from store.log_time import iso_ms
from store.log_values import known_version
from store.moments import from_ms
from store.records import StreamEvent

_NOT_KNOWN = frozenset({"", "N/A", "Unknown"})


def event_of_message(
    channel: str, data: Mapping[str, object], received_at: datetime | None
) -> StreamEvent:
    """The event of one streamed message: ``data`` has ``payload`` and ``event`` (section 1.5).

    ``received_at`` stands in for a missing EventDate; None takes the start of 1970.
    """
    payload = _mapping(data.get("payload"))
    envelope = _mapping(data.get("event"))
    return event_of_payload(
        payload,
        channel=channel,
        event_type=channel.rsplit("/", 1)[-1] or "Unknown",
        replay_id=_text(envelope.get("replayId")),
        event_uuid=_text(envelope.get("EventUuid")),
        received_at=received_at,
        payload_json=json.dumps(data, ensure_ascii=False),
    )


def event_of_payload(
    payload: Mapping[str, object],
    *,
    channel: str,
    event_type: str,
    replay_id: str | None,
    event_uuid: str | None,
    received_at: datetime | None,
    payload_json: str,
) -> StreamEvent:
    """The event of bare fields, as a payload or a record of SOQL holds them."""
    occurred_ms = iso_ms(_text(payload.get("EventDate")) or "")
    created_ms = iso_ms(_text(payload.get("CreatedDate")) or "")
    seen_at = received_at or from_ms(created_ms if created_ms is not None else occurred_ms or 0)
    return StreamEvent(
        channel=channel,
        replay_id=replay_id,
        event_uuid=event_uuid,
        event_type=event_type,
        occurred_at=seen_at if occurred_ms is None else from_ms(occurred_ms),
        received_at=seen_at,
        payload_json=payload_json,
        user_id=_text(payload.get("UserId")),
        username=_text(payload.get("Username")),
        source_ip=_text(payload.get("SourceIp")) or _text(payload.get("CurrentIp")),
        app_id=_text(payload.get("ConnectedAppId")),
        app_name=_named(payload.get("Application")),
        client=_named(payload.get("Client")),
        user_agent=_text(payload.get("UserAgent")) or _named(payload.get("Browser")),
        api_type=_named(payload.get("ApiType")),
        api_version=known_version(_named(payload.get("ApiVersion"))),
        operation=_text(payload.get("Operation")) or _text(payload.get("LoginType")),
        entities=_text(payload.get("QueriedEntities")),
        rows=_rows(payload.get("RowsProcessed")),
        status=_text(payload.get("Status")) or _text(payload.get("OperationStatus")),
        login_key=_text(payload.get("LoginKey")),
        session_key=_text(payload.get("SessionKey")),
        request_id=_text(payload.get("RequestIdentifier")),
        malformed=occurred_ms is None,
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value)


def _named(value: object) -> str | None:
    text = _text(value)
    return None if text is None or text in _NOT_KNOWN else text


def _rows(value: object) -> int | None:
    """RowsProcessed; -1 is a big object over one batch, whose rows nobody counted (2.4)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value != value or not 0 <= value < 2**53:
        return None
    return int(value)
