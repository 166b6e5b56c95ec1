"""What the console's user may read, probe by probe.

A probe that found nothing new only moves the last time of the one before, so the table grows with
changes of permissions and not with days.
"""

import hashlib
import sqlite3
from datetime import datetime

import msgspec

from store.access_records import AccessProbe, SourceAccess
from store.moments import from_ms, to_ms


class _Findings(msgspec.Struct):
    """What of a probe makes it differ from the one before: everything but its time."""

    username: str
    sources: tuple[SourceAccess, ...]
    permissions: tuple[tuple[str, bool], ...]
    licences: tuple[tuple[str, int | None, int | None], ...]


def record_probe(connection: sqlite3.Connection, probe: AccessProbe) -> None:
    """Keep this probe; one identical to the newest only moves that one's last time."""
    body = msgspec.json.encode(
        _Findings(probe.username, probe.sources, probe.permissions, probe.licences)
    )
    digest = hashlib.sha256(body).hexdigest()
    taken_ms = to_ms(probe.taken_at)
    newest = connection.execute(
        "SELECT id, digest FROM access_probe ORDER BY first_ms DESC, id DESC LIMIT 1"
    ).fetchone()
    if newest is not None and newest[1] == digest:
        connection.execute(
            "UPDATE access_probe SET last_ms = MAX(last_ms, ?) WHERE id = ?",
            (taken_ms, newest[0]),
        )
        return
    connection.execute(
        "INSERT INTO access_probe (first_ms, last_ms, digest, body) VALUES (?, ?, ?, ?)",
        (taken_ms, taken_ms, digest, body.decode()),
    )


def latest_probe(connection: sqlite3.Connection, as_of: datetime) -> AccessProbe | None:
    """The newest probe not after ``as_of``; None when there is none.

    ``taken_at`` is when it last found the same, or first where the last time came after ``as_of``.
    """
    as_of_ms = to_ms(as_of)
    row = connection.execute(
        "SELECT first_ms, last_ms, body FROM access_probe WHERE first_ms <= ?"
        " ORDER BY first_ms DESC, id DESC LIMIT 1",
        (as_of_ms,),
    ).fetchone()
    if row is None:
        return None
    first_ms, last_ms, body = row
    found = msgspec.json.decode(body, type=_Findings)
    taken_ms = last_ms if last_ms <= as_of_ms else first_ms
    return AccessProbe(
        from_ms(taken_ms), found.username, found.sources, found.permissions, found.licences
    )
