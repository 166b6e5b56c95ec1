"""What the collector says about itself: tasks, login, own calls, heartbeat, and whose org it is."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from store.errors import StoreUnusable
from store.login_state import login as login
from store.login_state import record_login as record_login
from store.moments import MINUTE_MS, from_ms, from_ms_or_none, to_ms, to_ms_or_none
from store.records import OrgIdentity, OwnCalls, TaskPhase, TaskState


def record_task(connection: sqlite3.Connection, task: TaskState) -> None:
    """Store what one task last said about itself."""
    connection.execute(
        "INSERT OR REPLACE INTO task_state"
        " (task, phase, since_ms, message, next_ms, last_success_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (
            task.task,
            task.phase.value,
            to_ms(task.since),
            task.message,
            to_ms_or_none(task.next_at),
            to_ms_or_none(task.last_success_at),
        ),
    )


def tasks(connection: sqlite3.Connection) -> tuple[TaskState, ...]:
    """What every task last said, by name."""
    rows = connection.execute(
        "SELECT task, phase, since_ms, message, next_ms, last_success_ms"
        " FROM task_state ORDER BY task"
    )
    return tuple(
        TaskState(
            task,
            TaskPhase(phase),
            from_ms(since),
            message,
            from_ms_or_none(next_ms),
            from_ms_or_none(success_ms),
        )
        for task, phase, since, message, next_ms, success_ms in rows
    )


def record_own_calls(connection: sqlite3.Connection, calls: Iterable[OwnCalls]) -> None:
    """Add requests that orgwatch itself made to what is known of their minute and purpose."""
    connection.executemany(
        "INSERT INTO own_call (minute_ms, purpose, calls) VALUES (?, ?, ?)"
        " ON CONFLICT (minute_ms, purpose) DO UPDATE SET calls = calls + excluded.calls",
        ((to_ms(c.minute) // MINUTE_MS * MINUTE_MS, c.purpose, c.calls) for c in calls),
    )


def own_calls(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[tuple[str, int], ...]:
    """Purpose and calls of every minute that began within since < t <= until, most first."""
    rows = connection.execute(
        "SELECT purpose, SUM(calls) FROM own_call WHERE minute_ms > ? AND minute_ms <= ?"
        " GROUP BY purpose ORDER BY 2 DESC, 1",
        (to_ms(since), to_ms(until)),
    )
    return tuple((purpose, calls) for purpose, calls in rows)


def own_calls_by_minute(
    connection: sqlite3.Connection, since: datetime, until: datetime
) -> tuple[OwnCalls, ...]:
    """Own calls of every minute that began within since < t <= until, oldest first."""
    rows = connection.execute(
        "SELECT minute_ms, purpose, calls FROM own_call WHERE minute_ms > ? AND minute_ms <= ?"
        " ORDER BY minute_ms, purpose",
        (to_ms(since), to_ms(until)),
    )
    return tuple(OwnCalls(from_ms(minute), purpose, calls) for minute, purpose, calls in rows)


def record_heartbeat(connection: sqlite3.Connection, at: datetime) -> None:
    """Note that the collector is alive."""
    connection.execute("INSERT OR REPLACE INTO heartbeat (one, at_ms) VALUES (1, ?)", (to_ms(at),))


def heartbeat(connection: sqlite3.Connection) -> datetime | None:
    """When the collector last said that it is alive; None when it never did."""
    row = connection.execute("SELECT at_ms FROM heartbeat").fetchone()
    return None if row is None else from_ms(row[0])


def record_identity(connection: sqlite3.Connection, org: OrgIdentity) -> None:
    """Store which org this is, newest facts first.

    Raises `StoreUnusable` when the store belongs to another org: its history would be mixed up.
    A fact that is not known now does not wipe out one that was known.
    """
    known = identity(connection)
    if known is not None and known.org_id and org.org_id and not same_org(known.org_id, org.org_id):
        raise StoreUnusable(
            "The store belongs to another org",
            f"It holds the history of {known.name or known.alias} ({known.org_id}), "
            f"but the org that answers now is {org.name or org.alias} "
            f"({org.org_id}).",
            "Name another file with --store, or the right org with --org.",
        )
    connection.execute(
        "INSERT INTO org_identity (one, alias, org_id, name, edition, instance_url, user_licences)"
        " VALUES (1, ?, ?, ?, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET alias = excluded.alias,"
        " org_id = COALESCE(excluded.org_id, org_id), name = COALESCE(excluded.name, name),"
        " edition = COALESCE(excluded.edition, edition),"
        " instance_url = COALESCE(excluded.instance_url, instance_url),"
        " user_licences = COALESCE(excluded.user_licences, user_licences)",
        (
            org.alias,
            org.org_id,
            org.name,
            org.edition,
            org.instance_url,
            org.user_licences,
        ),
    )


def identity(connection: sqlite3.Connection) -> OrgIdentity | None:
    """Which org the store belongs to; None when nobody has said so yet."""
    row = connection.execute(
        "SELECT alias, org_id, name, edition, instance_url, user_licences FROM org_identity"
    ).fetchone()
    return None if row is None else OrgIdentity(*row)


def same_org(one: str, other: str) -> bool:
    """Whether two org ids, of 15 or 18 characters, name the same org."""
    return one[:15] == other[:15]
