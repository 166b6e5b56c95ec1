"""Is the console itself healthy, and is what it shows complete? The status line's content."""

from dataclasses import dataclass
from datetime import datetime

from console.answers.coverage import Completeness
from store.records import LoginState, OrgIdentity, TaskState


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """The state of login, stream, collector tasks and data, as the store knows them."""

    as_of: datetime
    org: OrgIdentity
    login: LoginState | None
    stream: TaskState | None
    tasks: tuple[TaskState, ...]
    collector_alive: bool | None
    """False when no heartbeat came for a minute; None when none was ever seen."""
    own_calls_24h: int
    own_calls_budget: int | None
    completeness: Completeness
    last_event_at: datetime | None
    store_bytes: int
