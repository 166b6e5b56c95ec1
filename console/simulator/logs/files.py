"""Which event log files exist at a moment, and what is in them.

Files are never stored: their bytes are made again, the same ones, from what happened, a few
minutes of the org at a time. What is kept is how much each hour holds, because a client is told a
file's length before it asks for the file.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Literal

from console.simulator.dice import mixed
from console.simulator.ids import record_id
from console.simulator.logs.delivery import (
    LATE,
    LONGEST_MS,
    ON_TIME,
    PARTS,
    SOONEST_MS,
    STRAGGLING,
    Delivery,
)
from console.simulator.logs.measures import FileSize, HourMeasures
from console.simulator.logs.quirks import LogQuirks
from console.simulator.logs.rows import LogType, Rows
from console.simulator.moments import DAY_MS, HOUR_MIN, HOUR_MS, from_ms, to_ms

HOURLY = "Hourly"
DAILY = "Daily"
FREE_RETENTION = timedelta(days=1)
"""How long a file is kept without Event Monitoring."""
LogFileChange = Literal["grown", "replaced", "gone"]
"""What can happen to a file between its listing and its download: it holds one more row, the last
one once more; it is withdrawn and listed again under another id; it is withdrawn."""
_DAY_H = 24
_CHUNK_BYTES = 96 * 1024
_MOST_KNOWN = 60_000
_REMADE = len(PARTS)
"""In place of a part: a daily file that was made again."""


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
    parts: tuple[int, ...]
    """Which of its hours' rows it holds: those on time, those that were late, the stragglers."""
    is_empty: bool = False
    """A file of no bytes at all."""

    @property
    def covers(self) -> timedelta:
        """How long a span the file covers from ``log_date`` on."""
        return timedelta(hours=1) if self.interval == HOURLY else timedelta(days=1)

    @property
    def hours(self) -> range:
        """The hours since 1970 that it covers."""
        first = to_ms(self.log_date) // HOUR_MS
        return range(first, first + self.covers // timedelta(hours=1))


class LogFiles:
    """The event log files of the org.

    ``hourly_since_ms`` is None where the org has only the free daily files. Nothing that happened
    before ``kept_since_ms`` is known any more, so no file tells of it. Memory: a few numbers for
    each hour and type of the retention.
    """

    def __init__(
        self,
        types: Iterable[LogType],
        kept_since_ms: Callable[[], int],
        daily_since_ms: int,
        hourly_since_ms: int | None,
        quirks: LogQuirks,
    ) -> None:
        self._types = {log_type.event_type: log_type for log_type in types}
        self._kept_since_ms = kept_since_ms
        self._first_day = -(-daily_since_ms // DAY_MS)
        self._first_hour = None if hourly_since_ms is None else -(-hourly_since_ms // HOUR_MS)
        self._retention = FREE_RETENTION if hourly_since_ms is None else quirks.retention
        self._quirks = quirks
        self._delivery = Delivery(quirks)
        self._measures = HourMeasures(self._types, self._delivery)
        self._of_hour = lru_cache(maxsize=40_000)(self._plan_hour)
        self._of_day = lru_cache(maxsize=4_000)(self._plan_day)
        self._group_of: dict[str, tuple[SimLogFile, ...]] = {}
        self._grown: dict[str, int] = {}
        self._withdrawn: set[str] = set()
        self._listed_again: list[SimLogFile] = []

    def existing(self, now: datetime) -> list[SimLogFile]:
        """The files that exist at ``now``, oldest creation first."""
        groups = (*self._candidates(to_ms(now)), *((file,) for file in self._listed_again))
        found = [file for group in groups for file in self._existing_of(group, now)]
        return sorted(found, key=lambda file: (file.created_at, file.file_id))

    def find(self, file_id: str, now: datetime) -> SimLogFile | None:
        """The file of that id, 15 or 18 characters, where it exists at ``now``."""
        wanted = file_id[:15]
        group = self._group_of.get(wanted)
        among = self.existing(now) if group is None else self._existing_of(group, now)
        return next((file for file in among if file.file_id[:15] == wanted), None)

    def size(self, file: SimLogFile) -> FileSize:
        """How much an existing file holds. The first time it reads all of its hours."""
        if file.is_empty:
            return FileSize(0, 0, 0)
        rows = repeated = 0
        length = len(self._types[file.event_type].columns.header)
        for hour in file.hours:
            held = self._measures.of(file.event_type, hour)
            for part in file.parts:
                rows += held.rows[part]
                length += held.lengths[part]
            if self._repeats(file, hour):
                repeated += held.repeatable_rows
                length += held.repeatable_length
        times = self._grown.get(file.file_id, 0)
        if times:
            length += times * len(self._last_line(file))
        return FileSize(rows + repeated + times, length, repeated + times)

    def measuring(self, files: Iterable[SimLogFile]) -> Iterator[None]:
        """Get the sizes of files ready in short steps: a few milliseconds of work each."""
        wanted: dict[int, list[str]] = {}
        for file in files:
            for hour in file.hours:
                if not self._measures.has(file.event_type, hour):
                    wanted.setdefault(hour, []).append(file.event_type)
        for hour, types in wanted.items():
            yield from self._measures.measuring(dict.fromkeys(types), hour)

    def listing(self, now: datetime) -> Iterator[None]:
        """Get the list of files that exist at ``now`` ready in short steps."""
        for _ in self._candidates(to_ms(now)):
            yield

    def body(self, file: SimLogFile) -> Iterator[bytes]:
        """A file's bytes in chunks of about 100 KB; fewer where a minute has more."""
        if file.is_empty:
            return
        held = [self._types[file.event_type].columns.header]
        length = len(held[0])
        for minute in _minutes(file.hours):
            lines = self._lines(file, minute)
            if lines:
                held.append("".join(lines).encode())
                length += len(held[-1])
            if length >= _CHUNK_BYTES:
                yield b"".join(held)
                held, length = [], 0
        held += [self._last_line(file)] * self._grown.get(file.file_id, 0)
        if held:
            yield b"".join(held)

    def change(self, file_id: str, how: LogFileChange, now: datetime) -> SimLogFile | None:
        """Let something happen to a file; returns it as it is then, None where there is none.

        At most a thousand files can be changed; further changes are withdrawals.
        """
        file = self.find(file_id, now)
        if file is None:
            return None
        if how == "grown" and not file.is_empty:
            self._grown[file.file_id] = self._grown.get(file.file_id, 0) + 1
            return file
        self._withdrawn.add(file.file_id)
        if how != "replaced" or len(self._listed_again) >= 1_000:
            return None
        again_id = record_id("0AT", "replaced", file.file_id)
        again = replace(file, file_id=again_id, created_at=now.replace(microsecond=0))
        self._listed_again.append(again)
        return again

    # -- which files there are ----------------------------------------------------------------

    def _candidates(self, now_ms: int) -> Iterator[tuple[SimLogFile, ...]]:
        """What may exist, grouped by the hour or day that it tells of.

        Hour by hour, not type by type: all types of an hour are made from the same acts.
        """
        oldest_ms = now_ms - self._retention // timedelta(milliseconds=1) - LONGEST_MS
        newest_ms = now_ms - SOONEST_MS
        if self._first_hour is not None:
            for hour in range(max(self._first_hour, oldest_ms // HOUR_MS), newest_ms // HOUR_MS):
                for event_type in self._types:
                    yield self._of_hour(event_type, hour)
        for day in range(max(self._first_day, oldest_ms // DAY_MS), newest_ms // DAY_MS):
            for event_type in self._types:
                yield self._of_day(event_type, day)

    def _existing_of(self, group: tuple[SimLogFile, ...], now: datetime) -> list[SimLogFile]:
        oldest = now - self._retention
        kept_since = from_ms(self._kept_since_ms())
        return [
            file
            for file in _latest(group, now)
            if oldest <= file.created_at <= now
            and file.log_date >= kept_since
            and file.file_id not in self._withdrawn
        ]

    def _plan_hour(self, event_type: str, hour: int) -> tuple[SimLogFile, ...]:
        if self._delivery.is_gap(hour):
            return ()
        parts = self._measures.parts_with_rows(event_type, hour)
        files = [
            self._file(
                event_type, HOURLY, hour, part, sequence,
                self._delivery.hour_made_ms(event_type, hour, part), (part,),
            )
            for sequence, part in enumerate(parts, start=1)
        ]  # fmt: skip
        if not parts and self._delivery.is_empty_file(event_type, hour):
            made_ms = self._delivery.hour_made_ms(event_type, hour, ON_TIME)
            empty = self._file(event_type, HOURLY, hour, ON_TIME, 1, made_ms, ())
            files.append(replace(empty, is_empty=True))
        return self._with_doubles(files)

    def _plan_day(self, event_type: str, day: int) -> tuple[SimLogFile, ...]:
        files = []
        hours = range(day * _DAY_H, (day + 1) * _DAY_H)
        if any(
            part != STRAGGLING
            for hour in hours
            for part in self._measures.parts_with_rows(event_type, hour)
        ):
            made_ms = self._delivery.day_made_ms(event_type, day)
            files.append(self._file(event_type, DAILY, day, ON_TIME, 0, made_ms, (ON_TIME, LATE)))
        hour_of = self._delivery.straggling_hour(day)
        if hour_of is not None and STRAGGLING in self._measures.parts_with_rows(
            event_type, hour_of
        ):
            made_ms = self._delivery.day_remade_ms(event_type, day, hour_of)
            files.append(self._file(event_type, DAILY, day, _REMADE, 0, made_ms, PARTS))
        return self._with_doubles(files)

    def _file(
        self,
        event_type: str,
        interval: str,
        number: int,
        part: int,
        sequence: int,
        made_ms: int,
        parts: tuple[int, ...],
    ) -> SimLogFile:
        columns = self._types[event_type].columns
        return SimLogFile(
            file_id=record_id("0AT", event_type, interval, number, part),
            event_type=event_type,
            interval=interval,
            log_date=from_ms(number * (HOUR_MS if interval == HOURLY else DAY_MS)),
            sequence=sequence,
            created_at=from_ms(made_ms),
            field_names=columns.field_names,
            field_types=columns.field_types,
            parts=parts,
        )

    def _with_doubles(self, files: list[SimLogFile]) -> tuple[SimLogFile, ...]:
        doubles = [
            replace(
                file,
                file_id=record_id("0AT", "twice", file.file_id),
                created_at=file.created_at + timedelta(minutes=7),
            )
            for file in files
            if self._delivery.is_listed_twice(file.file_id)
        ]
        group = (*files, *doubles)
        if len(self._group_of) > _MOST_KNOWN:
            self._group_of.clear()
        self._group_of.update((file.file_id[:15], group) for file in group)
        return group

    # -- what is in them ----------------------------------------------------------------------

    def _repeats(self, file: SimLogFile, hour: int) -> bool:
        return file.interval == HOURLY and self._delivery.repeats(
            file.event_type, hour, file.parts[0]
        )

    def _lines(self, file: SimLogFile, minute: int) -> list[str]:
        """The lines of a minute that the file holds."""
        rows = self._types[file.event_type].rows(minute)
        hour = minute // HOUR_MIN
        if self._delivery.is_split(hour):
            lines = self._chosen(file, hour, rows)
        else:
            lines = rows.lines if ON_TIME in file.parts else []
        if self._quirks.shuffled:
            order = sorted(range(len(lines)), key=lambda n: mixed(minute, n))
            lines = [lines[n] for n in order]
        return lines

    def _chosen(self, file: SimLogFile, hour: int, rows: Rows) -> list[str]:
        if not rows.lines or file.parts == PARTS:
            return rows.lines
        parts = self._delivery.parts(hour, rows.numbers)
        repeats, again = self._repeats(file, hour), self._delivery.is_repeated
        return list(
            compress(
                rows.lines,
                (
                    part in file.parts or (repeats and part == ON_TIME and again(number))
                    for part, number in zip(parts, rows.numbers, strict=True)
                ),
            )
        )

    def _last_line(self, file: SimLogFile) -> bytes:
        for minute in reversed(_minutes(file.hours)):
            lines = self._lines(file, minute)
            if lines:
                return lines[-1].encode()
        return b""


def _latest(group: tuple[SimLogFile, ...], now: datetime) -> Iterable[SimLogFile]:
    """Of a day's files only the newest remaking that exists by ``now``; an hour's are all valid."""
    if len(group) < 2 or group[0].interval == HOURLY:
        return group
    made = [file for file in group if file.created_at <= now]
    remade = [file for file in made if STRAGGLING in file.parts]
    return remade or made


def _minutes(hours: range) -> range:
    return range(hours.start * HOUR_MIN, hours.stop * HOUR_MIN)
