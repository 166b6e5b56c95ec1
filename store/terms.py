"""The dictionaries behind API calls: texts that come again and again, and callers.

Each gives the row id of a text, from memory or from the database, and makes a row where both lack
it. What memory holds is bounded; beyond the bound it starts afresh.
"""

import sqlite3

from store.log_values import unquoted

_MEMORY_BOUND = 100_000

CallerKey = tuple[str, str, str, str, str]
"""App id, app name, client, user id, username as a log row names them; ``''`` for what is open."""


class TermIds(dict[str, int]):
    """Row ids of texts in ``term``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, text: str) -> int:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        meant = unquoted(text)
        row = self._connection.execute("SELECT id FROM term WHERE text = ?", (meant,)).fetchone()
        if row is None:
            row = self._connection.execute(
                "INSERT INTO term (text) VALUES (?) RETURNING id", (meant,)
            ).fetchone()
        self[text] = int(row[0])
        return self[text]


class CallerIds(dict[CallerKey, int]):
    """Row ids of callers in ``caller``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, caller: CallerKey) -> int:
        if len(self) >= _MEMORY_BOUND:
            self.clear()
        meant = tuple(map(unquoted, caller))
        row = self._connection.execute(
            "SELECT id FROM caller WHERE app_id = ? AND app_name = ? AND client = ?"
            " AND user_id = ? AND username = ?",
            meant,
        ).fetchone()
        if row is None:
            row = self._connection.execute(
                "INSERT INTO caller (app_id, app_name, client, user_id, username)"
                " VALUES (?, ?, ?, ?, ?) RETURNING id",
                meant,
            ).fetchone()
        self[caller] = int(row[0])
        return self[caller]
