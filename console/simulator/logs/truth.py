"""What an event log file really holds, as the ground truth tells it."""

from console.simulator.logs.delivery import LATE, ON_TIME, STRAGGLING
from console.simulator.logs.files import SimLogFile
from console.simulator.logs.measures import FileSize
from console.simulator.moments import iso_ms, to_ms

_PARTS = {ON_TIME: "on time", LATE: "late", STRAGGLING: "straggling"}


def told_file(file: SimLogFile, size: FileSize) -> dict[str, object]:
    """One file as JSON: ``rows`` with the duplicates, ``parts`` which of its hours' rows."""
    return {
        "id": file.file_id,
        "event_type": file.event_type,
        "interval": file.interval,
        "log_date": iso_ms(to_ms(file.log_date)),
        "sequence": file.sequence,
        "created_at": iso_ms(to_ms(file.created_at)),
        "rows": size.rows,
        "duplicates": size.duplicates,
        "bytes": size.length_bytes,
        "parts": [_PARTS[part] for part in file.parts],
    }
