"""How much each hour of each log file type holds: counted once, kept as a few numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from console.simulator.logs.delivery import ON_TIME, PARTS, Delivery
from console.simulator.logs.rows import LogType
from console.simulator.moments import HOUR_MIN

_STEP_MIN = 10
_MOST_HOURS = 60_000


@dataclass(frozen=True, slots=True)
class FileSize:
    """How much a log file holds."""

    rows: int
    """Without the header, the repeated ones included."""
    length_bytes: int
    """With the header."""
    duplicates: int
    """How many of its rows are in an earlier file of the same hour, or twice in this one."""


@dataclass(slots=True)
class HourSize:
    """How much an hour of one type holds, by part; bytes are without header."""

    rows: list[int] = field(default_factory=lambda: [0] * len(PARTS))
    lengths: list[int] = field(default_factory=lambda: [0] * len(PARTS))
    repeatable_rows: int = 0
    """Rows on time that an additional file may hold once more."""
    repeatable_length: int = 0


class HourMeasures:
    """Measures hours when asked, each once. Memory: some 300 bytes for each of 60,000 hours."""

    def __init__(self, types: Mapping[str, LogType], delivery: Delivery) -> None:
        self._types = types
        self._delivery = delivery
        self._sizes: dict[tuple[str, int], HourSize] = {}
        self.parts_with_rows = lru_cache(maxsize=_MOST_HOURS)(self._look_for_parts)

    def has(self, event_type: str, hour: int) -> bool:
        """Whether `of` will answer at once."""
        return (event_type, hour) in self._sizes

    def of(self, event_type: str, hour: int) -> HourSize:
        """How much the hour holds; reads it if nobody did yet."""
        for _ in self.measuring((event_type,), hour):
            pass
        return self._sizes[event_type, hour]

    def measuring(self, event_types: Iterable[str], hour: int) -> Iterator[None]:
        """Read an hour of several types in short steps, those already read excepted."""
        found = {name: HourSize() for name in event_types if not self.has(name, hour)}
        if not found:
            return
        first = hour * HOUR_MIN
        for minute in range(first, first + HOUR_MIN):
            for name, size in found.items():
                self._add(size, name, minute)
            if minute % _STEP_MIN == _STEP_MIN - 1:
                yield
        for name, size in found.items():
            while len(self._sizes) >= _MOST_HOURS:
                del self._sizes[next(iter(self._sizes))]
            self._sizes[name, hour] = size

    def _add(self, size: HourSize, event_type: str, minute: int) -> None:
        numbers, lines = self._types[event_type].rows(minute)
        if not lines:
            return
        hour = minute // HOUR_MIN
        if not self._delivery.is_split(hour):
            size.rows[ON_TIME] += len(lines)
            size.lengths[ON_TIME] += len("".join(lines).encode())
            return
        parts = self._delivery.parts(hour, numbers)
        for number, line, part in zip(numbers, lines, parts, strict=True):
            length = len(line.encode())
            size.rows[part] += 1
            size.lengths[part] += length
            if part == ON_TIME and self._delivery.is_repeated(number):
                size.repeatable_rows += 1
                size.repeatable_length += length

    def _look_for_parts(self, event_type: str, hour: int) -> tuple[int, ...]:
        """The parts of the hour in which there is a row, in their order."""
        rows_of = self._types[event_type].rows
        possible = self._delivery.possible_parts(hour)
        found: set[int] = set()
        for minute in range(hour * HOUR_MIN, (hour + 1) * HOUR_MIN):
            numbers, _ = rows_of(minute)
            if not numbers:
                continue
            found.update(self._delivery.parts(hour, numbers) if len(possible) > 1 else possible)
            if len(found) == len(possible):
                break
        return tuple(sorted(found))
