"""Who used the API pool: consumption per integration, from the log rows."""

from dataclasses import dataclass
from datetime import datetime

from console.answers.coverage import Completeness


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
    """Counted calls per hour of the window, oldest first."""
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
    """The starts of the hours behind each ``by_hour``."""
    completeness: Completeness
