"""Times on the command line: ISO 8601 in UTC unless an offset says otherwise, or a span back."""

import re
from datetime import UTC, datetime, timedelta

import click

_SPAN = re.compile(r"(?P<number>\d{1,6})(?P<unit>[smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_FIRST_YEAR, _LAST_YEAR = 1970, 9000
"""A window around any time of these can be reckoned without leaving the calendar."""


def parse_time(text: str, option: str) -> datetime:
    """An ISO 8601 date or date-time; without an offset it is UTC."""
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} is not a time; write 2026-11-16T09:30:00Z or 2026-11-16", param_hint=option
        ) from None
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise click.BadParameter(
            f"{text!r} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}", param_hint=option
        )
    return at


def parse_since(text: str, until: datetime, option: str = "--since") -> datetime:
    """A time, or a span such as ``24h`` or ``7d`` counted back from ``until``."""
    span = _SPAN.fullmatch(text.strip())
    if span is None:
        return parse_time(text, option)
    try:
        return until - timedelta(**{_UNITS[span["unit"]]: int(span["number"])})
    except OverflowError:
        raise click.BadParameter(f"{text!r} reaches too far back", param_hint=option) from None


def parse_span(text: str, option: str, *, may_be_past: bool = False) -> timedelta:
    """A span such as ``24h``, ``30d`` or ``90s``; with ``may_be_past`` also ``-6h``."""
    is_past = may_be_past and text.strip().startswith("-")
    span = _SPAN.fullmatch(text.strip().removeprefix("-") if is_past else text.strip())
    if span is None:
        raise click.BadParameter(
            f"{text!r} is not a span of time; write 90s, 30m, 24h or 7d", param_hint=option
        )
    length = timedelta(**{_UNITS[span["unit"]]: int(span["number"])})
    return -length if is_past else length


def a_moment_before(at: datetime) -> datetime:
    """A millisecond before ``at``: windows are open at their start, and this one holds ``at``."""
    return at - timedelta(milliseconds=1)
