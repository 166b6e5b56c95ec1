"""How the event bus can deliver badly what was published well.

What was published, its replay ids and the ground truth stay as they are; only what a subscriber
is given changes. Which events are hit follows from the fault's seed and their replay ids, so a
subscriber that asks again is treated alike.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from console.simulator.dice import mixed
from console.simulator.events.stream_log import PublishedEvent

StreamFaultKind = Literal["duplicate", "reorder", "lose", "delay"]
Fetch = Callable[[int, int], list[PublishedEvent]]
"""At most so many retained events with a greater replay id than this, in order."""
STREAM_FAULT_KINDS: tuple[StreamFaultKind, ...] = ("duplicate", "reorder", "lose", "delay")


@dataclass(frozen=True, slots=True)
class StreamFault:
    """One way in which events of one channel, or of all, are delivered badly."""

    kind: StreamFaultKind
    """``duplicate``: an event comes twice in a row. ``reorder``: it comes after the one that
    follows it. ``lose``: it never comes. ``delay``: all events come late."""
    channel: str | None = None
    """``/event/LoginEventStream``; None means every channel."""
    one_in: int = 10
    """How many events are hit: one in so many. Of no meaning for ``delay``."""
    delay: timedelta = timedelta(0)
    """For ``delay``: how long after its publication an event is delivered."""
    seed: int = 1

    def hits(self, event: PublishedEvent) -> bool:
        """Whether it is one of the events that are hit."""
        return mixed(event.replay_id, self.seed & 0xFFFF) % self.one_in == 0


class StreamFaults:
    """The faults that stand, at most one of a kind for each channel; the newest counts.

    ``struck`` says how many events each kind hit, repeated readings included.
    """

    def __init__(self) -> None:
        self._standing: dict[tuple[StreamFaultKind, str | None], StreamFault] = {}
        self.struck: Counter[StreamFaultKind] = Counter()

    @property
    def standing(self) -> tuple[StreamFault, ...]:
        """All faults that stand, oldest first."""
        return tuple(self._standing.values())

    def begin(self, fault: StreamFault) -> None:
        """Let a fault stand until `clear`."""
        self._standing[fault.kind, fault.channel] = fault

    def clear(self) -> None:
        """End all of them. What was lost before can be read again, by its replay id."""
        self._standing.clear()

    def delivered(
        self, channel: str, fetch: Fetch, after: int, limit: int, now: datetime
    ) -> list[PublishedEvent]:
        """What there is for a subscriber of a channel's events after a replay id, in order.

        Without those that are lost or not due yet; none only where nothing more can be delivered.
        """
        if not self._standing:
            return fetch(after, limit)
        delay = self._of("delay", channel)
        kept: list[PublishedEvent] = []
        while not kept:
            fetched = fetch(after, limit)
            due = [e for e in fetched if delay is None or e.published_at + delay.delay <= now]
            self.struck["delay"] += len(fetched) - len(due)
            if not due:
                break
            after = due[-1].replay_id
            kept = self._without_lost(channel, due)
        return kept

    def spoiled(self, batch: list[PublishedEvent]) -> list[PublishedEvent]:
        """A batch, as it is about to be sent: some events twice, some after their follower."""
        if not self._standing:
            return batch
        found = list(batch)
        n = 0
        while n < len(found) - 1:
            if self._hit("reorder", found[n]):
                found[n], found[n + 1] = found[n + 1], found[n]
                n += 1
            n += 1
        times = (2 if self._hit("duplicate", event) else 1 for event in found)
        return [event for event, count in zip(found, times, strict=True) for _ in range(count)]

    def _of(self, kind: StreamFaultKind, channel: str) -> StreamFault | None:
        return self._standing.get((kind, channel)) or self._standing.get((kind, None))

    def _without_lost(self, channel: str, events: list[PublishedEvent]) -> list[PublishedEvent]:
        if self._of("lose", channel) is None:
            return events
        return [event for event in events if not self._hit("lose", event)]

    def _hit(self, kind: StreamFaultKind, event: PublishedEvent) -> bool:
        fault = self._of(kind, event.channel)
        is_hit = fault is not None and fault.hits(event)
        self.struck[kind] += is_hit
        return is_hit
