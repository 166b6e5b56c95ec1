"""Which event channels the org streams, as its own settings say."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.errors import OrgRefused
from console.salesforce.rest import RestClient
from console.salesforce.values import child_of, flag_of, text_of

FREE_STREAMS = frozenset({"LogoutEventStream"})
"""Streamed to every org without a licence or a permission (platform events guide)."""

_SETTINGS = "SELECT Metadata FROM RealTimeEventSettings"


@dataclass(frozen=True, slots=True)
class StreamsOffered:
    """What RealTimeEventSettings says of each event, or why it cannot be read."""

    switched_on: Mapping[str, bool]
    """By entity name; streams and stores have separate entries."""
    why_unknown: str = ""


async def read_streams_offered(client: RestClient, purpose: str) -> StreamsOffered:
    """One Tooling query of RealTimeEventSettings (metadata API guide, RealTimeEventSettings)."""
    try:
        rows = await client.query(_SETTINGS, purpose=purpose, tooling=True)
    except OrgRefused as refused:
        if refused.retryable:
            raise
        return StreamsOffered({}, f"the event settings could not be read: {refused.title}")
    entries = child_of(rows[0], "Metadata").get("realTimeEvents") if rows else None
    if not isinstance(entries, list):
        return StreamsOffered({}, "the org shows no event settings")
    switched_on = {
        name: enabled
        for entry in entries
        if isinstance(entry, dict)
        and (name := text_of(entry, "entityName")) is not None
        and (enabled := flag_of(entry, "isEnabled")) is not None
    }
    return StreamsOffered(switched_on)


def stream_of(channel: str) -> str:
    """``LoginEventStream`` of ``/event/LoginEventStream``."""
    return channel.rsplit("/", 1)[-1]


def is_monitoring(channel: str) -> bool:
    """Whether it is a standard event's channel, and no custom event's, change event's or topic's.

    (Platform events guide: custom events end in ``__e``, custom channels in ``__chn``.)
    """
    return channel.startswith("/event/") and not channel.endswith(("__e", "__chn"))
