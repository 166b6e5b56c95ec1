"""Plays the faults of a scenario at their hours of the org's time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

ScriptedDocuments = Iterable[tuple[timedelta, Mapping[str, object]]]


class FaultScript:
    """Causes each fault document once, when its offset from ``began_at`` has come.

    ``cause`` gets the documents. A script that begins in the past does not catch up: what should
    have struck before ``opened_at`` is left out.
    """

    def __init__(
        self,
        documents: ScriptedDocuments,
        began_at: datetime,
        opened_at: datetime,
        cause: Callable[[Mapping[str, object]], object],
    ) -> None:
        due = ((began_at + after, document) for after, document in documents)
        self._due = sorted((item for item in due if item[0] >= opened_at), key=lambda item: item[0])
        self._cause = cause

    def play_until(self, now: datetime) -> int:
        """Cause what is due by ``now``, in order; says how many faults that were."""
        count = 0
        while self._due and self._due[0][0] <= now:
            _, document = self._due.pop(0)
            self._cause(document)
            count += 1
        return count
