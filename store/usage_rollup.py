"""Hourly sums of API calls, kept exact in the same transaction as the rows they sum.

Sums are kept per log file, so that a file that is replaced takes its share with it.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from store.moments import HOUR_MS

DIMENSIONS: Final = ("source_ip", "family", "api_version", "resource", "entity", "status")
"""The facets of `store.records.UsageFacet`; a facet is stored by its place in this list."""

_TERM_OF_ROW: Final = (
    "address_id",
    "family_id",
    "version_id",
    "resource_id",
    "entity_id",
    "(SELECT id FROM term WHERE text = COALESCE(CAST(status AS TEXT), ''))",
)
"""The term of a row in each of the `DIMENSIONS`."""

_FLUSH_AT = 100_000
"""Sums held in memory before they are written; written ones are added to."""


class UsageRollup:
    """Gathers the sums of one log file."""

    def __init__(self, connection: sqlite3.Connection, file_id: int) -> None:
        self._connection = connection
        self._file_id = file_id
        self._hours: dict[tuple[int, int], _Sums] = {}
        self._facets: dict[tuple[int, int, int, int], list[int]] = {}

    def add(
        self,
        times_ms: Sequence[int],
        callers: Sequence[int],
        counted: Sequence[int | None],
        is_error: Sequence[bool],
        terms: Sequence[Sequence[int]],
    ) -> None:
        """Add rows, given as columns of equal length; ``terms`` in the order of `DIMENSIONS`."""
        hours_ms = [time_ms - time_ms % HOUR_MS for time_ms in times_ms]
        kinds = Counter(zip(hours_ms, callers, counted, is_error, *terms, strict=True))
        for (hour_ms, caller, counts, error, *values), calls in kinds.items():
            counted_calls = calls if counts else 0
            self._hours.setdefault((hour_ms, caller), _Sums()).add(
                calls, counted_calls, calls if error else 0
            )
            for dimension, term in enumerate(values):
                facet = self._facets.setdefault((hour_ms, dimension, caller, term), [0, 0])
                facet[0] += calls
                facet[1] += counted_calls
        self._add_ends(times_ms, list(zip(hours_ms, callers, strict=True)))
        if len(self._hours) + len(self._facets) > _FLUSH_AT:
            self.flush()

    def _add_ends(self, times_ms: Sequence[int], keys: list[tuple[int, int]]) -> None:
        """Note the first and the last time of each hour and caller."""
        in_order = sorted(zip(times_ms, keys, strict=True))
        last = {key: time_ms for time_ms, key in in_order}
        first = {key: time_ms for time_ms, key in reversed(in_order)}
        for key, last_ms in last.items():
            self._hours[key].include(first[key], last_ms)

    def flush(self) -> None:
        """Write what was gathered."""
        file_id = self._file_id
        self._connection.executemany(
            "INSERT INTO usage_hour"
            " (hour_ms, caller_id, file_id, calls, counted, errors, first_ms, last_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (hour_ms, caller_id, file_id) DO UPDATE SET"
            " calls = calls + excluded.calls, counted = counted + excluded.counted,"
            " errors = errors + excluded.errors, first_ms = MIN(first_ms, excluded.first_ms),"
            " last_ms = MAX(last_ms, excluded.last_ms)",
            (
                (hour, caller, file_id, s.calls, s.counted, s.errors, s.first_ms, s.last_ms)
                for (hour, caller), s in self._hours.items()
            ),
        )
        self._connection.executemany(
            "INSERT INTO usage_facet_hour"
            " (hour_ms, dimension, caller_id, term_id, file_id, calls, counted)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (hour_ms, dimension, caller_id, term_id, file_id) DO UPDATE SET"
            " calls = calls + excluded.calls, counted = counted + excluded.counted",
            ((*key, file_id, calls, counted) for key, (calls, counted) in self._facets.items()),
        )
        self._hours.clear()
        self._facets.clear()


def remove_sums(connection: sqlite3.Connection, file_id: int, first_ms: int, last_ms: int) -> None:
    """Take out the sums of a file whose rows lie between these times."""
    for table in ("usage_hour", "usage_facet_hour"):
        connection.execute(
            f"DELETE FROM {table} WHERE hour_ms >= ? AND hour_ms <= ? AND file_id = ?",  # noqa: S608
            (first_ms // HOUR_MS * HOUR_MS, last_ms, file_id),
        )


def add_sums(connection: sqlite3.Connection, file_id: int, first_id: int, last_id: int) -> None:
    """Make the sums of a file, which has none, from its rows, which lie between these ids."""
    rows = (first_id, last_id, file_id)
    connection.execute(
        "INSERT INTO usage_hour"
        " (hour_ms, caller_id, file_id, calls, counted, errors, first_ms, last_ms)"
        " SELECT occurred_ms - occurred_ms % 3600000, caller_id, file_id, COUNT(*),"
        " COUNT(CASE WHEN counted THEN 1 END), COUNT(CASE WHEN status >= 400 THEN 1 END),"
        " MIN(occurred_ms), MAX(occurred_ms)"
        " FROM api_call WHERE id >= ? AND id <= ? AND file_id = ? GROUP BY 1, 2",
        rows,
    )
    for dimension, term_id in enumerate(_TERM_OF_ROW):
        connection.execute(
            "INSERT INTO usage_facet_hour"  # noqa: S608
            " (hour_ms, dimension, caller_id, term_id, file_id, calls, counted)"
            f" SELECT occurred_ms - occurred_ms % 3600000, ?, caller_id, {term_id}, file_id,"
            " COUNT(*), COUNT(CASE WHEN counted THEN 1 END)"
            " FROM api_call WHERE id >= ? AND id <= ? AND file_id = ? GROUP BY 1, 3, 4",
            (dimension, *rows),
        )


@dataclass(slots=True)
class _Sums:
    calls: int = 0
    counted: int = 0
    errors: int = 0
    first_ms: int | None = None
    last_ms: int | None = None

    def add(self, calls: int, counted: int, errors: int) -> None:
        self.calls += calls
        self.counted += counted
        self.errors += errors

    def include(self, first_ms: int, last_ms: int) -> None:
        self.first_ms = first_ms if self.first_ms is None else min(first_ms, self.first_ms)
        self.last_ms = last_ms if self.last_ms is None else max(last_ms, self.last_ms)
