"""Who used the API pool: consumption per integration, from the log rows."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import ModuleType

from console.analysis.attribution import (
    Attribution,
    CallerIdentity,
    Integration,
)
from console.answers.coverage import (
    API_LOG_SOURCES,
    USAGE_SOURCES,
    Completeness,
    completeness_of,
)
from console.answers.moment import POOL_WINDOW, Moment
from console.answers.names import names_in_store
from console.settings import IntegrationSettings
from store import api_logs, limit_samples, usage
from store.records import UsageFacet, UsageRow, UsageSlot

_SPREAD_VALUES = 12
_HOURLY_UP_TO = timedelta(days=7)
_DAILY_UP_TO = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Spread:
    """How an integration's calls spread over the values of one dimension, largest first."""

    dimension: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class IntegrationUsage:
    """One integration's consumption in the window."""

    name: str
    kind: str
    """``external_client_app``, ``connected_app``, ``client``, ``user`` or ``unresolved``."""
    app_id: str | None
    owner: str | None
    calls: int
    counted_calls: int
    share: float | None
    """Of the pool used in the window; None when the pool's use is not known."""
    errors: int
    budget_calls: int | None
    over_budget: bool | None
    users: tuple[str, ...]
    sources: tuple[str, ...]
    clients: tuple[str, ...]
    families: tuple[str, ...]
    api_versions: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    by_hour: tuple[int, ...]
    """Counted calls per slot of the window, oldest first; see `UsageAnswer.hours`."""
    spreads: tuple[Spread, ...]
    """By resource, entity, status, address, version: the drill-down."""


@dataclass(frozen=True, slots=True)
class UsageAnswer:
    """The integrations screen and ``orgwatch usage``.

    The parts always add up: ``attributed`` is the sum of the integrations' counted calls, and
    ``unattributed`` is what the pool shows beyond it (not yet in the logs, or never logged).
    """

    as_of: datetime
    since: datetime
    until: datetime
    pool_used: int | None
    attributed: int
    unattributed: int | None
    logs_until: datetime | None
    """The end of the last hour whose log file is stored."""
    integrations: tuple[IntegrationUsage, ...]
    """Largest consumer first."""
    hours: tuple[datetime, ...]
    """The starts of the slots behind each ``by_hour``: hours, or days in a window over a week."""
    slot: timedelta
    """The length of one slot."""
    completeness: Completeness
    counts_known: bool = True
    """False when no ApiTotalUsage row is there and the logs of single API families stand in: they
    do not say what counts, so every request is taken to count."""


def answer_usage(
    connection: sqlite3.Connection,
    moment: Moment,
    integrations: Sequence[IntegrationSettings] = (),
) -> UsageAnswer:
    """Consumption between the moment's ends, per integration, with the parts summing to the whole.

    The pool's own figure is a 24-hour count, so it stands beside the parts only when the window
    is those 24 hours; any other window knows its log rows alone.
    """
    tally = _Tally(Attribution(integrations, names_in_store(connection, moment.as_of)))
    slots = _Slots(moment.since, moment.until)
    counts_known = _add_up(usage, connection, moment, tally, slots)
    if not counts_known:
        _add_up(api_logs, connection, moment, tally, slots)
    logs = usage if counts_known else api_logs
    pool_used = _pool_used(connection, moment)
    attributed = sum(part.counted_calls for part in tally.parts())
    return UsageAnswer(
        as_of=moment.as_of,
        since=moment.since,
        until=moment.until,
        pool_used=pool_used,
        attributed=attributed,
        unattributed=None if pool_used is None else pool_used - attributed,
        logs_until=logs.logs_until(connection, moment.until),
        counts_known=counts_known,
        integrations=tuple(
            sorted(
                (part.finished(pool_used, slots.count) for part in tally.parts()),
                key=lambda part: (-part.counted_calls, -part.calls, part.name),
            )
        ),
        hours=slots.starts,
        slot=slots.length,
        completeness=completeness_of(
            connection,
            moment,
            USAGE_SOURCES if counts_known else (*USAGE_SOURCES, *API_LOG_SOURCES),
        ),
    )


def _add_up(
    source: ModuleType,
    connection: sqlite3.Connection,
    moment: Moment,
    tally: "_Tally",
    slots: "_Slots",
) -> bool:
    """Add all that one kind of log holds to ``tally``; whether there was anything."""
    rows = source.usage(connection, moment.since, moment.until)
    for row in rows:
        tally.add_row(row)
    if not rows:
        return False
    for slot in source.usage_by_hour(connection, moment.since, moment.until):
        tally.add_slot(slot, slots)
    for facet in source.usage_facets(connection, moment.since, moment.until):
        tally.add_facet(facet)
    return True


def _pool_used(connection: sqlite3.Connection, moment: Moment) -> int | None:
    if moment.until - moment.since != POOL_WINDOW:
        return None
    sample = limit_samples.latest_pool(connection, moment.until)
    if sample is None or moment.until - sample.sampled_at > timedelta(hours=1):
        return None
    return sample.used_calls


