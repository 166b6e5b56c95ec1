"""Event log files."""

from datetime import datetime

from console.salesforce.rest import RestClient
from console.salesforce.types import LogFileEntry


async def list_log_files(
    client: RestClient, event_types: tuple[str, ...] | None, created_after: datetime
) -> list[LogFileEntry]:
    """The log files created at or after ``created_after``, oldest first."""
    raise NotImplementedError
