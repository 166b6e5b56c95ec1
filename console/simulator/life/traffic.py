"""Every call of every integration, as a pure function of seed, integration and minute.

Past and future come from the same function, so history needs no storage: a minute's calls are
made again, the same ones, whenever somebody asks. What a scenario plants is known from the start
and belongs to the function. No call falls on a minute's first millisecond, so that whole-minute
spans hold the same calls whichever of their ends is open.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from console.simulator.dice import MASK, fraction, mixed, number_from
from console.simulator.ids import record_id
from console.simulator.life.lanes import Lanes, unmixed, walked
from console.simulator.life.schedule import (
    address_of,
    is_login_minute,
    login_offset_ms,
    session_at,
    session_number,
)
from console.simulator.moments import DAY_MIN, HOUR_MIN, MINUTE_MS, is_weekend, weekday
from console.simulator.org.integration import CallShape, RhythmChange, SimIntegration, is_silenced
from console.simulator.org.story import SimUser

SOAP_LOGIN = CallShape(1, "SOAP", "POST", "login")
"""SOAP ``login()``: a call that counts, logged with API_RESOURCE ``login``."""
_SHAPE_SLOTS = 64
_MOST_RECORDS = 1024
_KEPT_HOURS = 72
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
        return session_at(self.integration, self.user_index, self.at_ms)

    @property
    def variant(self) -> int:
        """Which of the shape's records it names."""
        return (self.number >> 42 & _MOST_RECORDS - 1) % self.shape.records

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
        """Rows that it read or wrote."""
        least, most = self.shape.rows
        return least + (self.number >> 46) % (most - least + 1)

    @property
    def resource(self) -> str:
        """API_RESOURCE as the log has it."""
        return _resource(self.shape, self.integration, self.variant)


@lru_cache(maxsize=16_384)
def _resource(shape: CallShape, integration: SimIntegration, variant: int) -> str:
    named = shape.resource.replace("{v}", integration.api_version)
    if "{id}" not in named:
        return named
    if shape.family == "Bulk":
        return named.replace("{id}", job_id_of(integration, variant))
    return named.replace("{id}", record_id("a0K", shape.entity, variant))


def job_id_of(integration: SimIntegration, variant: int) -> str:
    """The id of one of an integration's bulk jobs: 18 characters, ``750…``."""
    return record_id("750", integration.key, variant)


RawCall = tuple[int, int, SimIntegration, CallShape]
"""What a `Call` is made of: its moment, number, integration and shape."""


