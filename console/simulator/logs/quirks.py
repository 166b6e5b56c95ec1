"""What is odd about event log files, how often, and a switch for each oddity.

Salesforce documents that hourly files come three to six hours after their hour and sometimes
much later, that late rows come in a file of the next Sequence, that a daily file is made again
when rows were late, that such rows may be sent twice, and that hours can be missing (REST API
guide, differences between hourly and 24-hour event logs). How often is published only for
ApiTotalUsage in busy orgs: about two files an hour. Everything else here is a choice.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class LogQuirks:
    """The oddities of an org's log files. Numbers say "one in so many"; 0 is never."""

    late_hours: int = 3
    """Hours of which some rows come later, in a file of the next Sequence."""
    remade_days: int = 12
    """Days of which one hour's stragglers come up to three days later, in a further hourly file;
    the daily file is then made again, with another id and CreatedDate."""
    held_files: int = 96
    """Hourly files that come up to two and a half days late as a whole."""
    repeats: int = 24
    """Additional files that hold some rows of the first file once more."""
    listed_twice: int = 0
    """Files that are listed under two ids."""
    gaps: int = 0
    """Hours without any hourly file; their rows are in the daily file."""
    empty_files: int = 0
    """Hours without rows that nevertheless have a file, of no bytes at all."""
    shuffled: bool = False
    """Rows of a minute in no order of time."""
    newest_columns: bool = False
    """Columns at the end that the object reference has and no seen file of the type had."""
    future_type: bool = False
    """A type that no client has heard of."""
    retention: timedelta = timedelta(days=30)
    """How long a file is kept with Event Monitoring, from its creation: 30 to 365 days
    (EventSettings.eventLogRetentionDuration)."""


EVERY_QUIRK = LogQuirks(
    late_hours=2,
    remade_days=2,
    held_files=8,
    repeats=2,
    listed_twice=8,
    gaps=16,
    empty_files=6,
    shuffled=True,
    newest_columns=True,
    future_type=True,
)
"""All at once, and often: for testing what reads log files."""
NO_QUIRKS = LogQuirks(late_hours=0, remade_days=0, held_files=0, repeats=0)
"""Every file complete, in time and alone."""
