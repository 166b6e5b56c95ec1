"""What of one log file went into one table: how many rows, which ids, between which times."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class StoredSpan:
    """Grows while a file is read; ids and times (ms) are None until there is a row."""

    rows: int = 0
    first_id: int | None = None
    last_id: int | None = None
    first_ms: int | None = None
    last_ms: int | None = None

    def include(self, first_id: int, times_ms: Sequence[int]) -> None:
        """Add rows with consecutive ids from ``first_id`` on; there is at least one."""
        self.rows += len(times_ms)
        self.first_id = first_id if self.first_id is None else self.first_id
        self.last_id = first_id + len(times_ms) - 1
        low, high = min(times_ms), max(times_ms)
        self.first_ms = low if self.first_ms is None else min(low, self.first_ms)
        self.last_ms = high if self.last_ms is None else max(high, self.last_ms)

    def merge(self, other: "StoredSpan") -> None:
        """Add what another table took."""
        if other.first_id is None or other.first_ms is None:
            return
        if self.first_id is None:
            self.first_id, self.last_id = other.first_id, other.last_id
            self.first_ms, self.last_ms = other.first_ms, other.last_ms
        else:
            self.first_id = min(self.first_id, other.first_id)
            self.last_id = max(self.last_id or 0, other.last_id or 0)
            self.first_ms = min(self.first_ms or 0, other.first_ms)
            self.last_ms = max(self.last_ms or 0, other.last_ms or 0)
        self.rows += other.rows
