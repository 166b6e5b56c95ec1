"""What happened: streamed events and log rows, newest first, one page at a time."""

from dataclasses import dataclass
from datetime import datetime

from console.answers.coverage import Completeness
from store.records import StoredEvent


@dataclass(frozen=True, slots=True)
class EventsAnswer:
    """One page of the event list."""

    as_of: datetime
    events: tuple[StoredEvent, ...]
    """Newest first."""
    more: bool
    per_minute: tuple[int, ...]
    """Streamed events in each of the last 60 minutes, oldest first."""
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class EventDetail:
    """One event with every field that it carried, names resolved where they could be."""

    event: StoredEvent
    fields: tuple[tuple[str, str], ...]
    """Every field as it came, in the order of the record."""
    raw: str
    """The record as indented JSON."""
