"""Times as Salesforce writes them in logs and events.

``TIMESTAMP`` is ``yyyyMMddHHmmss.SSS`` in GMT, its fraction sometimes shorter or absent;
``TIMESTAMP_DERIVED`` and event dates are ISO with ``Z`` or ``+0000``
(salesforce-event-monitoring facts, sections 2.2 and 3.4).
"""

import re
from datetime import UTC, datetime

from store.moments import to_ms

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,9}))?", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def compact_ms(text: str) -> int | None:
    """The moment of a ``TIMESTAMP`` value in ms; None when it is none."""
    match = _COMPACT.fullmatch(text.strip())
    return None if match is None else _moment_ms(match.groups()[:6], match[7])


def iso_ms(text: str) -> int | None:
    """The moment of an ISO date-time in ms, UTC where no zone is given; None when it is none."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    moment_ms = _moment_ms(match.groups()[:6], match[7])
    zone = match[8]
    if moment_ms is None or zone in (None, "Z"):
        return moment_ms
    digits = zone[1:].replace(":", "")
    offset_ms = (int(digits[:2]) * 60 + int(digits[2:])) * 60_000
    return moment_ms - offset_ms if zone[0] == "+" else moment_ms + offset_ms


def compact_text(moment_ms: int) -> str:
    """The ``TIMESTAMP`` form of a moment, always with three digits of fraction."""
    seconds, ms = divmod(moment_ms, 1000)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.year:04d}{moment:%m%d%H%M%S}.{ms:03d}"


def iso_text(moment_ms: int) -> str:
    """The ``TIMESTAMP_DERIVED`` form of a moment."""
    seconds, ms = divmod(moment_ms, 1000)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.isoformat()[:19]}.{ms:03d}Z"


def _moment_ms(fields: tuple[str, ...], fraction: str | None) -> int | None:
    try:
        year, month, day, hour, minute, second = map(int, fields)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    # ".13" is 130 ms: digits left out at the end are zeros.
    return to_ms(moment) + int((fraction or "0")[:3].ljust(3, "0"))