class _Slots:
    """The window cut into hours, days or months, so that a long one stays drawable."""

    def __init__(self, since: datetime, until: datetime) -> None:
        span = until - since
        if span <= _HOURLY_UP_TO:
            self.length = timedelta(hours=1)
        elif span <= _DAILY_UP_TO:
            self.length = timedelta(days=1)
        else:
            self.length = timedelta(days=30)
        hour = since.replace(minute=0, second=0, microsecond=0)
        self._first = hour if self.length < timedelta(days=1) else hour.replace(hour=0)
        self.count = max(-((self._first - until) // self.length), 1)

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When each slot begins, oldest first."""
        return tuple(self._first + self.length * number for number in range(self.count))

    def index(self, at: datetime) -> int:
        """The slot that holds ``at``."""
        return min(max((at - self._first) // self.length, 0), self.count - 1)


@dataclass(slots=True)
class _Part:
    """One integration while its rows are being added up."""

    integration: Integration
    calls: int = 0
    counted_calls: int = 0
    errors: int = 0
    users: Counter[str] = field(default_factory=Counter)
    clients: Counter[str] = field(default_factory=Counter)
    spreads: dict[str, Counter[str]] = field(default_factory=dict)
    by_slot: Counter[int] = field(default_factory=Counter)
    first_seen: datetime | None = None
    last_seen: datetime | None = None

    def finished(self, pool_used: int | None, slot_count: int) -> IntegrationUsage:
        """The answer's form of this part; only called for parts that got at least one row."""
        assert self.first_seen is not None  # noqa: S101 - a part is made by its first row
        assert self.last_seen is not None  # noqa: S101
        budget = self.integration.budget_calls
        return IntegrationUsage(
            name=self.integration.name,
            kind=self.integration.kind,
            app_id=self.integration.app_id,
            owner=self.integration.owner,
            calls=self.calls,
            counted_calls=self.counted_calls,
            share=self.counted_calls / pool_used if pool_used else None,
            errors=self.errors,
            budget_calls=budget,
            over_budget=None if budget is None else self.counted_calls > budget,
            users=_largest(self.users),
            sources=_largest(self.spreads.get("source_ip", Counter())),
            clients=_largest(self.clients),
            families=_largest(self.spreads.get("family", Counter())),
            api_versions=_largest(self.spreads.get("api_version", Counter())),
            first_seen=self.first_seen,
            last_seen=self.last_seen,
            by_hour=tuple(self.by_slot.get(number, 0) for number in range(slot_count)),
            spreads=tuple(
                Spread(dimension, tuple(values.most_common(_SPREAD_VALUES)))
                for dimension, values in sorted(self.spreads.items())
            ),
        )


class _Tally:
    """Adds rows up per integration; two apps of one name stay two unless configured as one."""

    def __init__(self, attribution: Attribution) -> None:
        self._attribution = attribution
        self._parts: dict[tuple[str, str, str], _Part] = {}

    def parts(self) -> Iterable[_Part]:
        """Every integration that got at least one row."""
        return [part for part in self._parts.values() if part.first_seen is not None]

    def add_row(self, row: UsageRow) -> None:
        """Add one identity's sums."""
        caller = _caller(row)
        part = self._part(caller)
        part.calls += row.calls
        part.counted_calls += row.counted_calls
        part.errors += row.errors
        username = self._attribution.username_of(caller)
        if username:
            part.users[username] += row.calls
        if row.client:
            part.clients[row.client] += row.calls
        if part.first_seen is None or row.first_at < part.first_seen:
            part.first_seen = row.first_at
        if part.last_seen is None or row.last_at > part.last_seen:
            part.last_seen = row.last_at

    def add_slot(self, slot: UsageSlot, slots: _Slots) -> None:
        """Add one identity's calls of one hour."""
        self._part(_caller(slot)).by_slot[slots.index(slot.start)] += slot.counted_calls

    def add_facet(self, facet: UsageFacet) -> None:
        """Add one identity's calls with one value of one dimension."""
        spreads = self._part(_caller(facet)).spreads
        spreads.setdefault(facet.dimension, Counter())[facet.value] += facet.calls

    def _part(self, caller: CallerIdentity) -> _Part:
        integration = self._attribution.integration_of(caller)
        key = (
            (integration.name, "", "")
            if integration.configured
            else (integration.name, integration.kind, (integration.app_id or "")[:15])
        )
        return self._parts.setdefault(key, _Part(integration))


def _caller(row: UsageRow | UsageSlot | UsageFacet) -> CallerIdentity:
    return CallerIdentity(row.app_id, row.app_name, row.client, row.user_id, row.username)


def _largest(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(value for value, _ in counts.most_common(_SPREAD_VALUES))
