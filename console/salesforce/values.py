"""Reading values out of the org's JSON without trusting its types.

A key that is missing, null or of another type than documented is "not known" (``None``), never
a zero and never an exception: a single odd record must not stop a collection.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

Record = dict[str, object]
"""One JSON object of the org."""


def text_of(record: Mapping[str, object], key: str) -> str | None:
    """The text under ``key``; None when there is none or it is empty."""
    value = record.get(key)
    return value if isinstance(value, str) and value else None


def integer_of(record: Mapping[str, object], key: str) -> int | None:
    """The whole number under ``key``; the org also writes whole numbers as ``2692.0``."""
    return as_integer(record.get(key))


def as_integer(value: object) -> int | None:
    """``value`` as a whole number, when it is one in JSON's sense or as decimal text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else None
    if isinstance(value, str) and len(value) <= 18 and value.removeprefix("-").isdecimal():
        return int(value)
    return None


def flag_of(record: Mapping[str, object], key: str) -> bool | None:
    """The boolean under ``key``."""
    value = record.get(key)
    return value if isinstance(value, bool) else None


def moment_of(record: Mapping[str, object], key: str) -> datetime | None:
    """The date-time under ``key``, in UTC."""
    value = record.get(key)
    return parse_moment(value) if isinstance(value, str) else None


def parse_moment(text: str) -> datetime | None:
    """``2014-03-14T00:00:00.000+0000`` as a UTC time; None for anything that is not a date-time.

    The form is that of the REST API guide's query results; a date without an offset is taken as
    UTC, which is what Salesforce stores.
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def child_of(record: Mapping[str, object], key: str) -> Record:
    """The object under ``key`` (a parent record of a query), empty when it is null or missing."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}
