"""Query answers kept for their next pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.simulator.ids import base62, long_id
from console.simulator.soql.run import Answer

CURSORS_PER_USER = 10
LIFETIME = timedelta(days=2)
"""Open cursors of one user, and how long one lives. Both are widely told and in none of the pages
at hand, so that a shelf can be made with others."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """One answer that is being read page by page."""

    locator: str
    """18 characters, ``01g…``."""
    user_id: str
    answer: Answer
    page_rows: int
    query: str
    opened_at: datetime


class CursorShelf:
    """The open cursors; a user's oldest makes room for one too many."""

    def __init__(self, per_user: int = CURSORS_PER_USER, lifetime: timedelta = LIFETIME) -> None:
        self._per_user = per_user
        self._lifetime = lifetime
        self._cursors: dict[str, Cursor] = {}
        self._opened = 0

    def keep(
        self, answer: Answer, page_rows: int, query: str, user_id: str, now: datetime
    ) -> Cursor:
        """A new cursor over ``answer`` for one user."""
        own = [cursor for cursor in self._cursors.values() if cursor.user_id == user_id]
        if len(own) >= self._per_user:
            self.drop(own[0])
        self._opened += 1
        locator = long_id(f"01gHs{base62(self._opened, 10)}")
        cursor = Cursor(locator, user_id, answer, page_rows, query, now)
        self._cursors[locator] = cursor
        return cursor

    def find(self, locator: str, user_id: str, now: datetime) -> Cursor | None:
        """The cursor of that locator (15 or 18 characters), or None when gone or another's."""
        cursor = self._cursors.get(long_id(locator) if len(locator) == 15 else locator)
        if cursor is None or cursor.user_id != user_id:
            return None
        if now - cursor.opened_at >= self._lifetime:
            self.drop(cursor)
            return None
        return cursor

    def drop(self, cursor: Cursor) -> None:
        """Forget one cursor."""
        self._cursors.pop(cursor.locator, None)

    def clear(self) -> int:
        """Forget every cursor, as when a server is taken away; says how many there were."""
        count = len(self._cursors)
        self._cursors.clear()
        return count
