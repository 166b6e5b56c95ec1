import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta

from store.apps import latest_snapshot, record_snapshot, record_users, users
from store.records import AppKind, AppRecord, AppSnapshot, UserRecord

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDER_SYNC = AppRecord(
    kind=AppKind.EXTERNAL_CLIENT_APP,
    app_id="0xIHs0000000001",
    name="Order Sync \u202e",
    developer_name=None,
    consumer_id="888Hs0000000001",
    pre_authorized_only=True,
    enabled=None,
    scopes=("api", "refresh_token"),
    refresh_token_policy=None,
    token_users=3,
    token_uses=0,
    last_used_at=NOON - HOUR,
    created_at=None,
    namespace=None,
    evidence={"scopes": "api, refresh_token (ExtlClntAppOauthSettings)"},
)


def snapshot(at: datetime, **changes: object) -> AppSnapshot:
    app = dataclasses.replace(ORDER_SYNC, **changes)  # type: ignore[arg-type]
    return AppSnapshot(at, (app,), {"OauthToken": "no permission"})


def count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT COUNT(*) FROM app_snapshot").fetchone()[0])


def test_a_snapshot_comes_back_whole(connection: sqlite3.Connection) -> None:
    assert latest_snapshot(connection, NOON) is None
    record_snapshot(connection, snapshot(NOON))

    assert latest_snapshot(connection, NOON) == snapshot(NOON)
    assert latest_snapshot(connection, NOON - HOUR) is None


def test_an_identical_snapshot_only_moves_the_time(connection: sqlite3.Connection) -> None:
    record_snapshot(connection, snapshot(NOON))
    record_snapshot(connection, snapshot(NOON + 2 * HOUR))

    assert count(connection) == 1
    assert latest_snapshot(connection, NOON + 3 * HOUR) == snapshot(NOON + 2 * HOUR)
    assert latest_snapshot(connection, NOON + HOUR) == snapshot(NOON)


def test_every_change_is_kept_also_one_back_to_what_was(connection: sqlite3.Connection) -> None:
    record_snapshot(connection, snapshot(NOON, token_users=3))
    record_snapshot(connection, snapshot(NOON + HOUR, token_users=4))
    record_snapshot(connection, snapshot(NOON + 2 * HOUR, token_users=3))

    assert count(connection) == 3
    assert latest_snapshot(connection, NOON + HOUR) == snapshot(NOON + HOUR, token_users=4)
    assert latest_snapshot(connection, NOON + 5 * HOUR) == snapshot(NOON + 2 * HOUR)


def test_users_are_found_by_either_form_of_the_id(connection: sqlite3.Connection) -> None:
    short = UserRecord("005Hs00000BAlWS", "svc@acme.example", None, None, None, None)
    long = UserRecord("005Hs00000BAlWSIA1", "svc@acme.example", "ERP", False, "API", "Standard")
    record_users(connection, [short], NOON)
    assert users(connection) == {"005Hs00000BAlWS": short}

    record_users(connection, [long], NOON + HOUR)

    assert users(connection) == {"005Hs00000BAlWS": long}


def test_a_user_who_is_gone_from_the_org_keeps_the_name(connection: sqlite3.Connection) -> None:
    old = UserRecord("005Hs00000BAlWS", "old@acme.example", None, True, None, None)
    new = UserRecord("005Hs00000BAlWT", "new\ud800@acme.example", None, True, None, None)
    record_users(connection, [old], NOON)
    record_users(connection, [new], NOON + HOUR)

    names = {user.username for user in users(connection).values()}
    assert names == {"old@acme.example", "new\\ud800@acme.example"}
