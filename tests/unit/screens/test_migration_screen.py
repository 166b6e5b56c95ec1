"""The migration room on a real store, by keys, at both sizes."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from console.app import ConsoleOptions, OrgwatchApp
from store import apps
from store.records import AppKind, AppRecord, AppSnapshot
from store.writer import open_writer
from tests.unit.screens.conftest import StandingClock, until
from tests.unit.screens.filled_store import NOW, fill_store
from widgets.record_list import RecordList

SIZES = [(80, 24), (200, 60)]
NARROW, WIDE = SIZES


def app_record(name: str, kind: AppKind, app_id: str | None, **changes: object) -> AppRecord:
    values: dict[str, object] = {
        "kind": kind,
        "app_id": app_id,
        "name": name,
        "developer_name": name.replace(" ", "_"),
        "consumer_id": None,
        "pre_authorized_only": kind is AppKind.EXTERNAL_CLIENT_APP,
        "enabled": True,
        "scopes": ("api",),
        "refresh_token_policy": None,
        "token_users": None,
        "token_uses": None,
        "last_used_at": None,
        "created_at": None,
        "namespace": None,
        "evidence": {},
    }
    return AppRecord(**(values | changes))  # type: ignore[arg-type]


SNAPSHOT = AppSnapshot(
    taken_at=NOW - timedelta(minutes=20),
    apps=(
        app_record(
            "MuleSoft ERP", AppKind.CONNECTED_APP, "0H4000000000000", scopes=("api", "full")
        ),
        app_record("Data Loader", AppKind.CONNECTED_APP, "0H4000000000001"),
        app_record("Web Shop", AppKind.EXTERNAL_CLIENT_APP, "0xI000000000002"),
        app_record("HR Feed", AppKind.UNINSTALLED, None, scopes=None),
    ),
    not_visible={"BlacklistedConsumer": "needs the permission View Setup"},
)


@pytest.fixture(scope="module")
def store_with_apps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("apps") / "acme.db"
    fill_store(path)
    with open_writer(path) as writer:
        writer.submit(lambda c: apps.record_snapshot(c, SNAPSHOT)).result(timeout=30)
    return path


@pytest.fixture
def with_apps(store_with_apps: Path) -> ConsoleOptions:
    return ConsoleOptions(store_with_apps, StandingClock(), "acme")


@pytest.mark.parametrize("size", SIZES)
async def test_every_app_is_there_with_its_calls_and_its_state(
    with_apps: ConsoleOptions, size: tuple[int, int]
) -> None:
    app = OrgwatchApp(with_apps)
    async with app.run_test(size=size) as pilot:
        await pilot.press("5")
        text = await until(pilot, lambda text: "1 of 4 apps are External Client Apps" in text)
        assert "inventory of 11:44:31" in text
        lines = text.splitlines()
        for name, sign in (("MuleSoft ERP", "○"), ("HR Feed", "✖")):
            assert any(name in line and sign in line for line in lines), name
        assert any("MuleSoft ERP" in line and "440" in line for line in lines)
        assert "could not be seen: BlacklistedConsumer" in text


async def test_enter_shows_why_and_escape_leads_back(with_apps: ConsoleOptions) -> None:
    app = OrgwatchApp(with_apps)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("5")
        await until(pilot, lambda text: "1 of 4 apps" in text)
        await pilot.press("s")
        await until(pilot, lambda text: "Calls▾" in text)
        await pilot.press("home", "enter")
        text = await until(pilot, lambda text: "Evidence" in text)
        assert "0H4000000000000" in text
        await until(pilot, lambda _text: app.screen.focused is not None)
        await pilot.press("end")
        text = await until(pilot, lambda text: "Could not be seen" in text)
        assert "needs the permission View Setup" in text
        await pilot.press("escape")
        await until(pilot, lambda text: "1 of 4 apps" in text)


async def test_where_there_is_room_the_selected_app_stands_beside_the_list(
    with_apps: ConsoleOptions,
) -> None:
    app = OrgwatchApp(with_apps)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("5")
        await until(pilot, lambda text: "Evidence" in text)
        await pilot.press("s", "home")
        text = await until(pilot, lambda text: "▲ broad" in text)
        assert "In the way" in text


async def test_a_newer_inventory_shows_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "acme.db"
    with open_writer(path) as writer:
        app = OrgwatchApp(ConsoleOptions(path, StandingClock(), "acme"))
        async with app.run_test(size=NARROW) as pilot:
            await pilot.press("5")
            await until(pilot, lambda text: "have not been read yet" in text)
            await pilot.press("enter", "s", "r")
            write = lambda c: apps.record_snapshot(c, SNAPSHOT)  # noqa: E731
            await writer.write(write)
            await until(pilot, lambda text: "1 of 4 apps" in text)
            assert len(app.screen.query_one(RecordList).view.rows) == 4


def test_the_fixture_is_what_the_store_gives_back(store_with_apps: Path) -> None:
    connection = sqlite3.connect(store_with_apps)
    try:
        assert apps.latest_snapshot(connection, NOW) == SNAPSHOT
    finally:
        connection.close()
