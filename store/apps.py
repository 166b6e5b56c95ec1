"""Snapshots of the app inventory, and the org's users for names."""

import hashlib
import sqlite3
from collections.abc import Iterable
from datetime import datetime

import msgspec

from store.log_values import storable
from store.moments import from_ms, to_ms
from store.records import AppRecord, AppSnapshot, UserRecord


class _Inventory(msgspec.Struct):
    """What of a snapshot makes it differ from the one before: everything but its time."""

    apps: tuple[AppRecord, ...]
    not_visible: dict[str, str]


def record_snapshot(connection: sqlite3.Connection, snapshot: AppSnapshot) -> None:
    """Keep this inventory; one identical to the newest only moves that one's last sight."""
    body = msgspec.json.encode(
        _Inventory(snapshot.apps, dict(snapshot.not_visible)), order="sorted"
    )
    digest = hashlib.sha256(body).hexdigest()
    taken_ms = to_ms(snapshot.taken_at)
    newest = connection.execute(
        "SELECT id, digest FROM app_snapshot ORDER BY first_ms DESC, id DESC LIMIT 1"
    ).fetchone()
    if newest is not None and newest[1] == digest:
        connection.execute(
            "UPDATE app_snapshot SET last_ms = MAX(last_ms, ?) WHERE id = ?", (taken_ms, newest[0])
        )
        return
    connection.execute(
        "INSERT INTO app_snapshot (first_ms, last_ms, digest, body) VALUES (?, ?, ?, ?)",
        (taken_ms, taken_ms, digest, body.decode()),
    )


def latest_snapshot(connection: sqlite3.Connection, as_of: datetime) -> AppSnapshot | None:
    """The newest inventory not after ``as_of``; None when there is none.

    ``taken_at`` is when it was last seen so, or first seen so where the last sight came after
    ``as_of``.
    """
    as_of_ms = to_ms(as_of)
    row = connection.execute(
        "SELECT first_ms, last_ms, body FROM app_snapshot WHERE first_ms <= ?"
        " ORDER BY first_ms DESC, id DESC LIMIT 1",
        (as_of_ms,),
    ).fetchone()
    if row is None:
        return None
    first_ms, last_ms, body = row
    inventory = msgspec.json.decode(body, type=_Inventory)
    taken_ms = last_ms if last_ms <= as_of_ms else first_ms
    return AppSnapshot(from_ms(taken_ms), inventory.apps, inventory.not_visible)


def first_snapshot(connection: sqlite3.Connection) -> AppSnapshot | None:
    """The oldest inventory that is stored; None when there is none."""
    row = connection.execute(
        "SELECT first_ms, body FROM app_snapshot ORDER BY first_ms, id LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    inventory = msgspec.json.decode(row[1], type=_Inventory)
    return AppSnapshot(from_ms(row[0]), inventory.apps, inventory.not_visible)


def record_users(
    connection: sqlite3.Connection, users: Iterable[UserRecord], now: datetime
) -> None:
    """Store or renew what is known of these users; others stay, because logs still name them."""
    now_ms = to_ms(now)
    connection.executemany(
        "INSERT OR REPLACE INTO org_user"
        " (id15, user_id, username, name, is_active, profile, user_type, updated_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                user.user_id[:15],
                user.user_id,
                storable(user.username),
                None if user.name is None else storable(user.name),
                user.is_active,
                None if user.profile is None else storable(user.profile),
                user.user_type,
                now_ms,
            )
            for user in users
        ),
    )


def users(connection: sqlite3.Connection) -> dict[str, UserRecord]:
    """Every known user by the first 15 characters of the id."""
    rows = connection.execute(
        "SELECT id15, user_id, username, name, is_active, profile, user_type FROM org_user"
    )
    return {
        id15: UserRecord(
            user_id, username, name, None if active is None else bool(active), profile, kind
        )
        for id15, user_id, username, name, active, profile, kind in rows
    }
