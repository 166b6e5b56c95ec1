"""Date literals (``TODAY``, ``LAST_N_DAYS:7``) as spans of time, in the UTC of the simulated users.

Spans are those of the SOQL and SOSL reference, date formats and date literals: weeks begin on
Sunday, ``LAST_N_DAYS`` includes the current day, and ``N_DAYS_AGO`` is one whole day.
"""

from datetime import datetime, timedelta

from console.simulator.soql_errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql_syntax import DateLiteral

MAX_COUNT = 36_500
"""The largest number of days taken; a longer span leaves the calendar."""

_PLACES = {"LAST": -1, "THIS": 0, "NEXT": 1}
_NEAR_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_PLAIN = frozenset(
    {*_NEAR_DAYS, "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{place}_{unit}" for place in _PLACES for unit in ("WEEK", "MONTH", "YEAR")}
)
_COUNTED = frozenset({"LAST_N_DAYS", "NEXT_N_DAYS", "N_DAYS_AGO"})
_DAY = timedelta(days=1)


def is_date_literal(name: str, *, counted: bool) -> bool:
    """Whether ``name``, in capitals, is a known literal of the kind with or without a number."""
    return name in (_COUNTED if counted else _PLAIN)


def span_of(literal: DateLiteral, now: datetime) -> tuple[datetime, datetime]:
    """When ``literal`` begins and when it is over (exclusive), seen from ``now``."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if literal.name in _NEAR_DAYS:
        start = today + _DAY * _NEAR_DAYS[literal.name]
        return start, start + _DAY
    if literal.name == "N_DAYS_AGO":
        start = today - _days(literal)
        return start, start + _DAY
    if literal.name in ("LAST_N_DAYS", "LAST_90_DAYS"):
        return today - _days(literal), today + _DAY
    if literal.name in ("NEXT_N_DAYS", "NEXT_90_DAYS"):
        return today + _DAY, today + _DAY + _days(literal)
    place, unit = literal.name.split("_")
    return _period(unit, _PLACES[place], today)


def _days(literal: DateLiteral) -> timedelta:
    count = 90 if literal.count is None else literal.count
    if not 0 <= count <= MAX_COUNT:
        raise SoqlError(MALFORMED_QUERY, f"Invalid date literal: {literal.name}:{count}")
    return timedelta(days=count)


def _period(unit: str, place: int, today: datetime) -> tuple[datetime, datetime]:
    if unit == "WEEK":
        sunday = today - _DAY * ((today.weekday() + 1) % 7)
        return sunday + 7 * place * _DAY, sunday + 7 * (place + 1) * _DAY
    if unit == "YEAR":
        january = today.replace(month=1, day=1)
        year = today.year + place
        return january.replace(year=year), january.replace(year=year + 1)
    return _month(today, place), _month(today, place + 1)


def _month(today: datetime, place: int) -> datetime:
    years, month = divmod(today.month - 1 + place, 12)
    return today.replace(year=today.year + years, month=month + 1, day=1)
