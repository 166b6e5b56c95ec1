"""The fields of every monitoring event that a screen shows: pure, tolerant, never raises.

Field names are those of the Platform Events Developer Guide for the Real-Time Event Monitoring
events; one name means the same in each of them, so one table serves all. What cannot be read is
None and marks the event as malformed; the whole message is kept beside it.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from console.streaming.types import ReceivedEvent
from store.records import StreamEvent

_LONGEST_TEXT = 2_000
"""Characters kept of one field; the documented lengths are below it."""
_AHEAD = timedelta(days=1)
"""An event dated later than this after its receipt is not believed."""
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_UNKNOWN = frozenset({"", "n/a", "unknown"})
"""What Salesforce writes where it knows nothing."""
_LONGEST_UNKNOWN = max(map(len, _UNKNOWN))
_UNKNOWN_VERSION = "9998.0"
_MOST_ROWS = 2**63 - 1

_OPERATIONS = ("Operation", "ActionName", "FileAction", "LoginType")
_ENTITIES = ("QueriedEntities", "RequestedEntities")
_STATUSES = ("Status", "OperationStatus")
_REQUESTS = ("RequestIdentifier", "RequestId")
_AGENTS = ("UserAgent", "CurrentUserAgent")
_ADDRESSES = ("SourceIp", "CurrentIp")


def stream_event(received: ReceivedEvent) -> StreamEvent:
    """The store's record of a delivered event."""
    fields = _Fields(received.payload)
    occurred_at = fields.moment("EventDate", received.received_at)
    return StreamEvent(
        channel=_clean(received.channel),
        replay_id=_clean_or_none(received.replay_id),
        event_uuid=_clean_or_none(received.event_uuid),
        event_type=event_type(received.channel),
        occurred_at=occurred_at,
        received_at=received.received_at,
        payload_json=_encodable(received.raw_json),
        user_id=fields.text("UserId"),
        username=fields.text("Username"),
        source_ip=fields.text(*_ADDRESSES),
        app_id=fields.text("ConnectedAppId"),
        app_name=fields.text("Application", "AppName"),
        client=fields.text("Client"),
        user_agent=fields.text(*_AGENTS),
        api_type=fields.text("ApiType"),
        api_version=fields.version("ApiVersion"),
        operation=fields.text(*_OPERATIONS),
        entities=fields.text(*_ENTITIES),
        rows=fields.rows("RowsProcessed"),
        status=fields.text(*_STATUSES),
        login_key=fields.text("LoginKey"),
        session_key=fields.text("SessionKey"),
        request_id=fields.text(*_REQUESTS),
        malformed=fields.malformed,
    )


def event_type(channel: str) -> str:
    """``/event/LoginEventStream`` is ``LoginEventStream``."""
    return _clean(channel.rstrip("/").rpartition("/")[2]) or "unknown"


class _Fields:
    """Reads one payload and remembers whether anything in it was not as documented."""

    def __init__(self, payload: Mapping[str, object]) -> None:
        self._payload = payload
        self.malformed = not payload

    def text(self, *names: str) -> str | None:
        """The first of these fields that says something."""
        for name in names:
            value = self._payload.get(name)
            if value is None:
                continue
            if not isinstance(value, str):
                self.malformed = True
                continue
            text = _clean(value).strip()
            if len(text) > _LONGEST_UNKNOWN or text.lower() not in _UNKNOWN:
                return text
        return None

    def version(self, name: str) -> str | None:
        """An API version: a number in API events, text in login events."""
        value = self._payload.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not math.isfinite(value):
                self.malformed = True
                return None
            version = f"{value:.1f}"
            return None if version == _UNKNOWN_VERSION else version
        text = self.text(name)
        return None if text == _UNKNOWN_VERSION else text

    def rows(self, name: str) -> int | None:
        """A number of rows; -1 stands for "more than one batch", which is not a number."""
        value = self._payload.get(name)
        if value is None:
            return None
        number = _number(value)
        if number is None or abs(number) > _MOST_ROWS:
            self.malformed = True
            return None
        return int(number) if number >= 0 else None

    def moment(self, name: str, otherwise: datetime) -> datetime:
        """When it happened; ``otherwise`` where the event does not say so believably."""
        moment = _moment(self._payload.get(name))
        if moment is None or not _OLDEST <= moment <= otherwise + _AHEAD:
            self.malformed = True
            return otherwise
        return moment


def _moment(value: object) -> datetime | None:
    """An ISO time with an offset, or milliseconds since 1970 as in the Avro form of events."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo is not None else None
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _clean(text: str) -> str:
    if text.isascii() and len(text) <= _LONGEST_TEXT:
        return text
    return _encodable(text)[:_LONGEST_TEXT]


def _clean_or_none(text: str | None) -> str | None:
    return _clean(text) if text else None


def _encodable(text: str) -> str:
    """``text`` without lone surrogates, which no database and no terminal can take."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
