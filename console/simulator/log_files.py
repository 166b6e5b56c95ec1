"""Which event log files exist at a moment, and what is in them.

Hourly files appear three to six hours after their hour; rows that were late come in an additional
file with the next Sequence. Daily files are made in the small hours of the next day and hold the
whole day, late rows included. No file without rows (EventLogFile, object reference; differences
between hourly and 24-hour event logs). Files are never stored: their bytes are made again, the
same ones, from what happened. The latest hours asked for are kept packed, because a client asks
for a file's length before it asks for the file.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress

from console.simulator.dice import fraction, mixed, number_from
from console.simulator.ids import record_id
from console.simulator.log_rows import LogType, has_late_rows
from console.simulator.moments import (
    DAY_MIN,
    DAY_MS,
    HOUR_MIN,
    HOUR_MS,
    from_ms,
    to_ms,
)
from console.simulator.own_acts import OwnActs

HOURLY = "Hourly"
DAILY = "Daily"
SOONEST_MS = 3 * HOUR_MS
"""No file is made earlier than this after the end of what it covers."""
RETENTION = timedelta(days=30)
FREE_RETENTION = timedelta(days=1)
_ON_TIME, _LATE = 1, 2
_KEPT_HOURS = 120


@dataclass(frozen=True, slots=True)
class SimLogFile:
    """One EventLogFile record."""

    file_id: str
    """18 characters, ``0AT…``."""
    event_type: str
    interval: str
    """``Hourly`` or ``Daily``."""
    log_date: datetime
    """Start of the hour or of the UTC day."""
    sequence: int
    """0 for daily files, 1, 2, … for hourly ones."""
    created_at: datetime
    field_names: str
    """Comma-separated column names in file order."""
    field_types: str

    @property
    def covers(self) -> timedelta:
        """How long a span the file covers from ``log_date`` on."""
        return timedelta(hours=1) if self.interval == HOURLY else timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FileSize:
    """How much a log file holds."""

    rows: int
    """Without the header."""
    length_bytes: int
    """With the header."""


@dataclass(frozen=True, slots=True)
class _Hour:
    """All rows of one type in one hour, on time and late, in the order of their time."""

    packed: bytes
    """The lines, compressed: about a tenth of the file."""
    late: bytes
    """A byte for each line: 1 where it comes in the additional file."""
    sizes: tuple[FileSize, FileSize]
    """Of the rows on time and of the late ones, without header."""

    def text(self, part: int | None) -> bytes:
        """The lines of one part, or of both."""
        whole = zlib.decompress(self.packed)
        if part is None or not any(self.late):
            return whole if part != _LATE else b""
        lines = whole.splitlines(keepends=True)
        return b"".join(compress(lines, (late == (part == _LATE) for late in self.late)))


class LogFiles:
    """The event log files of the org.

    ``hourly_since_ms`` is None where the org has only the free daily files. Memory: a few numbers
    for each hour and type of the retention, and the packed rows of the last `_KEPT_HOURS` hours
    asked for, about 150 KB each.
    """

    def __init__(
        self,
        types: tuple[LogType, ...],
        own: OwnActs,
        daily_since_ms: int,
        hourly_since_ms: int | None,
    ) -> None:
        self._types = {log_type.event_type: log_type for log_type in types}
        self._own = own
        self._first_day = -(-daily_since_ms // DAY_MS)
        self._first_hour = None if hourly_since_ms is None else -(-hourly_since_ms // HOUR_MS)
        self._retention = FREE_RETENTION if hourly_since_ms is None else RETENTION
        self._planned = lru_cache(maxsize=20_000)(self._plan)
        self._has_rows = lru_cache(maxsize=20_000)(self._look_for_rows)
        self._hour_size = lru_cache(maxsize=20_000)(self._measure_hour)
        self._hour = lru_cache(maxsize=_KEPT_HOURS)(self._write_hour)

    def existing(self, now: datetime) -> list[SimLogFile]:
        """The files that exist at ``now``, oldest creation first."""
        now_ms = to_ms(now)
        oldest = now - self._retention
        kept_since = from_ms(self._own.kept_since_ms)
        found = [
            file
            for event_type, interval, number, sequence in self._candidates(now_ms)
            for file in (self._planned(event_type, interval, number, sequence),)
            if oldest <= file.created_at <= now
            and file.log_date >= kept_since
            and self._has_rows(event_type, interval, number, sequence)
        ]
        return sorted(found, key=lambda file: (file.created_at, file.file_id))

    def find(self, file_id: str, now: datetime) -> SimLogFile | None:
        """The file of that id, 15 or 18 characters, where it exists at ``now``."""
        wanted = file_id[:15]
        return next((f for f in self.existing(now) if f.file_id[:15] == wanted), None)

    def size(self, file: SimLogFile) -> FileSize:
        """How much an existing file holds."""
        header = len(self._types[file.event_type].columns.header)
        first = to_ms(file.log_date) // HOUR_MS
        hours = file.covers // timedelta(hours=1)
        parts = (_ON_TIME, _LATE) if file.interval == DAILY else (file.sequence,)
        sizes = [
            self._hour_size(file.event_type, hour, part)
            for hour in range(first, first + hours)
            for part in parts
        ]
        rows = sum(size.rows for size in sizes)
        return FileSize(rows, header + sum(size.length_bytes for size in sizes))

    def body(self, file: SimLogFile) -> Iterator[bytes]:
        """A file's bytes, one chunk for the header and one for each hour with rows."""
        yield self._types[file.event_type].columns.header
        first = to_ms(file.log_date) // HOUR_MS
        hours = file.covers // timedelta(hours=1)
        part = None if file.interval == DAILY else file.sequence
        for hour in range(first, first + hours):
            text = self._hour(file.event_type, hour).text(part)
            if text:
                yield text

    def _candidates(self, now_ms: int) -> Iterator[tuple[str, str, int, int]]:
        """(type, interval, number of the day or hour since 1970, sequence) of what may exist."""
        oldest_ms = now_ms - self._retention // timedelta(milliseconds=1) - 2 * DAY_MS
        first_day = max(self._first_day, oldest_ms // DAY_MS)
        for event_type in self._types:
            for day in range(first_day, (now_ms - SOONEST_MS) // DAY_MS):
                yield event_type, DAILY, day, 0
            if self._first_hour is None:
                continue
            first_hour = max(self._first_hour, oldest_ms // HOUR_MS)
            for hour in range(first_hour, (now_ms - SOONEST_MS) // HOUR_MS):
                yield event_type, HOURLY, hour, _ON_TIME
                yield event_type, HOURLY, hour, _LATE

    def _plan(self, event_type: str, interval: str, number: int, sequence: int) -> SimLogFile:
        columns = self._types[event_type].columns
        length_ms = HOUR_MS if interval == HOURLY else DAY_MS
        chance = number_from("file", event_type, interval, number)
        delay_h = 3 + 2.5 * fraction(mixed(chance, 1))
        if sequence == _LATE:
            delay_h += 0.7 + 3 * fraction(mixed(chance, 2))
        created_ms = (number + 1) * length_ms + int(delay_h * HOUR_MS)
        return SimLogFile(
            file_id=record_id("0AT", event_type, interval, number, sequence),
            event_type=event_type,
            interval=interval,
            log_date=from_ms(number * length_ms),
            sequence=sequence,
            created_at=from_ms(created_ms - created_ms % 1000),
            field_names=columns.field_names,
            field_types=columns.field_types,
        )

    def _look_for_rows(self, event_type: str, interval: str, number: int, sequence: int) -> bool:
        if sequence == _LATE and not has_late_rows(number * HOUR_MIN):
            return False
        lengths = self._types[event_type].lengths
        if interval == DAILY:
            return any(True for minute in _minutes(number, DAY_MIN) for _ in lengths(minute))
        return any(
            late == (sequence == _LATE)
            for minute in _minutes(number, HOUR_MIN)
            for late, _ in lengths(minute)
        )

    def _measure_hour(self, event_type: str, hour: int, part: int) -> FileSize:
        return self._hour(event_type, hour).sizes[part == _LATE]

    def _write_hour(self, event_type: str, hour: int) -> _Hour:
        rows_of = self._types[event_type].rows
        rows = [row for minute in _minutes(hour, HOUR_MIN) for row in rows_of(minute)]
        lines = [row.line.encode() for row in rows]
        late = bytes(row.late for row in rows)
        sizes = tuple(
            FileSize(
                late.count(flag),
                sum(len(line) for line in compress(lines, (f == flag for f in late))),
            )
            for flag in (0, 1)
        )
        return _Hour(zlib.compress(b"".join(lines), level=1), late, (sizes[0], sizes[1]))


def _minutes(number: int, length: int) -> range:
    return range(number * length, (number + 1) * length)
