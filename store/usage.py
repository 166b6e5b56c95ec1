"""API calls per caller over any span, exact to the millisecond.

Spans are half-open: since < t <= until. Whole UTC hours come from the hourly sums, the parts of
hours at both ends from the rows themselves, by index.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.api_calls import EVENT_TYPE
from store.log_values import known_version
from store.moments import DAY_MS, HOUR_MS, from_ms, to_ms
from store.records import UsageFacet, UsageRow, UsageSlot
from store.usage_rollup import DIMENSIONS

OTHER_VALUES = "(other)"
"""The value under which a facet's many small values are summed."""

_EDGE = (
    "SELECT caller_id, occurred_ms - occurred_ms % 3600000, COUNT(*),"
    " COUNT(CASE WHEN counted THEN 1 END), COUNT(CASE WHEN status >= 400 THEN 1 END),"
    " MIN(occurred_ms), MAX(occurred_ms) FROM api_call WHERE "
)
_PARTS = (
    "SELECT caller_id, hour_ms, calls, counted, errors, first_ms, last_ms FROM usage_hour"  # noqa: S608
    " WHERE hour_ms >= :first_hour AND hour_ms < :end_hour UNION ALL "
    + _EDGE
    + "occurred_ms > :since AND occurred_ms < :first_hour GROUP BY 1, 2 UNION ALL "
    + _EDGE
    + "occurred_ms >= :end_hour AND occurred_ms <= :until GROUP BY 1, 2"
)
_CALLER = "caller.app_id, caller.app_name, caller.client, caller.user_id, caller.username"


@dataclass(frozen=True, slots=True)
class _Span:
    """A span in ms, and the whole hours within it: ``first_hour`` up to before ``end_hour``."""

    since: int
    until: int
    first_hour: int
    end_hour: int

    def parameters(self) -> dict[str, int]:
        return {
            "since": self.since,
            "until": self.until,
            "first_hour": self.first_hour,
            "end_hour": self.end_hour,
        }


