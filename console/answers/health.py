"""Is the console itself healthy, and is what it shows complete? The status line's content."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from console.answers.coverage import Completeness, completeness_of
from console.answers.limits import POOL_LIMIT, answer_own_calls
from console.answers.moment import Moment
from console.clock import Clock
from store import console_state, database, events, limit_samples
from store.records import LoginState, OrgIdentity, TaskState

STREAM_TASK = "stream"
"""The name under which the collector's streaming task reports."""
CONNECTION_TASK = "connection"
"""The name under which the collector says whether the org answers: backing off while it is down,
running otherwise, with the org's warning about the API version as the message."""
DEFAULT_GRACE = timedelta(seconds=60)


def heartbeat_grace(clock: Clock) -> timedelta:
    """How old a collector's heartbeat may be: a real minute, in the org's time."""
    real_s = DEFAULT_GRACE.total_seconds()
    return DEFAULT_GRACE * (real_s / clock.real_delay_s(real_s))


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """The state of login, stream, collector tasks and data, as the store knows them."""

    as_of: datetime
    org: OrgIdentity | None
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


def answer_health(
    connection: sqlite3.Connection,
    moment: Moment,
    own_fraction: float = 0.01,
    heartbeat_grace: timedelta = DEFAULT_GRACE,
) -> HealthAnswer:
    """How the collector is doing; ``heartbeat_grace`` is how old a heartbeat may be, org time."""
    tasks = console_state.tasks(connection)
    beat = console_state.heartbeat(connection)
    own = answer_own_calls(
        connection, moment, _pool_maximum(connection, moment.as_of), own_fraction
    )
    return HealthAnswer(
        as_of=moment.as_of,
        org=console_state.identity(connection),
        login=console_state.login(connection),
        stream=next((task for task in tasks if task.task == STREAM_TASK), None),
        tasks=tasks,
        collector_alive=None if beat is None else moment.as_of - beat <= heartbeat_grace,
        own_calls_24h=own.last_24h,
        own_calls_budget=own.budget,
        completeness=completeness_of(connection, moment, ("stream:", "log:")),
        last_event_at=events.last_event_at(connection, moment.as_of),
        store_bytes=database.size_bytes(_file_of(connection)),
    )


def _pool_maximum(connection: sqlite3.Connection, as_of: datetime) -> int | None:
    header = limit_samples.latest_pool(connection, as_of)
    if header is not None:
        return header.max_calls
    listed = limit_samples.latest_limits(connection, as_of)
    return next((sample.max_value for sample in listed if sample.name == POOL_LIMIT), None)


def _file_of(connection: sqlite3.Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])
