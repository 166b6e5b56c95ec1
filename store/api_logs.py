"""API usage from the logs of single API families, for spans that ApiTotalUsage does not cover.

RestApi, API (SOAP) and their Apex kin hold a row per request, but not whether it counted against
the limit; an org's own files of these types are often all that somebody has on disk.
"""

import sqlite3
from datetime import datetime
from typing import Final

from store.moments import HOUR_MS, from_ms, to_ms
from store.records import UsageFacet, UsageRow, UsageSlot

FAMILIES: Final = {
    "RestApi": "REST",
    "API": "SOAP",
    "ApexRestApi": "ApexREST",
    "ApexSoap": "SOAP",
    "BulkApiRequest": "Bulk",
}
"""Log types with a row per API request, and the family that ApiTotalUsage would call it."""

_CALLER: Final = "app_id, NULL, client, user_id, username"
_ERROR: Final = "SUM(problem)"
_BEFORE_ANY_MS: Final = -(2**62)
_WHERE: Final = (
    f" FROM log_row WHERE event_type IN ({', '.join('?' * len(FAMILIES))})"
    " AND occurred_ms > ? AND occurred_ms <= ?"
)
_FACETS: Final = (
    ("source_ip", "source_ip"),
    ("family", "event_type"),
    ("api_version", "api_version"),
    ("resource", "operation"),
    ("entity", "entities"),
    ("status", "status"),
)


def usage(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[UsageRow, ...]:
    """Requests of every caller after ``since`` and not after ``until``; each taken to count."""
    rows = connection.execute(
        f"SELECT {_CALLER}, COUNT(*), {_ERROR}, MIN(occurred_ms), MAX(occurred_ms){_WHERE}"
        " GROUP BY 1, 3, 4, 5",
        _parameters(since, until),
    )
    return tuple(
        UsageRow(
            app, name, client, user, username, calls, calls, errors, from_ms(first), from_ms(last)
        )
        for app, name, client, user, username, calls, errors, first, last in rows
    )


def usage_by_hour(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[UsageSlot, ...]:
    """The same by clock hour in UTC."""
    rows = connection.execute(
        f"SELECT {_CALLER}, COUNT(*), {_ERROR}, occurred_ms / {HOUR_MS}{_WHERE}"
        " GROUP BY 1, 3, 4, 5, 8",
        _parameters(since, until),
    )
    return tuple(
        UsageSlot(from_ms(hour * HOUR_MS), app, name, client, user, username, calls, calls, errors)
        for app, name, client, user, username, calls, errors, hour in rows
    )


def usage_facets(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[UsageFacet, ...]:
    """The same by the values of each dimension that the rows fill."""
    facets = []
    for dimension, column in _FACETS:
        rows = connection.execute(
            f"SELECT {_CALLER}, {column}, COUNT(*){_WHERE} AND {column} IS NOT NULL"
            " GROUP BY 1, 3, 4, 5, 6",
            _parameters(since, until),
        )
        facets += [
            UsageFacet(
                app,
                name,
                client,
                user,
                username,
                dimension,
                _value(dimension, str(value)),
                calls,
                calls,
            )
            for app, name, client, user, username, value, calls in rows
        ]
    return tuple(facets)


def logs_until(connection: sqlite3.Connection, until: datetime) -> datetime | None:
    """The time of the newest such row not after ``until``; None when there is none."""
    row = connection.execute(
        f"SELECT occurred_ms{_WHERE} ORDER BY occurred_ms DESC LIMIT 1",
        (*FAMILIES, _BEFORE_ANY_MS, to_ms(until)),
    ).fetchone()
    return None if row is None else from_ms(row[0])


def _parameters(since: datetime, until: datetime) -> tuple[object, ...]:
    return (*FAMILIES, to_ms(since), to_ms(until))


def _value(dimension: str, value: str) -> str:
    return FAMILIES[value] if dimension == "family" else value