def usage(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[UsageRow, ...]:
    """Every caller's calls in the span, most calls first."""
    rows = connection.execute(
        f"SELECT {_CALLER}, SUM(calls), SUM(counted), SUM(errors), MIN(first_ms), MAX(last_ms)"  # noqa: S608
        f" FROM ({_PARTS}) AS part JOIN caller ON caller.id = part.caller_id"
        " GROUP BY caller.id ORDER BY SUM(calls) DESC, caller.id",
        _span(since, until).parameters(),
    )
    return tuple(
        UsageRow(
            *_named(row[:5]),
            calls=row[5],
            counted_calls=row[6],
            errors=row[7],
            first_at=from_ms(row[8]),
            last_at=from_ms(row[9]),
        )
        for row in rows
    )


def usage_by_hour(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[UsageSlot, ...]:
    """Every caller's calls in each clock hour (UTC) of the span, oldest first.

    Only hours with calls; those at both ends hold only the calls within the span.
    """
    rows = connection.execute(
        f"SELECT hour_ms, {_CALLER}, SUM(calls), SUM(counted), SUM(errors)"  # noqa: S608
        f" FROM ({_PARTS}) AS part JOIN caller ON caller.id = part.caller_id"
        " GROUP BY hour_ms, caller.id ORDER BY hour_ms, SUM(calls) DESC, caller.id",
        _span(since, until).parameters(),
    )
    return tuple(
        UsageSlot(
            from_ms(row[0]), *_named(row[1:6]), calls=row[6], counted_calls=row[7], errors=row[8]
        )
        for row in rows
    )


def usage_facets(
    connection: sqlite3.Connection, since: datetime, until: datetime, top: int = 100
) -> tuple[UsageFacet, ...]:
    """How every caller's calls in the span spread over addresses, families, versions and more.

    The values of one caller and dimension come most calls first and add up to the caller's calls:
    ``value`` is ``''`` for calls that name none, and beyond the ``top`` largest the rest is
    summed under `OTHER_VALUES`.
    """
    span = _span(since, until)
    sums: dict[tuple[int, int], dict[int, list[int]]] = {}
    rows = connection.execute(
        "SELECT caller_id, dimension, term_id, SUM(calls), SUM(counted) FROM usage_facet_hour"
        " WHERE hour_ms >= ? AND hour_ms < ? GROUP BY 1, 2, 3",
        (span.first_hour, span.end_hour),
    )
    for caller, dimension, term, calls, counted in rows:
        sums.setdefault((caller, dimension), {})[term] = [calls, counted]
    _add_edges(connection, span, sums)
    callers = _callers(connection)
    terms = _terms(connection, {term for values in sums.values() for term in values})
    return tuple(
        facet
        for (caller, dimension), values in sorted(sums.items())
        for facet in _facets(callers[caller], DIMENSIONS[dimension], values, terms, top)
    )


def logs_until(connection: sqlite3.Connection, as_of: datetime) -> datetime | None:
    """Up to when stored ApiTotalUsage logs reach, not after ``as_of``; None without any.

    The end of the newest hour or day that a file of the org covers, or the last row of a file
    from disk. Hours before it may still be missing: the coverage ledger knows.
    """
    as_of_ms = to_ms(as_of)
    row = connection.execute(
        "SELECT MAX(CASE WHEN log_date_ms IS NULL THEN last_ms"
        " ELSE log_date_ms + CASE interval WHEN 'Hourly' THEN ? ELSE ? END END) FROM log_file"
        " WHERE event_type = ? AND (log_date_ms IS NOT NULL OR state = 'stored')"
        " AND COALESCE(log_date_ms, last_ms) < ?",
        (HOUR_MS, DAY_MS, EVENT_TYPE, as_of_ms),
    ).fetchone()
    return None if row[0] is None else from_ms(min(row[0], as_of_ms))


def _span(since: datetime, until: datetime) -> _Span:
    since_ms = to_ms(since)
    until_ms = max(to_ms(until), since_ms)
    first_hour = -(-(since_ms + 1) // HOUR_MS) * HOUR_MS
    end_hour = (until_ms + 1) // HOUR_MS * HOUR_MS
    if first_hour > end_hour:
        # Both ends lie in one hour: no whole hours, and everything in the second edge.
        return _Span(since_ms, until_ms, since_ms + 1, since_ms + 1)
    return _Span(since_ms, until_ms, first_hour, end_hour)


def _add_edges(
    connection: sqlite3.Connection, span: _Span, sums: dict[tuple[int, int], dict[int, list[int]]]
) -> None:
    status_terms = _status_terms(connection)
    for low, high in ((span.since, span.first_hour - 1), (span.end_hour - 1, span.until)):
        rows = connection.execute(
            "SELECT caller_id, address_id, family_id, version_id, resource_id, entity_id, status,"
            " COUNT(*), COUNT(CASE WHEN counted THEN 1 END) FROM api_call"
            " WHERE occurred_ms > ? AND occurred_ms <= ? GROUP BY 1, 2, 3, 4, 5, 6, 7",
            (low, high),
        )
        for caller, *values, status, calls, counted in rows:
            for dimension, term in enumerate([*values, status_terms[status]]):
                entry = sums.setdefault((caller, dimension), {}).setdefault(term, [0, 0])
                entry[0] += calls
                entry[1] += counted


class _StatusTerms(dict[int | None, int]):
    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, status: int | None) -> int:
        text = "" if status is None else str(status)
        row = self._connection.execute("SELECT id FROM term WHERE text = ?", (text,)).fetchone()
        self[status] = int(row[0])
        return self[status]


def _status_terms(connection: sqlite3.Connection) -> _StatusTerms:
    return _StatusTerms(connection)


def _facets(
    caller: tuple[str, ...],
    dimension: str,
    values: dict[int, list[int]],
    terms: dict[int, str],
    top: int,
) -> list[UsageFacet]:
    merged: dict[str, list[int]] = {}
    for term, (calls, counted) in values.items():
        text = terms[term]
        if dimension == "api_version":
            text = known_version(text) or ""
        sums = merged.setdefault(text, [0, 0])
        sums[0] += calls
        sums[1] += counted
    ranked = sorted(merged.items(), key=lambda item: (-item[1][0], item[0]))
    facets = [
        UsageFacet(*_named(caller), dimension, text, calls, counted)
        for text, (calls, counted) in ranked[:top]
    ]
    rest = [sums for _, sums in ranked[top:]]
    if rest:
        calls, counted = sum(s[0] for s in rest), sum(s[1] for s in rest)
        facets.append(UsageFacet(*_named(caller), dimension, OTHER_VALUES, calls, counted))
    return facets


def _callers(connection: sqlite3.Connection) -> dict[int, tuple[str, ...]]:
    return {row[0]: row[1:] for row in connection.execute(f"SELECT id, {_CALLER} FROM caller")}  # noqa: S608


def _terms(connection: sqlite3.Connection, wanted: set[int]) -> dict[int, str]:
    texts: dict[int, str] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), 500):
        part = ordered[start : start + 500]
        marks = ", ".join("?" * len(part))
        texts.update(
            connection.execute(f"SELECT id, text FROM term WHERE id IN ({marks})", part).fetchall()  # noqa: S608
        )
    return texts


def _named(
    caller: tuple[str, ...],
) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    app_id, app_name, client, user_id, username = (text or None for text in caller)
    return app_id, app_name, client, user_id, username
