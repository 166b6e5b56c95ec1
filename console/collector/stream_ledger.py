"""How complete each streamed channel is, hour by hour: pure.

A channel that continues from a stored replay id misses nothing, however long it was away, unless
the org no longer knows the id; that is told by `lost`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from console.collector.continuity import resumed, start_of_hour
from console.streaming.types import ReplayLost, StreamPhase, StreamState
from store.records import CoverageHour, CoverageState

SOURCE_PREFIX = "stream:"
"""Before a channel's name in the coverage ledger."""
_TOLERANCE = timedelta(seconds=30)


class StreamLedger:
    """Follows every channel; `look` is to be called every few seconds.

    ``known`` are the ledger's rows so far, and ``alive_until`` is when an earlier collector was
    last seen alive.
    """

    def __init__(
        self,
        channels: Sequence[str],
        known: Iterable[CoverageHour],
        alive_until: datetime | None,
    ) -> None:
        self._positions: set[str] = set()
        self._caught_up: set[str] = set()
        self._delivered: set[str] = set()
        self._seen_live: set[str] = set()
        rows = tuple(known)
        self._channels = {
            channel: resumed(SOURCE_PREFIX + channel, rows, alive_until) for channel in channels
        }
        self._written: dict[tuple[str, datetime], tuple[CoverageState, str]] = {}

    def continue_from(self, channels: Iterable[str]) -> None:
        """A new run of the stream begins; these channels have a stored replay id."""
        self._positions.update(channels)
        self._seen_live.clear()

    def delivered(self, channel: str, replay_id: str | None) -> None:
        """Events of ``channel`` were stored."""
        self._delivered.add(channel)
        if replay_id is not None:
            self._positions.add(channel)

    def lost(self, loss: ReplayLost, now: datetime) -> list[CoverageHour]:
        """Replay cannot bring back a span of ``loss.channel``."""
        continuity = self._channels.get(loss.channel)
        if continuity is None:
            return []
        asked = "no replay id yet" if loss.replay_id is None else f"replay id {loss.replay_id}"
        reason = f"events lost ({asked}): {loss.error}"
        return self._new(continuity.lost(loss.since, loss.at, reason, now))

    def look(self, state: StreamState, now: datetime) -> list[CoverageHour]:
        """The rows that are new since the last look.

        A channel counts as whole again when one whole look passed without any event, or with
        replay drained: what the org had kept back has then been delivered.
        """
        streaming = state.phase is StreamPhase.STREAMING
        live = set(state.live) if streaming else set()
        self._caught_up &= live
        rows: list[CoverageHour] = []
        for channel, continuity in self._channels.items():
            if channel in live:
                if channel not in self._caught_up and channel in self._delivered:
                    continue
                # Within one run of the stream, `lost` tells of every break that replay cannot heal.
                replayed = channel in self._positions or channel in self._seen_live
                rows += continuity.flowing(now, _TOLERANCE, replayed=replayed)
                self._caught_up.add(channel)
                self._seen_live.add(channel)
            else:
                rows.append(_down(continuity.source, channel, state, now))
        self._delivered.clear()
        return self._new(rows)

    def _new(self, rows: Iterable[CoverageHour]) -> list[CoverageHour]:
        new = []
        for row in rows:
            said = (row.state, row.reason)
            if self._written.get((row.source, row.hour)) != said:
                self._written[row.source, row.hour] = said
                new.append(row)
        horizon = max((hour for _, hour in self._written), default=None)
        if horizon is not None and len(self._written) > 2_000:
            recent = horizon - timedelta(days=2)
            self._written = {key: v for key, v in self._written.items() if key[1] >= recent}
        return new


def _down(source: str, channel: str, state: StreamState, now: datetime) -> CoverageHour:
    refusal = state.refused.get(channel)
    if refusal is not None:
        hour_state, reason = CoverageState.NOT_PERMITTED, refusal
    else:
        hour_state, reason = CoverageState.PARTIAL, f"stream {state.phase.value}: {state.reason}"
    return CoverageHour(source, start_of_hour(now), hour_state, None, reason, now)
