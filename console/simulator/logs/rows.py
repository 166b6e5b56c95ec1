"""What every event log file type has in common: columns, and rows minute by minute."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

from console.simulator.logs.csv_file import Columns

PUNCTUAL = 0x41
"""The number of a row that is never late and never sent twice: those of real clients' acts."""


class Rows(NamedTuple):
    """A minute's rows of one type, in order of time, as two lists of equal length."""

    numbers: Sequence[int]
    """64 bits of chance for each row, which decide when it is delivered."""
    lines: list[str]
    """The row as the file has it, with its LF."""


NO_ROWS = Rows((), [])


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

    def rows(self, minute: int) -> Rows:
        """All rows of a minute since 1970: the same ones whenever somebody asks."""
        ...


def in_order(rows: Iterable[tuple[int, int, str]]) -> Rows:
    """Rows from (moment in milliseconds, number, line) in any order."""
    found = sorted(rows, key=itemgetter(0))
    return Rows([number for _, number, _ in found], [line for _, _, line in found])
