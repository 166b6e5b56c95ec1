"""How complete the store is, for every source and hour."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.answers.moment import Moment
from store import api_logs
from store import coverage as store_coverage
from store.records import CoverageHour, CoverageState


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which a source is not complete, and why."""

    source: str
    start: datetime
    end: datetime
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What every answer carries about the data beneath it."""

    state: str
    """``complete``, ``partial`` or ``blind``."""
    gaps: tuple[Gap, ...]
    summary: str
    """One short sentence, e.g. ``logs to 05:00, 4 h behind; stream complete``."""


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """The ledger's hours between two moments, oldest first, and what they add up to."""

    since: datetime
    until: datetime
    hours: tuple[CoverageHour, ...]
    completeness: Completeness


_HOUR = timedelta(hours=1)
_HOLDS_SOMETHING = (CoverageState.COMPLETE, CoverageState.PARTIAL)
_MOST_GAPS = 200
"""Gaps beyond this many are left out of an answer; the hours themselves still tell them."""

EVENT_SOURCES = ("stream:", "log:Login")
"""Sources behind the event list, by prefix."""
USAGE_SOURCES = ("log:ApiTotalUsage",)
"""Sources behind consumption."""
API_LOG_SOURCES = tuple(f"log:{event_type}" for event_type in api_logs.FAMILIES)
"""Sources that stand in where there is no ApiTotalUsage."""
LIMIT_SOURCES = ("limits",)
"""Sources behind the gauges."""


def answer_coverage(connection: sqlite3.Connection, moment: Moment) -> CoverageAnswer:
    """The ledger between the moment's ends, for every source."""
    hours = store_coverage.hours(connection, moment.since, moment.until)
    return CoverageAnswer(
        since=moment.since,
        until=moment.until,
        hours=hours,
        completeness=completeness(hours, moment),
    )


def completeness_of(
    connection: sqlite3.Connection, moment: Moment, sources: Sequence[str]
) -> Completeness:
    """What the ledger says of the sources whose names start with one of ``sources``."""
    hours = store_coverage.hours(connection, moment.since, moment.until)
    chosen = tuple(hour for hour in hours if hour.source.startswith(tuple(sources)))
    return completeness(chosen, moment)


def completeness(hours: Sequence[CoverageHour], moment: Moment) -> Completeness:
    """Judge a stretch of the ledger: an hour that it does not mention counts as blind."""
    if not hours:
        reason = "nothing was collected for this span"
        return Completeness(
            "blind", (Gap("all", moment.since, moment.until, "blind", reason),), reason
        )
    by_source: dict[str, dict[datetime, CoverageHour]] = {}
    for hour in hours:
        by_source.setdefault(hour.source, {})[hour.hour] = hour
    gaps: list[Gap] = []
    has_something = False
    for source in sorted(by_source):
        known = by_source[source]
        has_something |= any(row.state in _HOLDS_SOMETHING for row in known.values())
        gaps.extend(_gaps_of(source, known, moment))
    state = "complete" if not gaps else "partial" if has_something else "blind"
    return Completeness(state, tuple(gaps[:_MOST_GAPS]), _summary(by_source, gaps, moment))


def _gaps_of(source: str, known: Mapping[datetime, CoverageHour], moment: Moment) -> Iterator[Gap]:
    """Runs of hours of one source that are not complete, neighbours of one reason joined."""
    open_gap: Gap | None = None
    for piece in _pieces(source, known, moment):
        if open_gap and (open_gap.state, open_gap.reason) == (piece.state, piece.reason):
            open_gap = replace(open_gap, end=piece.end)
            continue
        if open_gap and open_gap.state != CoverageState.COMPLETE:
            yield open_gap
        open_gap = piece
    if open_gap and open_gap.state != CoverageState.COMPLETE:
        yield open_gap


def _pieces(source: str, known: Mapping[datetime, CoverageHour], moment: Moment) -> Iterator[Gap]:
    """The whole window: every hour that the ledger has, and what lies between them as one piece.

    So the work grows with the ledger and not with the window, which may span years.
    """
    at = moment.since
    for hour in sorted(known):
        start, end = max(hour, moment.since), min(hour + _HOUR, moment.until)
        if start >= end:
            continue
        if at < start:
            yield Gap(source, at, start, "blind", "not collected")
        yield Gap(source, start, end, str(known[hour].state), known[hour].reason)
        at = end
    if at < moment.until:
        yield Gap(source, at, moment.until, "blind", "not collected")


def _summary(
    by_source: Mapping[str, Mapping[datetime, CoverageHour]],
    gaps: Sequence[Gap],
    moment: Moment,
) -> str:
    if not gaps:
        return "complete"
    parts = []
    logs = {source: rows for source, rows in by_source.items() if source.startswith("log:")}
    # What the figures rest on speaks for the logs; other types only where it is missing.
    spoken = [rows for source, rows in logs.items() if source in USAGE_SOURCES] or logs.values()
    ends = [
        max(row.hour for row in rows.values() if row.state is CoverageState.COMPLETE) + _HOUR
        for rows in spoken
        if any(row.state is CoverageState.COMPLETE for row in rows.values())
    ]
    if ends:
        parts.append(f"logs to {min(ends):%H:%M}")
    elif logs:
        some = any(row.state in _HOLDS_SOMETHING for rows in logs.values() for row in rows.values())
        parts.append("logs in part" if some else "no log file yet")
    streams = [source for source in by_source if source.startswith("stream:")]
    if streams:
        broken = {gap.source for gap in gaps if gap.source.startswith("stream:")}
        parts.append(f"stream {_stream_words(gaps, moment)}" if broken else "stream complete")
    if not parts:
        worst = gaps[-1]
        parts.append(f"{worst.source} {worst.state} since {worst.start:%H:%M}")
    return ", ".join(parts)


def _stream_words(gaps: Sequence[Gap], moment: Moment) -> str:
    """Since when the stream is whole: the ledger tells it by the hour."""
    last = max(gap.end for gap in gaps if gap.source.startswith("stream:"))
    return "partial this hour" if last >= moment.until else f"complete since {last:%H:%M}"
