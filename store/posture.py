"""Snapshots of the org's access, one a day.

Logins and token uses move all the time, so a reading replaces the one before of the same UTC day;
`KEPT_DAYS` of them are kept, compressed.
"""

import sqlite3
import zlib
from datetime import datetime

import msgspec

from store.moments import DAY_MS, to_ms
from store.posture_records import PostureSnapshot

KEPT_DAYS = 400
"""So that two audits a year apart can be compared."""


def record_posture(connection: sqlite3.Connection, snapshot: PostureSnapshot) -> None:
    """Keep this snapshot as its day's, and let go of those that are too old."""
    taken_ms = to_ms(snapshot.taken_at)
    body = zlib.compress(msgspec.json.encode(snapshot))
    connection.execute(
        "INSERT OR REPLACE INTO posture_day (day_ms, taken_ms, body) VALUES (?, ?, ?)",
        (taken_ms - taken_ms % DAY_MS, taken_ms, body),
    )
    connection.execute("DELETE FROM posture_day WHERE day_ms < ?", (taken_ms - KEPT_DAYS * DAY_MS,))


def latest_posture(connection: sqlite3.Connection, as_of: datetime) -> PostureSnapshot | None:
    """The newest snapshot not after ``as_of``; None when there is none."""
    row = connection.execute(
        "SELECT body FROM posture_day WHERE taken_ms <= ? ORDER BY day_ms DESC LIMIT 1",
        (to_ms(as_of),),
    ).fetchone()
    if row is None:
        return None
    return msgspec.json.decode(zlib.decompress(row[0]), type=PostureSnapshot)
