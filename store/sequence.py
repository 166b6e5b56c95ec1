"""One sequence of ids for everything that happened: streamed events, log rows and API calls.

Ids are never used twice, so "committed after" is one comparison across all three tables.
"""

import sqlite3


def reserve_ids(connection: sqlite3.Connection, count: int) -> int:
    """Take ``count`` consecutive ids and return the first."""
    row = connection.execute(
        "UPDATE row_sequence SET next_id = next_id + ? RETURNING next_id", (count,)
    ).fetchone()
    return int(row[0]) - count


def newest_id(connection: sqlite3.Connection) -> int:
    """The last id given out; 0 when there is none."""
    row = connection.execute("SELECT next_id FROM row_sequence").fetchone()
    return int(row[0]) - 1
