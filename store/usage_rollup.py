"""Hourly sums of API calls, kept exact in the same transaction as the rows they sum.

Sums are kept per log file, so that a file that is replaced takes its share with it.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Final

DIMENSIONS: Final = ("source_ip", "family", "api_version", "resource", "entity", "status")
"""The facets of `store.records.UsageFacet`; a facet is stored by its place in this list."""

_FLUSH_AT = 100_000
"""Sums held in memory before they are written; written ones are added to."""


class UsageRollup:
    """Gathers the sums of one log file."""

    def __init__(self, connection: sqlite3.Connection, file_id: int) -> None:
        self._connection = connection
        self._file_id = file_id
        self._hours: dict[tuple[int, int], list[int]] = {}
        self._facets: list[Counter[tuple[int, int, int, int | None]]] = [
            Counter() for _ in DIMENSIONS
        ]

    def add(
        self,
        hours_ms: Sequence[int],
        callers: Sequence[int],
        counted: Sequence[int | None],
        times_ms: Sequence[int],
        is_error: Sequence[bool],
        terms: Sequence[Sequence[int]],
    ) -> None:
        """Add rows, given as columns of equal length; ``terms`` in the order of `DIMENSIONS`."""
        hours = self._hours
        for hour, caller, counts, time_ms, error in zip(
            hours_ms, callers, counted, times_ms, is_error, strict=True
        ):
            sums = hours.get((hour, caller))
            if sums is None:
                hours[hour, caller] = [1, 1 if counts else 0, int(error), time_ms, time_ms]
                continue
            sums[0] += 1
            if counts:
                sums[1] += 1
            if error:
                sums[2] += 1
            if time_ms < sums[3]:
                sums[3] = time_ms
            elif time_ms > sums[4]:
                sums[4] = time_ms
        for facet, values in zip(self._facets, terms, strict=True):
            facet.update(zip(hours_ms, callers, values, counted, strict=True))
        if len(hours) + sum(map(len, self._facets)) > _FLUSH_AT:
            self.flush()

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
            ((hour, caller, file_id, *sums) for (hour, caller), sums in self._hours.items()),
        )
        self._hours.clear()
        for dimension, facet in enumerate(self._facets):
            self._connection.executemany(
                "INSERT INTO usage_facet_hour"
                " (hour_ms, dimension, caller_id, term_id, file_id, calls, counted)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (hour_ms, dimension, caller_id, term_id, file_id) DO UPDATE SET"
                " calls = calls + excluded.calls, counted = counted + excluded.counted",
                (
                    (hour, dimension, caller, term, file_id, calls, calls if counts else 0)
                    for (hour, caller, term, counts), calls in facet.items()
                ),
            )
            facet.clear()
