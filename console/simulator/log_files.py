"""Which event log files exist at a moment, and what is in them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SimLogFile:
    """One EventLogFile record."""

    file_id: str
    """18 characters, ``0AT…``."""
    event_type: str
    interval: str
    """``Hourly`` or ``Daily``."""
    log_date: datetime
    """Start of the hour or of the UTC day."""
    sequence: int
    """0 for daily files, 1, 2, … for hourly ones."""
    created_at: datetime
    field_names: str
    """Comma-separated column names in file order."""
    field_types: str
