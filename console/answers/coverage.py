"""How complete the store is, for every source and hour."""

from dataclasses import dataclass
from datetime import datetime

from store.records import CoverageHour


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which a source is not complete, and why."""

    source: str
    start: datetime
    end: datetime
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What every answer carries about the data beneath it."""

    state: str
    """``complete``, ``partial`` or ``blind``."""
    gaps: tuple[Gap, ...]
    summary: str
    """One short sentence, e.g. ``logs to 05:00, 4 h behind; stream complete``."""


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """The ledger's hours between two moments, oldest first, and what they add up to."""

    since: datetime
    until: datetime
    hours: tuple[CoverageHour, ...]
    completeness: Completeness
