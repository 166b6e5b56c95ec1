"""What the org said about its limits, and how far its API pool was used, over time."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from store.moments import from_ms, to_ms
from store.records import LimitSample, PoolSample

_RUN_GAP_MS = 15 * 60_000
"""Readings further apart than this never share a run: what lies between was not seen."""


def record_limits(connection: sqlite3.Connection, samples: Iterable[LimitSample]) -> None:
    """Store one reading of ``/limits``; a limit that has not moved costs no new row."""
    for sample in samples:
        sampled_ms = to_ms(sample.sampled_at)
        connection.execute(
            "INSERT INTO limit_reading (sampled_ms) VALUES (?) ON CONFLICT DO NOTHING",
            (sampled_ms,),
        )
        extended = connection.execute(
            "UPDATE limit_run SET last_ms = :at WHERE name = :name AND first_ms = ("
            " SELECT MAX(first_ms) FROM limit_run WHERE name = :name)"
            " AND max_value = :max AND remaining = :remaining"
            " AND last_ms <= :at AND last_ms >= :at - :gap",
            {
                "name": sample.name,
                "at": sampled_ms,
                "max": sample.max_value,
                "remaining": sample.remaining,
                "gap": _RUN_GAP_MS,
            },
        )
        if extended.rowcount == 0:
            connection.execute(
                "INSERT OR REPLACE INTO limit_run (name, first_ms, last_ms, max_value, remaining)"
                " VALUES (?, ?, ?, ?, ?)",
                (sample.name, sampled_ms, sampled_ms, sample.max_value, sample.remaining),
            )


def record_pool(connection: sqlite3.Connection, sample: PoolSample) -> None:
    """Store what a response header said; a second one in the same millisecond replaces it."""
    connection.execute(
        "INSERT OR REPLACE INTO pool_sample (sampled_ms, used_calls, max_calls) VALUES (?, ?, ?)",
        (to_ms(sample.sampled_at), sample.used_calls, sample.max_calls),
    )


def latest_limits(connection: sqlite3.Connection, as_of: datetime) -> tuple[LimitSample, ...]:
    """The newest sample of every limit not after ``as_of``, by name."""
    rows = connection.execute(
        "SELECT run.name, run.max_value, run.remaining,"
        " (SELECT MAX(sampled_ms) FROM limit_reading"
        "   WHERE sampled_ms <= MIN(run.last_ms, :as_of))"
        " FROM (SELECT DISTINCT name FROM limit_run) AS known"
        " JOIN limit_run AS run ON run.name = known.name AND run.first_ms = ("
        "   SELECT MAX(first_ms) FROM limit_run"
        "   WHERE name = known.name AND first_ms <= :as_of)"
        " ORDER BY run.name",
        {"as_of": to_ms(as_of)},
    )
    return tuple(
        LimitSample(name, max_value, remaining, from_ms(sampled_ms))
        for name, max_value, remaining, sampled_ms in rows
    )


def limit_trends(
    connection: sqlite3.Connection, since: datetime, until: datetime, points: int
) -> dict[str, tuple[float, ...]]:
    """The used fraction of every limit at ``points`` moments, evenly spread, ending at ``until``.

    Oldest first, each the last value known at its moment. A moment before the first reading has
    no value, so a trend may be shorter than ``points``; limits with a maximum of 0 are left out.
    """
    since_ms, until_ms = to_ms(since), to_ms(until)
    if points < 1 or until_ms <= since_ms:
        return {}
    rows = connection.execute(
        "SELECT name, first_ms, max_value, remaining FROM limit_run"
        " WHERE first_ms <= :until AND first_ms >= COALESCE(("
        "   SELECT MAX(earlier.first_ms) FROM limit_run AS earlier"
        "   WHERE earlier.name = limit_run.name AND earlier.first_ms <= :since), 0)"
        " ORDER BY name, first_ms",
        {"since": since_ms, "until": until_ms},
    )
    runs: dict[str, list[tuple[int, float]]] = {}
    for name, first_ms, max_value, remaining in rows:
        if max_value > 0:
            runs.setdefault(name, []).append((first_ms, (max_value - remaining) / max_value))
    moments = [since_ms + (until_ms - since_ms) * (i + 1) // points for i in range(points)]
    return {name: _carried(changes, moments) for name, changes in runs.items()}


def _carried(changes: list[tuple[int, float]], moments: list[int]) -> tuple[float, ...]:
    values: list[float] = []
    position = 0
    for moment_ms in moments:
        while position < len(changes) and changes[position][0] <= moment_ms:
            position += 1
        if position:
            values.append(changes[position - 1][1])
    return tuple(values)


def latest_pool(connection: sqlite3.Connection, as_of: datetime) -> PoolSample | None:
    """The newest pool sample not after ``as_of``."""
    row = connection.execute(
        "SELECT used_calls, max_calls, sampled_ms FROM pool_sample"
        " WHERE sampled_ms <= ? ORDER BY sampled_ms DESC LIMIT 1",
        (to_ms(as_of),),
    ).fetchone()
    return None if row is None else PoolSample(row[0], row[1], from_ms(row[2]))


def pool_history(
    connection: sqlite3.Connection, since: datetime, until: datetime, max_points: int
) -> tuple[PoolSample, ...]:
    """Pool samples with since < t <= until, oldest first, at most ``max_points``.

    The span is cut into that many equal parts and the last sample of each part is kept.
    """
    since_ms, until_ms = to_ms(since), to_ms(until)
    if max_points < 1 or until_ms <= since_ms:
        return ()
    rows = connection.execute(
        "WITH RECURSIVE part(n, low, high) AS ("
        "  SELECT 0, :since, :since + (:until - :since) / :points"
        "  UNION ALL SELECT n + 1, high, :since + (:until - :since) * (n + 2) / :points"
        "  FROM part WHERE n + 1 < :points)"
        " SELECT sample.used_calls, sample.max_calls, sample.sampled_ms"
        " FROM part JOIN pool_sample AS sample ON sample.sampled_ms = ("
        "  SELECT MAX(sampled_ms) FROM pool_sample"
        "  WHERE sampled_ms > part.low AND sampled_ms <= part.high)"
        " ORDER BY part.n",
        {"since": since_ms, "until": until_ms, "points": max_points},
    )
    return tuple(PoolSample(used, top, from_ms(sampled_ms)) for used, top, sampled_ms in rows)
