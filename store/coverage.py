"""The coverage ledger: for every source and hour, whether the store is complete, and why not."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from store.moments import DAY_MS, HOUR_MS, from_ms, to_ms
from store.records import CoverageHour, CoverageState, IngestResult

_MOST_HOURS = 31 * 24


def record_hours(connection: sqlite3.Connection, hours: Iterable[CoverageHour]) -> None:
    """Write what is known of these hours; what was known of the same source and hour goes."""
    connection.executemany(
        "INSERT OR REPLACE INTO coverage_hour"
        " (source, hour_ms, state, records, reason, updated_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                hour.source,
                to_ms(hour.hour) // HOUR_MS * HOUR_MS,
                hour.state.value,
                hour.records,
                hour.reason,
                to_ms(hour.updated_at),
            )
            for hour in hours
        ),
    )


def hours(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[CoverageHour, ...]:
    """The ledger's rows of every hour that lies at least partly within since < t <= until.

    Oldest first, then by source.
    """
    rows = connection.execute(
        "SELECT source, hour_ms, state, records, reason, updated_ms FROM coverage_hour"
        " WHERE hour_ms >= ? AND hour_ms <= ? ORDER BY hour_ms, source",
        ((to_ms(since) + 1) // HOUR_MS * HOUR_MS, to_ms(until)),
    )
    return tuple(
        CoverageHour(source, from_ms(hour), CoverageState(state), records, reason, from_ms(at))
        for source, hour, state, records, reason, at in rows
    )


def hours_of_file(result: IngestResult, updated_at: datetime) -> tuple[CoverageHour, ...]:
    """What the ledger may say after one log file went in: nothing when it brought no rows.

    A file of the org covers its hour or its UTC day. A file from disk names no span, so the hours
    that its rows touch are partial: nobody can tell whether rows are missing. One that spans more
    than a month says too little of any single hour to be noted.
    """
    if result.outcome not in ("stored", "empty"):
        return ()
    file = result.file
    source = f"log:{file.event_type}"
    if file.log_date is not None and file.origin == "org":
        start_ms = to_ms(file.log_date)
        length_ms = HOUR_MS if file.interval == "Hourly" else DAY_MS
        state, reason = CoverageState.COMPLETE, f"{file.interval.lower()} log file stored"
    elif result.first_at is not None and result.last_at is not None:
        start_ms = to_ms(result.first_at) // HOUR_MS * HOUR_MS
        length_ms = to_ms(result.last_at) - start_ms + 1
        state, reason = CoverageState.PARTIAL, "from a file on disk; its span is not stated"
    else:
        return ()
    count = -(-length_ms // HOUR_MS)
    if count > _MOST_HOURS:
        return ()
    return tuple(
        CoverageHour(
            source, from_ms(start_ms) + timedelta(hours=n), state, None, reason, updated_at
        )
        for n in range(count)
    )
