"""Date literals (``TODAY``, ``LAST_N_DAYS:7``) as spans of time, in the UTC of the simulated users.

Spans are those of the SOQL and SOSL reference, date formats and date literals: weeks begin on
Sunday, ``LAST_N_DAYS`` includes the current day, the other ``LAST_N`` and ``NEXT_N`` literals are
whole units before or after the current one, and ``N_DAYS_AGO`` is one whole day. The fiscal year
is the calendar year, as in an org that never changed it.
"""

from datetime import datetime, timedelta

from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql.syntax import DateLiteral

MAX_YEARS = 100
"""How far a counted literal may reach; a longer span leaves the calendar."""

_PLACES = {"LAST": -1, "THIS": 0, "NEXT": 1}
_NEAR_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_UNITS_A_YEAR = {"DAY": 366, "WEEK": 53, "MONTH": 12, "QUARTER": 4, "YEAR": 1}
_FISCAL = {"FISCAL_QUARTER": "QUARTER", "FISCAL_YEAR": "YEAR"}
_UNITS = (*_UNITS_A_YEAR, *_FISCAL)
_PLAIN = frozenset(
    {*_NEAR_DAYS, "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{place}_{unit}" for place in _PLACES for unit in _UNITS if unit != "DAY"}
)
_COUNTED = frozenset(
    name for unit in _UNITS for name in (f"LAST_N_{unit}S", f"NEXT_N_{unit}S", f"N_{unit}S_AGO")
)
_DAY = timedelta(days=1)


def is_date_literal(name: str, *, counted: bool) -> bool:
    """Whether ``name``, in capitals, is a known literal of the kind with or without a number."""
    return name in (_COUNTED if counted else _PLAIN)


def span_of(literal: DateLiteral, now: datetime) -> tuple[datetime, datetime]:
    """When ``literal`` begins and when it is over (exclusive), seen from ``now``.

    Raises SoqlError for a count that leaves the calendar.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    name = literal.name
    if name in _NEAR_DAYS:
        start = today + _DAY * _NEAR_DAYS[name]
        return start, start + _DAY
    if name in ("LAST_90_DAYS", "NEXT_90_DAYS"):
        literal = DateLiteral(f"{name[:4]}_N_DAYS", 90)
    if literal.count is not None:
        return _counted_span(literal, literal.count, today)
    place, _, unit = name.partition("_")
    return _unit_from(today, unit, _PLACES[place]), _unit_from(today, unit, _PLACES[place] + 1)


def reaches_now(literal: DateLiteral) -> bool:
    """Whether the literal is a span of days up to today: ``LAST_N_DAYS:7``, ``LAST_90_DAYS``."""
    return literal.name in ("LAST_N_DAYS", "LAST_90_DAYS")


def _counted_span(literal: DateLiteral, count: int, today: datetime) -> tuple[datetime, datetime]:
    name = literal.name
    unit = name.removeprefix("LAST_").removeprefix("NEXT_").removeprefix("N_")
    unit = unit.removesuffix("_AGO").removesuffix("S")
    if count > _UNITS_A_YEAR[_FISCAL.get(unit, unit)] * MAX_YEARS:
        raise SoqlError(MALFORMED_QUERY, f"Invalid date literal: {name}:{count}")
    if name.endswith("_AGO"):
        return _unit_from(today, unit, -count), _unit_from(today, unit, 1 - count)
    if name.startswith("NEXT"):
        return _unit_from(today, unit, 1), _unit_from(today, unit, count + 1)
    return _unit_from(today, unit, -count), _unit_from(today, unit, 1 if unit == "DAY" else 0)


def _unit_from(today: datetime, unit: str, steps: int) -> datetime:
    """The start of the unit that lies ``steps`` units after the one of ``today``."""
    unit = _FISCAL.get(unit, unit)
    if unit == "DAY":
        return today + _DAY * steps
    if unit == "WEEK":
        sunday = today - _DAY * ((today.weekday() + 1) % 7)
        return sunday + 7 * steps * _DAY
    months = 12 // _UNITS_A_YEAR[unit]
    first = (today.month - 1) // months * months
    years, month = divmod(first + steps * months, 12)
    return today.replace(year=today.year + years, month=month + 1, day=1)