class Traffic:
    """The calls of a set of integrations under one seed.

    ``planted`` calls come on top of what the rhythms give; each belongs to one of the
    integrations. ``scale`` multiplies what the rhythms give and leaves planted calls alone.
    Memory: the planted calls, a few numbers for each minute and integration of the last
    `_KEPT_HOURS` hours asked about, and the calls of the last eight minutes asked about.
    """

    def __init__(
        self,
        seed: int,
        integrations: tuple[SimIntegration, ...],
        changes: tuple[RhythmChange, ...] = (),
        planted: Iterable[Call] = (),
        scale: float = 1.0,
    ) -> None:
        self.integrations = integrations
        self._everybody = frozenset(integrations)
        self._sources = tuple(
            _Source(seed, one, tuple(c for c in changes if c.integration is one), scale)
            for one in integrations
            if not one.episode_only
        )
        self._planted: dict[int, list[Call]] = {}
        for call in planted:
            self._planted.setdefault(call.at_ms // MINUTE_MS, []).append(call)
        self.planted_for = frozenset(
            call.integration for calls in self._planted.values() for call in calls
        )
        """The integrations with planted calls, which may have shapes of their own."""
        self._hour = lru_cache(maxsize=_KEPT_HOURS)(self._plan_hour)
        self._recent = lru_cache(maxsize=8)(self._calls_of)

    def count(self, minute: int) -> int:
        """How many calls that use up the pool fall in a minute since 1970."""
        hour, n = divmod(minute, HOUR_MIN)
        found = sum(
            plan.counts[n] + len(source.api_logins(minute))
            for source, plan in self._hour(hour)
            if source.integration.counts
        )
        planted = self._planted.get(minute)
        return found + sum(call.integration.counts for call in planted) if planted else found

    def calls(self, minute: int) -> tuple[Call, ...]:
        """All calls of a minute since 1970, in order of time."""
        return self._recent(minute)

    def raw_calls(
        self, minute: int, owners: frozenset[SimIntegration] | None = None
    ) -> list[RawCall]:
        """What `calls` gives as plain tuples, at half the cost: for whoever wants them all.

        ``owners`` narrows it to the calls of some integrations. What is asked about a call is best
        asked of ``Call(*raw)``.
        """
        wanted = self._everybody if owners is None else owners
        hour, n = divmod(minute, HOUR_MIN)
        plans = [each for each in self._hour(hour) if each[0].integration in wanted]
        calls = _rhythmic_calls(plans, minute, n)
        for source, _ in plans:
            if source.integration.login.is_api_call:
                calls += source.login_calls(minute)
        calls += (call for call in self._planted.get(minute, ()) if call.integration in wanted)
        calls.sort(key=_at)
        return calls

    def counted_times(self, minute: int) -> list[int]:
        """When, in milliseconds, the minute's calls that use up the pool were made."""
        return [call.at_ms for call in self.calls(minute) if call.integration.counts]

    def _calls_of(self, minute: int) -> tuple[Call, ...]:
        return tuple(map(Call._make, self.raw_calls(minute)))

    def _plan_hour(self, hour: int) -> tuple[tuple["_Source", "_HourPlan"], ...]:
        return tuple((source, source.plan(hour)) for source in self._sources)


_at = itemgetter(0)


def _rhythmic_calls(
    plans: list[tuple["_Source", "_HourPlan"]], minute: int, n: int
) -> list[RawCall]:
    """What the rhythms give for a minute, the ``n``-th of the plans' hour, in no order."""
    busy = [(source, plan.counts[n], plan.bases[n]) for source, plan in plans if plan.counts[n]]
    lanes = Lanes(b"".join(unmixed(base, count) for _, count, base in busy))
    slots = lanes.third_bytes()
    callers: list[SimIntegration] = []
    shapes: list[CallShape] = []
    for source, count, _ in busy:
        first = len(callers)
        callers += [source.integration] * count
        shapes += map(source.shape_of, slots[first : first + count])
    moments = lanes.spread_over(minute * MINUTE_MS + 1, MINUTE_MS - 1)
    return list(zip(moments, lanes.numbers(), callers, shapes, strict=True))


class _HourPlan(NamedTuple):
    """For each minute of an hour, an integration's calls and the number that seeds them."""

    counts: list[int]
    """Without the API calls that log in."""
    bases: tuple[int, ...]


class _Source:
    """One integration's share of the traffic."""

    def __init__(
        self,
        seed: int,
        integration: SimIntegration,
        changes: tuple[RhythmChange, ...],
        scale: float,
    ) -> None:
        self.integration = integration
        self._salt = number_from("traffic", seed, integration.key)
        self._weekday = _scaled(integration.rhythm.per_minute(weekend=False), scale)
        self._weekend = _scaled(integration.rhythm.per_minute(weekend=True), scale)
        self._changes = changes
        self._scale = scale
        self.shape_of = (_spread(integration.shapes) * (256 // _SHAPE_SLOTS)).__getitem__
        """The shape that a byte of chance chooses."""

    def plan(self, hour: int) -> _HourPlan:
        """What one hour since 1970 holds."""
        first = hour * HOUR_MIN
        # Each minute takes two steps of the salt: one for how many calls, one to seed them.
        numbers = Lanes(unmixed(walked(self._salt, first * 2), 2 * HOUR_MIN)).numbers()
        day_factor = self._day_factor(first // DAY_MIN)
        counts = [
            _drawn(expected, numbers[2 * n], day_factor)
            for n, expected in enumerate(self._expected(first))
        ]
        return _HourPlan(counts, numbers[1::2])

    def login_calls(self, minute: int) -> Iterator[RawCall]:
        """The API calls that log in during a minute."""
        for user_index in self.api_logins(minute):
            offset_ms = login_offset_ms(self.integration, user_index, minute)
            at_ms = minute * MINUTE_MS + offset_ms
            number = session_number(self.integration, user_index, at_ms)
            yield Call(at_ms, number, self.integration, SOAP_LOGIN)

    def api_logins(self, minute: int) -> list[int]:
        """Which users log in by an API call during a minute."""
        if not self.integration.login.is_api_call:
            return []
        if is_silenced(self._changes, self.integration, minute):
            return []
        users = range(len(self.integration.users))
        return [n for n in users if is_login_minute(self.integration, n, minute)]

    def _expected(self, first: int) -> list[float]:
        """Expected calls in each minute of the hour that begins there."""
        day = self._weekend if is_weekend(first) else self._weekday
        expected = list(day[first % DAY_MIN : first % DAY_MIN + HOUR_MIN])
        for change in self._changes:
            for minute in range(
                max(first, change.first_minute), min(first + HOUR_MIN, change.end_minute)
            ):
                usual = expected[minute - first]
                extra = change.extra_per_minute * self._scale
                expected[minute - first] = usual * change.factor + extra
        return expected

    def _day_factor(self, day: int) -> float:
        chance = fraction(mixed(self._salt ^ MASK, day))
        return _WEEK[weekday(day)] * (1 + _DAY_SWING * (chance * 2 - 1))


def _drawn(expected: float, number: int, day_factor: float) -> int:
    """How many calls a minute has, of which so many are expected."""
    if not expected:
        return 0
    swing = 1 + _MINUTE_SWING * (fraction(number << 32 & MASK) * 2 - 1)
    return int(expected * swing * day_factor + fraction(number))


def _scaled(expected: tuple[float, ...], scale: float) -> tuple[float, ...]:
    return expected if scale == 1.0 else tuple(calls * scale for calls in expected)


def _spread(shapes: tuple[CallShape, ...]) -> tuple[CallShape, ...]:
    """The shapes over 64 slots, in proportion to their weights."""
    total = sum(shape.weight for shape in shapes)
    slots: list[CallShape] = []
    reached = 0
    for shape in shapes:
        reached += shape.weight
        slots.extend([shape] * (round(reached * _SHAPE_SLOTS / total) - len(slots)))
    return tuple(slots)
