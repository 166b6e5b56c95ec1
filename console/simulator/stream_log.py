"""Published events in the order of their replay ids, kept for 72 hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """One event message, ready for delivery."""

    channel: str
    """``/event/LoginEventStream``."""
    replay_id: int
    event_uuid: str
    schema: str
    """22 characters: the base64url MD5 of the event's schema."""
    payload: Mapping[str, object]
    """Every field, None for no value; date-times already as text ending in ``Z``."""
    published_at: datetime
