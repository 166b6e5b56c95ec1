"""What every event log file type has in common: columns, and rows minute by minute."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from console.simulator.dice import mixed
from console.simulator.log_csv import Columns
from console.simulator.moments import HOUR_MIN

_LATE_HOURS = 3


class LogRow(NamedTuple):
    """One line of a log file."""

    at_ms: int
    late: bool
    """It misses its hour's first file and comes in an additional one. Rows of real clients'
    requests are never late."""
    line: str


class LogType(Protocol):
    """One event type."""

    @property
    def event_type(self) -> str:
        """EVENT_TYPE, such as ``ApiTotalUsage``."""
        ...

    @property
    def columns(self) -> Columns:
        """The columns in file order."""
        ...

    def rows(self, minute: int) -> list[LogRow]:
        """All rows of a minute since 1970, in order of time."""
        ...

    def lengths(self, minute: int) -> Iterable[tuple[bool, int]]:
        """(late, length of the line in bytes) of the same rows, without making their lines."""
        ...


def has_late_rows(minute: int) -> bool:
    """Whether the minute's hour is one of the third of all hours with late rows."""
    return mixed(minute // HOUR_MIN, 71) % _LATE_HOURS == 0


def is_late(number: int) -> bool:
    """Whether, in such an hour, the act with these 64 bits of chance is logged late: 1 in 64."""
    return number >> 58 == number & 0x3F
