"""Where the rows of one log file go: API calls into their table, everything else into the other."""

import sqlite3
from collections import Counter
from collections.abc import Sequence

from store.api_calls import EVENT_TYPE, ApiCallTable
from store.log_csv import BadRow
from store.log_rows import LogRowTable
from store.stored_span import StoredSpan

MALFORMED_KEPT = 1_000
"""So many rows of one file are kept aside with their text; all are counted."""

_TEXT_KEPT = 2_000
_NO_TIME = "neither TIMESTAMP nor TIMESTAMP_DERIVED holds a time"


class LogSink:
    """Takes the rows of one log file, chunk by chunk; `finish` when there are no more.

    ``types`` counts rows by event type, ``org_id`` is the first ORGANIZATION_ID that came.
    """

    def __init__(self, connection: sqlite3.Connection, file_id: int, file_type: str) -> None:
        self.types: Counter[str] = Counter()
        self.org_id = ""
        self.malformed = 0
        self._connection = connection
        self._file_id = file_id
        self._file_type = file_type
        self._calls: ApiCallTable | None = None
        self._rows = LogRowTable(connection, file_id, file_type)

    def add(self, columns: Sequence[str], lines: Sequence[int], rows: list[list[str]]) -> None:
        """Store ``rows``, each with the number of its ``lines`` in the file."""
        if not rows:
            return
        if not self.org_id and "ORGANIZATION_ID" in columns:
            place = columns.index("ORGANIZATION_ID")
            self.org_id = next((row[place] for row in rows if row[place]), "")
        if "EVENT_TYPE" not in columns:
            self._add_type(self._file_type, columns, lines, rows)
            return
        place = columns.index("EVENT_TYPE")
        found = {row[place] for row in rows}
        if len(found) == 1:
            self._add_type(found.pop() or self._file_type, columns, lines, rows)
            return
        for event_type in sorted(found):
            chosen = [n for n, row in enumerate(rows) if row[place] == event_type]
            self._add_type(
                event_type or self._file_type,
                columns,
                [lines[n] for n in chosen],
                [rows[n] for n in chosen],
            )

    def set_aside(self, bad_rows: Sequence[BadRow]) -> None:
        """Keep rows that could not be read, with their reason, up to `MALFORMED_KEPT`."""
        room = max(MALFORMED_KEPT - self.malformed, 0)
        self.malformed += len(bad_rows)
        self._connection.executemany(
            "INSERT INTO malformed_row (file_id, line, reason, text) VALUES (?, ?, ?, ?)",
            (
                (self._file_id, bad.line, bad.reason, bad.text[:_TEXT_KEPT])
                for bad in bad_rows[:room]
            ),
        )

    def finish(self) -> StoredSpan:
        """Write what is still in memory; says what was stored."""
        span = self._rows.span
        if self._calls is not None:
            self._calls.flush()
            span.merge(self._calls.span)
        return span

    def _add_type(
        self, event_type: str, columns: Sequence[str], lines: Sequence[int], rows: list[list[str]]
    ) -> None:
        if event_type == EVENT_TYPE:
            if self._calls is None:
                self._calls = ApiCallTable(self._connection, self._file_id, self.org_id)
            unreadable = self._calls.add(columns, rows)
        else:
            unreadable = self._rows.add(columns, rows)
        self.types[event_type] += len(rows) - len(unreadable)
        self.set_aside([BadRow(lines[n], _NO_TIME, ",".join(rows[n])) for n in unreadable])
