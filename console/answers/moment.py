"""The span of time that an answer is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta

POOL_WINDOW = timedelta(hours=24)
"""The API pool is a rolling 24-hour count (Salesforce, "API Request Limits and Allocations")."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time to look from, and how far back to look; both ends in UTC.

    A live console makes a new one for each refresh; time travel is the same with an earlier
    ``as_of``. Nothing recorded after ``as_of`` may show.
    """

    as_of: datetime
    since: datetime
    until: datetime

    @classmethod
    def rolling(cls, as_of: datetime, window: timedelta = POOL_WINDOW) -> "Moment":
        """The ``window`` that ends at ``as_of``."""
        return cls(as_of=as_of, since=as_of - window, until=as_of)
