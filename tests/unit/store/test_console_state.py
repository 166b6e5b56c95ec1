import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store.console_state import (
    heartbeat,
    identity,
    login,
    own_calls,
    record_heartbeat,
    record_identity,
    record_login,
    record_own_calls,
    record_task,
    tasks,
)
from store.errors import StoreUnusable
from store.records import LoginState, OrgIdentity, OwnCalls, TaskPhase, TaskState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACME = OrgIdentity("prod", "00DHs000000abcDEAO", "Acme", "Enterprise Edition", "https://a", 15)


def test_a_task_says_its_last_word(connection: sqlite3.Connection) -> None:
    first = TaskState("limits", TaskPhase.RUNNING, NOON, "reading", None, None)
    second = TaskState("limits", TaskPhase.BACKING_OFF, NOON, "503", NOON + MINUTE, NOON - MINUTE)
    other = TaskState("apps", TaskPhase.WAITING, NOON, "", NOON, None)
    for state in (first, other, second):
        record_task(connection, state)

    assert tasks(connection) == (other, second)


def test_the_login_is_one(connection: sqlite3.Connection) -> None:
    assert login(connection) is None
    state = LoginState(
        "orgwatch@acme.example", NOON, NOON, NOON + MINUTE, "expires_in", None, 3_660.5
    )
    record_login(connection, state)
    failed = dataclasses.replace(state, obtained_at=None, expires_at=None, error="invalid_grant")
    record_login(connection, failed)

    assert login(connection) == failed


def test_own_calls_add_up_by_purpose(connection: sqlite3.Connection) -> None:
    record_own_calls(connection, [OwnCalls(NOON, "limits", 2), OwnCalls(NOON, "apps", 5)])
    record_own_calls(connection, [OwnCalls(NOON + timedelta(seconds=59), "limits", 1)])
    record_own_calls(connection, [OwnCalls(NOON + MINUTE, "limits", 4)])

    assert own_calls(connection, NOON - MINUTE, NOON + MINUTE) == (("limits", 7), ("apps", 5))
    assert own_calls(connection, NOON, NOON + MINUTE) == (("limits", 4),)
    assert own_calls(connection, NOON - MINUTE, NOON) == (("apps", 5), ("limits", 3))


def test_the_heartbeat_is_the_last_one(connection: sqlite3.Connection) -> None:
    assert heartbeat(connection) is None
    record_heartbeat(connection, NOON)
    record_heartbeat(connection, NOON + MINUTE)

    assert heartbeat(connection) == NOON + MINUTE


def test_what_is_known_of_the_org_is_not_forgotten(connection: sqlite3.Connection) -> None:
    assert identity(connection) is None
    record_identity(connection, ACME)
    record_identity(connection, OrgIdentity("prod", None, None, None, "https://b", None))

    assert identity(connection) == dataclasses.replace(ACME, instance_url="https://b")


def test_a_store_belongs_to_one_org(connection: sqlite3.Connection) -> None:
    record_identity(connection, ACME)
    record_identity(connection, dataclasses.replace(ACME, org_id="00DHs000000abcD"))

    with pytest.raises(StoreUnusable) as caught:
        record_identity(
            connection, dataclasses.replace(ACME, org_id="00DZZ000000abcDEAO", name="Z")
        )

    assert "Acme" in caught.value.meaning
    assert "00DZZ000000abcDEAO" in caught.value.meaning
    assert "--store" in caught.value.next_step
