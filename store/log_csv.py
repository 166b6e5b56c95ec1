"""The CSV of event log files, row by row, whatever a row holds.

Every value is quoted, quotes inside are doubled, values may hold line feeds, and columns vary
(salesforce-event-monitoring facts, section 3.4). A row that cannot be read is set aside with its
line number, and reading goes on with the next line, so one broken quote never swallows a file.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from store.errors import UnreadableLog

CHUNK_ROWS = 1_000
"""Rows are handed on in chunks of about this many."""

_MAX_LINE_CHARACTERS = 4_000_000
_MAX_ROW_LINES = 2_000
_MAX_ROW_CHARACTERS = 16_000_000
_TIME_COLUMNS = frozenset({"TIMESTAMP", "TIMESTAMP_DERIVED"})


@dataclass(frozen=True, slots=True)
class RowChunk:
    """Rows of equal width, each with the number of its first line in the file."""

    lines: Sequence[int]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class BadRow:
    """Text that is no row, with its line number and what is wrong with it."""

    line: int
    reason: str
    text: str


class LogCsv:
    """One CSV log being read from ``texts``: columns, then chunks of rows, bad rows beside them.

    Raises `UnreadableLog` when the first line is not the header of an event log.
    """

    def __init__(self, texts: Iterable[str], name: str) -> None:
        csv.field_size_limit(_MAX_LINE_CHARACTERS)
        self._name = name
        self._line_lists = _line_lists(texts)
        self._line = 1
        self._open: list[str] = []
        self._bad: list[BadRow] = []
        self.columns = self._read_header()
        self._width = len(self.columns)

    def take_bad_rows(self) -> list[BadRow]:
        """The rows set aside since the last call."""
        bad, self._bad = self._bad, []
        return bad

    def chunks(self) -> Iterator[RowChunk]:
        """The rows, in order, in chunks of about `CHUNK_ROWS`. Blank lines are no rows."""
        for lines in self._line_lists:
            yield from self._chunks_of(lines, at_end=False)
        yield from self._chunks_of([], at_end=True)

    def _chunks_of(self, new_lines: list[str], *, at_end: bool) -> Iterator[RowChunk]:
        lines = self._open + new_lines if self._open else new_lines
        self._open = []
        for start in range(0, len(lines), CHUNK_ROWS):
            part = self._open + lines[start : start + CHUNK_ROWS]
            self._open = []
            last = at_end and start + CHUNK_ROWS >= len(lines)
            yield self._plain_rows(part) or self._any_rows(part, at_end=last)

    def _plain_rows(self, lines: list[str]) -> RowChunk | None:
        """The rows where each line is one good row, which is nearly always; else None."""
        try:
            # Strict, so that a quote which is still open behind the last line is an error.
            rows = list(csv.reader(lines, skipinitialspace=True, strict=True))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) - {self._width}:
            return None
        first = self._line
        self._line += len(lines)
        return RowChunk(range(first, self._line), rows)

    def _any_rows(self, lines: list[str], *, at_end: bool) -> RowChunk:
        """Row by row: joins lines while a quote is open, sets aside what is no row."""
        numbers: list[int] = []
        rows: list[list[str]] = []
        position = 0
        while position < len(lines):
            end = _row_end(lines, position)
            if end is None and not at_end and _may_go_on(lines, position):
                self._open = lines[position:]
                break
            text = "\n".join(lines[position:end]) if end is not None else lines[position]
            row = _parsed(text) if end is not None else None
            if row is not None and len(row) == self._width:
                numbers.append(self._line)
                rows.append(row)
                step = (end or position + 1) - position
            else:
                if text.strip():
                    self._set_aside(lines[position], row)
                step = 1
            position += step
            self._line += step
        return RowChunk(numbers, rows)

    def _set_aside(self, text: str, row: list[str] | None) -> None:
        if row is None:
            reason = "a quote is opened and never closed"
        else:
            reason = f"{len(row)} values where the header names {self._width}"
        self._bad.append(BadRow(self._line, reason, text))

    def _read_header(self) -> tuple[str, ...]:
        for lines in self._line_lists:
            for position, line in enumerate(lines):
                if line.strip():
                    self._line += position + 1
                    self._open = lines[position + 1 :]
                    return self._checked(line)
            self._line += len(lines)
        raise UnreadableLog(
            "The file is empty",
            f"{self._name} has no header line, so it cannot be told what it holds.",
            "Fetch the file again.",
        )

    def _checked(self, line: str) -> tuple[str, ...]:
        names = [name.strip().strip('"').upper() for name in _parsed(line) or []]
        if not _TIME_COLUMNS & set(names):
            raise UnreadableLog(
                "This is not an event log file",
                f"{self._name} does not begin with the header of an event log: "
                "no TIMESTAMP column is named there.",
                "Give a file as Salesforce delivers it, with its first line.",
                line[:200],
            )
        return tuple(_distinct(names))


def _line_lists(texts: Iterable[str]) -> Iterator[list[str]]:
    """Lists of lines without their ends; a line beyond all reason is cut into pieces."""
    tail = ""
    for text in texts:
        lines = (tail + text).split("\n")
        tail = lines.pop()
        if len(tail) > _MAX_LINE_CHARACTERS:
            lines.append(tail)
            tail = ""
        if lines:
            yield lines
    if tail:
        yield [tail]


def _row_end(lines: list[str], start: int) -> int | None:
    """The index behind the row that begins at ``start``; None when its quote stays open."""
    if not lines[start].count('"') & 1:
        return start + 1
    for position in range(start + 1, min(len(lines), start + _MAX_ROW_LINES)):
        if lines[position].count('"') & 1:
            return position + 1
    return None


def _may_go_on(lines: list[str], start: int) -> bool:
    """Whether the row begun at ``start`` may still be closed by lines to come."""
    if len(lines) - start > _MAX_ROW_LINES:
        return False
    return sum(len(line) for line in lines[start:]) <= _MAX_ROW_CHARACTERS


def _parsed(text: str) -> list[str] | None:
    try:
        return next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        return None


def _distinct(names: list[str]) -> Iterator[str]:
    """Column names with a number behind those that come again."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}#{seen[name]}"
