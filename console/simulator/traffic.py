"""Every call of every integration, as a pure function of seed, integration and minute.

Past and future come from the same function, so history needs no storage: a minute's calls are
made again, the same ones, whenever somebody asks. No call falls on a minute's first millisecond,
so that whole-minute spans hold the same calls whichever of their ends is open.
"""

from functools import lru_cache
from typing import NamedTuple

from console.simulator.dice import MASK, fraction, mixed, number_from
from console.simulator.ids import record_id
from console.simulator.integration import CallShape, SimIntegration
from console.simulator.moments import DAY_MIN, MINUTE_MS, is_weekend, weekday
from console.simulator.schedule import (
    address_of,
    is_login_minute,
    login_offset_ms,
    session_number,
    session_start_ms,
)
from console.simulator.story import SimUser

SOAP_LOGIN = CallShape(1, "SOAP", "POST", "login")
"""SOAP ``login()``: a call that counts, logged with API_RESOURCE ``login``."""
_SHAPE_SLOTS = 64
_MINUTE_SWING = 0.35
"""How far a minute's expected calls may differ from the rhythm, as a share of it."""
_DAY_SWING = 0.08
"""The same for a whole day of one integration."""
_WEEK = (0.94, 1.0, 1.04, 1.02, 0.93, 1.0, 1.0)
"""Monday to Sunday: the middle of the week is the busiest."""


class Call(NamedTuple):
    """One call. ``number`` holds 64 bits of chance, from which every detail is read."""

    at_ms: int
    number: int
    integration: SimIntegration
    shape: CallShape

    @property
    def user_index(self) -> int:
        """Which of the integration's users makes it."""
        return (self.number >> 34 & 0xF) % len(self.integration.users)

    @property
    def user(self) -> SimUser:
        """Who makes it."""
        return self.integration.users[self.user_index]

    @property
    def client_ip(self) -> str:
        """From which of the integration's addresses."""
        return address_of(self.integration, self.number)

    @property
    def is_streamed(self) -> bool:
        """Whether the API event stream carries it: reads that were answered."""
        return bool(self.shape.read) and not self.failed

    @property
    def session(self) -> int:
        """64 bits that name the session in which it was made."""
        start_ms = session_start_ms(self.integration, self.user_index, self.at_ms)
        return session_number(self.integration, self.user_index, start_ms)

    @property
    def variant(self) -> int:
        """Which of sixteen records of the entity it names."""
        return self.number >> 42 & 0xF

    @property
    def status(self) -> int:
        """The HTTP status of its answer."""
        chance = self.number >> 22 & 0xFFF
        if self.shape is SOAP_LOGIN or chance >= self.integration.error_rate * 4096:
            return self.shape.success
        statuses = self.integration.error_statuses
        return statuses[chance % len(statuses)]

    @property
    def failed(self) -> bool:
        """Whether the answer was an error."""
        return self.status >= 400

    @property
    def rows(self) -> int:
        """Rows that a read returned."""
        least, most = self.shape.rows
        return least + (self.number >> 46) % (most - least + 1)

    @property
    def resource(self) -> str:
        """API_RESOURCE as the log has it."""
        return _resource(self.shape, self.integration.api_version, self.variant)


@lru_cache(maxsize=4096)
def _resource(shape: CallShape, version: str, variant: int) -> str:
    named = shape.resource.replace("{v}", version)
    if "{id}" not in named:
        return named
    return named.replace("{id}", record_id("a0K", shape.entity, variant))


class Traffic:
    """The calls of a set of integrations under one seed."""

    def __init__(self, seed: int, integrations: tuple[SimIntegration, ...]) -> None:
        self.integrations = integrations
        self._sources = tuple(_Source(seed, integration) for integration in integrations)
        self._recent = lru_cache(maxsize=8)(self._calls_of)

    def count(self, minute: int) -> int:
        """How many calls that use up the pool fall in a minute since 1970."""
        return sum(s.count(minute) for s in self._sources if s.integration.counts)

    def calls(self, minute: int) -> tuple[Call, ...]:
        """All calls of a minute since 1970, in order of time."""
        return self._recent(minute)

    def counted_times(self, minute: int) -> list[int]:
        """When, in milliseconds, the minute's calls that use up the pool were made."""
        return [call.at_ms for call in self.calls(minute) if call.integration.counts]

    def _calls_of(self, minute: int) -> tuple[Call, ...]:
        calls: list[Call] = []
        for source in self._sources:
            calls.extend(source.calls(minute))
        calls.sort(key=_at)
        return tuple(calls)


def _at(call: Call) -> int:
    return call.at_ms


class _Source:
    """One integration's share of the traffic."""

    def __init__(self, seed: int, integration: SimIntegration) -> None:
        self.integration = integration
        self._salt = number_from("traffic", seed, integration.key)
        self._weekday = integration.rhythm.per_minute(weekend=False)
        self._weekend = integration.rhythm.per_minute(weekend=True)
        self._shapes = _spread(integration.shapes)
        self._day = -1
        self._factor = 1.0

    def count(self, minute: int) -> int:
        """How many calls the minute has, the API calls that log in included."""
        return self._ordinary(minute) + len(self._logins(minute))

    def calls(self, minute: int) -> list[Call]:
        """The minute's calls, in no order."""
        integration = self.integration
        shapes = self._shapes
        start_ms = minute * MINUTE_MS
        base = mixed(self._salt, minute * 2 + 1)
        calls = []
        for n in range(self._ordinary(minute)):
            number = mixed(base, n)
            at_ms = start_ms + 1 + ((number & 0xFFFF) * (MINUTE_MS - 1) >> 16)
            calls.append(Call(at_ms, number, integration, shapes[number >> 16 & 0x3F]))
        for user_index in self._logins(minute):
            at_ms = start_ms + login_offset_ms(integration, user_index, minute)
            number = session_number(integration, user_index, at_ms)
            calls.append(Call(at_ms, number, integration, SOAP_LOGIN))
        return calls

    def _ordinary(self, minute: int) -> int:
        expected = (self._weekend if is_weekend(minute) else self._weekday)[minute % DAY_MIN]
        if not expected:
            return 0
        number = mixed(self._salt, minute * 2)
        swing = 1 + _MINUTE_SWING * (fraction(number << 32 & MASK) * 2 - 1)
        return int(expected * swing * self._day_factor(minute // DAY_MIN) + fraction(number))

    def _day_factor(self, day: int) -> float:
        if day != self._day:
            chance = fraction(mixed(self._salt ^ MASK, day))
            self._day, self._factor = day, _WEEK[weekday(day)] * (1 + _DAY_SWING * (chance * 2 - 1))
        return self._factor

    def _logins(self, minute: int) -> list[int]:
        if not self.integration.login.is_api_call:
            return []
        users = range(len(self.integration.users))
        return [n for n in users if is_login_minute(self.integration, n, minute)]


def _spread(shapes: tuple[CallShape, ...]) -> tuple[CallShape, ...]:
    """The shapes over 64 slots, in proportion to their weights."""
    total = sum(shape.weight for shape in shapes)
    slots: list[CallShape] = []
    reached = 0
    for shape in shapes:
        reached += shape.weight
        slots.extend([shape] * (round(reached * _SHAPE_SLOTS / total) - len(slots)))
    return tuple(slots)
