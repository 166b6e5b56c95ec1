"""From where a subscription begins: the replay values of the Streaming API.

``-1`` or nothing: only new events. ``-2``: everything retained. ``N``: what came after N
(Streaming API guide, message durability).
"""

from collections.abc import Mapping

from console.simulator.cometd import replies
from console.simulator.world import World

ONLY_NEW = -1
ALL_RETAINED = -2


class SubscribeRefused(Exception):
    """A subscribe that fails; the text is Bayeux's ``error``."""


def channels_of(message: Mapping[str, object], *, takes_lists: bool) -> list[str]:
    """The channels that a subscribe names; raises SubscribeRefused for what is no channel."""
    wished = message.get("subscription")
    if isinstance(wished, list) and takes_lists and wished:
        return [_channel(each) for each in wished]
    return [_channel(wished)]


def _channel(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise SubscribeRefused(replies.CHANNEL_MISSING)
    if not name.startswith("/"):
        raise SubscribeRefused(replies.CHANNEL_WITHOUT_SLASH)
    return name


def replay_value(message: Mapping[str, object], channel: str) -> int:
    """The replay value a subscribe asks for; raises SubscribeRefused for a map without it."""
    extensions = message.get("ext")
    replay = extensions.get("replay") if isinstance(extensions, dict) else None
    if not isinstance(replay, dict):
        return ONLY_NEW
    value = replay.get(channel)
    if value is None:
        raise SubscribeRefused(replies.channel_not_in_replay_map(channel, replay))
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise SubscribeRefused(replies.invalid_replay_id(value)) from None
    if number < ALL_RETAINED:
        raise SubscribeRefused(replies.invalid_replay_id(value))
    return number


def start_position(value: int, channel: str, world: World, *, takes_future: bool) -> int:
    """The replay id after which delivery begins.

    Raises SubscribeRefused for an id outside what any channel retains at this moment: the ids of
    all channels come from one counter, so the id of another channel's event is as good.
    """
    if value == ONLY_NEW:
        return world.newest_replay_id(channel) or 0
    if value == ALL_RETAINED:
        return 0
    oldest = [world.oldest_replay_id(name) for name in world.channels]
    newest = [world.newest_replay_id(name) for name in world.channels]
    first = min((number for number in oldest if number is not None), default=None)
    last = max((number for number in newest if number is not None), default=None)
    if takes_future and last is not None and value > last:
        return value
    if first is None or last is None or not first <= value <= last:
        raise SubscribeRefused(replies.invalid_replay_id(value))
    return value
