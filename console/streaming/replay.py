"""Says from where each channel continues, and asks the org for the replay extension.

``ext.replay`` on the handshake is what Salesforce's own connector sends; on a subscription it is
a map from that channel to its replay id (Streaming API Developer Guide, "Message Durability").
"""

from collections.abc import MutableMapping
from typing import Any

from aiocometd_ng.constants import MetaChannel
from aiocometd_ng.extensions import Extension


class ReplayExtension(Extension):
    """Puts replay ids on subscriptions; ``positions`` is shared with whoever moves them."""

    def __init__(self, positions: MutableMapping[str, str]) -> None:
        self.positions = positions

    async def outgoing(self, payload: list[dict[str, Any]], headers: dict[str, str]) -> None:
        """Adds ``ext.replay`` to handshakes and subscriptions."""
        for message in payload:
            if message["channel"] == MetaChannel.HANDSHAKE:
                message["ext"] = {"replay": True}
            elif message["channel"] == MetaChannel.SUBSCRIBE:
                channel = message["subscription"]
                if channel in self.positions:
                    replay_id = _on_the_wire(self.positions[channel])
                    message["ext"] = {"replay": {channel: replay_id}}

    async def incoming(
        self, payload: list[dict[str, Any]], headers: dict[str, str] | None = None
    ) -> None:
        """Nothing to do: positions move when events are safe, not when they arrive."""


def _on_the_wire(replay_id: str) -> int | str:
    digits = replay_id.removeprefix("-")
    return int(replay_id) if digits.isascii() and digits.isdecimal() else replay_id
