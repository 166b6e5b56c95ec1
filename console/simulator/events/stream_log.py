"""Published events in the order of their replay ids, kept for 72 hours.

What is kept of an event is what happened, not its payload: payloads are made when asked for. The
bound is 72 hours or 250,000 events a channel, whichever is less; a year's busiest hour in Acme
publishes about 2,500.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from console.simulator.dice import mixed
from console.simulator.events.act_payloads import ToldAct
from console.simulator.life.logins import Login, Logout
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call
from console.simulator.moments import MINUTE_MS, from_ms

RETENTION_MS = 72 * 3_600_000
"""Platform events are kept for 72 hours (api-streaming/message-durability)."""
MAX_EVENTS = 250_000
_FIRST_MINUTE = 26_297_280
"""2020-01-01, from where replay ids count."""
_IDS_PER_MINUTE = 500
"""More than any minute uses up, so that a world that opens later has greater ids."""


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


Act = Call | Login | Logout | OwnCall | ToldAct
"""What an event tells of."""


class Content(NamedTuple):
    """What an event says."""

    event_uuid: str
    schema: str
    payload: Mapping[str, object]


class _Channel:
    """One channel's events in parallel lists, oldest first."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.times: list[int] = []
        self.acts: list[Act] = []

    def forget(self, count: int) -> None:
        del self.ids[:count], self.times[:count], self.acts[:count]


class StreamLog:
    """The event bus: a counter that all channels share, and what it numbered."""

    def __init__(
        self, channels: tuple[str, ...], opened_ms: int, content_of: Callable[[Act, int], Content]
    ) -> None:
        self._channels = {name: _Channel() for name in channels}
        self._content_of = content_of
        self._last_id = (opened_ms // MINUTE_MS - _FIRST_MINUTE) * _IDS_PER_MINUTE

    def append(self, channel: str, published_ms: int, act: Act) -> None:
        """Publish one event; a channel that the org does not offer swallows it."""
        kept = self._channels.get(channel)
        if kept is None:
            return
        self._last_id += 1 + mixed(act.number, 51) % 5
        kept.ids.append(self._last_id)
        kept.times.append(published_ms)
        kept.acts.append(act)

    def trim(self, now_ms: int) -> None:
        """Forget what is past its retention."""
        for kept in self._channels.values():
            expired = bisect_left(kept.times, now_ms - RETENTION_MS)
            excess = max(expired, len(kept.ids) - MAX_EVENTS)
            if excess:
                kept.forget(excess)

    def after(self, channel: str, replay_id: int, limit: int) -> list[PublishedEvent]:
        """At most ``limit`` retained events of a channel with a greater replay id, in order."""
        kept = self._channels.get(channel)
        if kept is None:
            return []
        first = bisect_right(kept.ids, replay_id)
        return [self._event(channel, kept, n) for n in range(first, len(kept.ids))[:limit]]

    def oldest(self, channel: str) -> int | None:
        """The first retained replay id of a channel; None when it retains nothing."""
        kept = self._channels.get(channel)
        return kept.ids[0] if kept and kept.ids else None

    def newest(self, channel: str) -> int | None:
        """The last replay id of a channel; None when it retains nothing."""
        kept = self._channels.get(channel)
        return kept.ids[-1] if kept and kept.ids else None

    def count(self, channel: str, since_ms: int, until_ms: int) -> int:
        """Retained events of a channel published at ``since_ms <= t < until_ms``."""
        times = self._channels[channel].times
        return bisect_left(times, until_ms) - bisect_left(times, since_ms)

    def _event(self, channel: str, kept: _Channel, n: int) -> PublishedEvent:
        content = self._content_of(kept.acts[n], kept.times[n])
        return PublishedEvent(
            channel=channel,
            replay_id=kept.ids[n],
            event_uuid=content.event_uuid,
            schema=content.schema,
            payload=content.payload,
            published_at=from_ms(kept.times[n]),
        )
