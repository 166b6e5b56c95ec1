"""The collector on the simulated org: what is stored is what happened, whatever goes wrong."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console.collector.supervisor import Collector
from console.errors import LoginRefused, OrgUnreachable
from console.settings import OrgSettings
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from store import apps, console_state, coverage, limit_samples
from store.errors import StoreBusy, StoreUnusable
from store.records import CoverageState, OrgIdentity, TaskPhase
from store.writer import open_writer

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
LOGINS = "/event/LoginEventStream"
LONG_AGO = "2026-03-10T00:00:00Z"
"""Before everything that the org still holds."""
SOURCES = ("limits", "log files", "apps", "users", "org", "permissions", "access")


@dataclass
class Scene:
    """A simulated org, its settings, and a store that a collector may fill."""

    org: RunningOrg
    settings: OrgSettings
    store_file: Path
    control: httpx.AsyncClient

    async def truth(self, **span: str) -> dict[str, Any]:
        """What the org really did; of its events only those of the channels collected here."""
        truth = dict((await self.control.get("/__sim__/truth", params=span)).json())
        channels = self.settings.stream_channels
        return truth | {"events": {channel: truth["events"][channel] for channel in channels}}

    async def requests(self, path: str) -> int:
        counts = (await self.control.get("/__sim__/requests")).json()["by_path"]
        return int(counts.get(path, 0))

    async def fault(self, **fault: object) -> None:
        (await self.control.post("/__sim__/faults", json=fault)).raise_for_status()

    @asynccontextmanager
    async def collecting(self, **changes: Any) -> AsyncIterator["asyncio.Task[None]"]:
        stop = asyncio.Event()
        settings = replace(self.settings, **changes)
        collector = Collector(settings, self.store_file, self.org.clock)
        running = asyncio.create_task(collector.run(stop))
        try:
            yield running
        finally:
            stop.set()
            await asyncio.wait_for(running, 20)

    def rows(self, sql: str, *parameters: object) -> list[Any]:
        """What a query finds; nothing as long as the collector has not made the store."""
        try:
            return list(self.ask(lambda connection: connection.execute(sql, parameters).fetchall()))
        except sqlite3.OperationalError as problem:
            if "unable to open" in str(problem) or "no such table" in str(problem):
                return []
            raise

    def ask(self, question: Callable[[sqlite3.Connection], Any]) -> Any:
        with closing(sqlite3.connect(f"file:{self.store_file}?mode=ro", uri=True)) as connection:
            return question(connection)

    def channels_with_position(self) -> tuple[str, ...]:
        """Of the collected channels those from which events were stored."""
        known = {channel for (channel,) in self.rows("SELECT channel FROM replay_position")}
        return tuple(channel for channel in self.settings.stream_channels if channel in known)

    def phases(self) -> dict[str, TaskPhase]:
        return {
            task: TaskPhase(phase)
            for task, phase in self.rows("SELECT task, phase FROM task_state")
        }

    def published(self, since: str, until: str) -> dict[str, int]:
        """Stored events by channel, by the time at which the org published them."""
        created = "json_extract(payload, '$.payload.CreatedDate')"
        counts = self.rows(
            f"SELECT channel, COUNT(*) FROM stream_event WHERE {created} >= ? AND {created} < ?"
            " GROUP BY channel",
            since,
            until,
        )
        return dict.fromkeys(self.settings.stream_channels, 0) | dict(counts)


async def eventually(condition: Callable[[], Any], deadline_s: float = 90.0) -> None:
    async with asyncio.timeout(deadline_s):
        while not condition():  # noqa: ASYNC110  the conditions are about another party
            await asyncio.sleep(0.02)


@asynccontextmanager
async def scene_of(org: RunningOrg, folder: Path) -> AsyncIterator[Scene]:
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    url = org.announcement["instance_url"]
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as control:
        yield Scene(org, settings, folder / "store" / "acme.db", control)
        await control.delete("/__sim__/faults")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def frozen_org(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningOrg]:
    """An org whose clock stands still, so that truth does not move while it is compared."""
    directory = tmp_path_factory.mktemp("frozen")
    running = await serve(SimulateOptions(speed=0, now=NOW, directory=directory))
    yield running
    await running.stop()


@dataclass
class Collected:
    """What one run of the collector left, and what was true before and after."""

    scene: Scene
    before: dict[str, Any]
    after: dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def collected(
    frozen_org: RunningOrg, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Collected]:
    """One run with everything that the org still holds of logs and logins."""
    async with scene_of(frozen_org, tmp_path_factory.mktemp("collected")) as scene:
        scene.settings = replace(scene.settings, stream_channels=(LOGINS,))
        before = await scene.truth(since=LONG_AGO)
        async with scene.collecting():
            await eventually(
                lambda: all(scene.phases().get(task) is TaskPhase.WAITING for task in SOURCES)
            )
            events = sum((await scene.truth(since=LONG_AGO))["events"].values())
            await eventually(
                lambda: scene.rows("SELECT 1 FROM stream_event LIMIT 1 OFFSET ?", events - 1)
            )
            await eventually(
                lambda: scene.rows("SELECT 1 FROM coverage_hour WHERE source LIKE 'stream:%'")
            )
        yield Collected(scene, before, await scene.truth(since=LONG_AGO))


@pytest_asyncio.fixture(loop_scope="module")
async def frozen(frozen_org: RunningOrg, tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_of(frozen_org, tmp_path) as scene:
        yield scene


@pytest_asyncio.fixture(loop_scope="module")
async def live(tmp_path: Path) -> AsyncIterator[Scene]:
    """An org in which a minute takes two seconds."""
    directory = tmp_path / "org"
    directory.mkdir()
    options = SimulateOptions(speed=30, now=NOW, history=timedelta(hours=3), directory=directory)
    running = await serve(options)
    try:
        async with scene_of(running, tmp_path) as scene:
            yield scene
    finally:
        await running.stop()


async def test_every_log_file_is_stored_whole_and_once(collected: Collected) -> None:
    stored = collected.scene.rows(
        "SELECT org_file_id, row_count FROM log_file WHERE state IN ('stored', 'empty')"
    )
    made = {file["id"]: file for file in collected.after["log_files"]}
    assert dict(stored) == {file_id: made[file_id]["rows"] for file_id, _ in stored}
    days = {(f["event_type"], f["log_date"][:10]) for f in made.values() if _is_daily(f)}
    wanted = {
        file_id
        for file_id, file in made.items()
        if file["event_type"] in ("ApiTotalUsage", "Login")
        and (_is_daily(file) or (file["event_type"], file["log_date"][:10]) not in days)
    }
    assert {file_id for file_id, _ in stored} == wanted


def _is_daily(file: dict[str, Any]) -> bool:
    return bool(file["interval"] == "Daily")


async def test_every_retained_event_is_stored_once(collected: Collected) -> None:
    assert collected.scene.published("0", "9") == collected.after["events"]


async def test_apps_identity_and_pool_are_those_of_the_org(collected: Collected) -> None:
    scene, truth = collected.scene, collected.after
    snapshot = scene.ask(lambda c: apps.latest_snapshot(c, NOW))
    assert Counter(app.kind.value for app in snapshot.apps) == truth["apps"]
    identity = scene.ask(console_state.identity)
    assert identity.org_id == scene.org.world.facts.org_id
    assert (identity.edition, identity.user_licences) == ("Enterprise Edition", 15)
    pool = scene.ask(lambda c: limit_samples.latest_pool(c, NOW))
    assert (pool.used_calls, pool.max_calls) == (truth["pool_used"], truth["pool_max"])


async def test_own_calls_are_those_that_the_org_counted(collected: Collected) -> None:
    own = collected.scene.ask(lambda c: console_state.own_calls(c, NOW - timedelta(hours=1), NOW))
    counted = collected.after["pool_used"] - collected.before["pool_used"]
    assert sum(calls for _, calls in own) == counted


async def test_the_ledger_says_what_is_there_and_what_is_not(collected: Collected) -> None:
    hours = collected.scene.ask(lambda c: coverage.hours(c, NOW - timedelta(hours=24), NOW))
    logs = {row.hour: row for row in hours if row.source == "log:ApiTotalUsage"}
    assert len(logs) == 25
    covered = {
        datetime.fromisoformat(file["log_date"]) + timedelta(hours=n)
        for file in collected.after["log_files"]
        if file["event_type"] == "ApiTotalUsage"
        for n in range(24 if _is_daily(file) else 1)
    }
    for hour, row in logs.items():
        assert (row.state is CoverageState.COMPLETE) == (hour in covered), row
    assert logs[NOW.replace(minute=0)].state is CoverageState.PENDING
    streams = [row for row in hours if row.source.startswith("stream:")]
    assert {row.hour for row in streams} == {NOW.replace(minute=0)}
    assert {row.state for row in streams} == {CoverageState.PARTIAL}


async def test_no_event_is_lost_or_doubled_whatever_the_org_does(live: Scene) -> None:
    handshakes = "/cometd/68.0"
    async with live.collecting(stream_start="new"):
        # A channel without a position cannot be continued where it was.
        await eventually(lambda: live.channels_with_position() == live.settings.stream_channels)
        start = (await live.truth())["as_of"]
        for kind in ("drop_sessions", "revoke_tokens", "push_disconnect"):
            before = await live.requests(handshakes)
            await live.fault(kind=kind)
            moment = (await live.truth())["as_of"]
            await eventually(lambda moment=moment: _reaches(live, moment))
            assert await live.requests(handshakes) > before
        await live.fault(kind="http_html", path="/cometd", times=2)
        await live.fault(kind="http_503", path="/cometd", times=2)
        until = (await live.truth())["as_of"]
        await eventually(lambda: _reaches(live, until))
        truth = await live.truth(since=start, until=until)
        await eventually(lambda: live.published(start, until) == truth["events"])
    doubled = live.rows("SELECT 1 FROM stream_event GROUP BY event_uuid HAVING COUNT(*) > 1")
    assert doubled == []


def _reaches(scene: Scene, moment: str) -> bool:
    """Whether an event is stored that the org published after ``moment``."""
    found = scene.rows(
        "SELECT json_extract(payload, '$.payload.CreatedDate') FROM stream_event"
        " ORDER BY id DESC LIMIT 20"
    )
    return any(created > moment for (created,) in found)


async def test_a_restart_continues_where_it_stopped(live: Scene) -> None:
    async with live.collecting(stream_start="new"):
        await eventually(
            lambda: live.rows("SELECT 1 FROM replay_position WHERE channel LIKE '%Api%'")
        )
    assert set(live.phases().values()) == {TaskPhase.STOPPED}
    stopped = (await live.truth())["as_of"]
    async with live.collecting(stream_start="new"):
        moment = (await live.truth())["as_of"]
        await eventually(lambda: _reaches(live, moment))
        truth = await live.truth(since=stopped, until=moment)
        api = "/event/ApiEventStream"
        await eventually(
            lambda: live.published(stopped, truth["until"])[api] == truth["events"][api]
        )
        assert truth["events"][api] > 0


async def test_an_expired_position_is_a_gap_in_the_ledger_and_the_rest_is_fetched(
    live: Scene,
) -> None:
    live.settings = replace(live.settings, stream_channels=(LOGINS,))
    async with live.collecting():
        await eventually(lambda: live.rows("SELECT 1 FROM replay_position"))
    await live.fault(kind="stale_replay", times=1)
    async with live.collecting():
        await eventually(
            lambda: live.rows("SELECT 1 FROM coverage_hour WHERE reason LIKE 'events lost%'")
        )
        truth = await live.truth(since=LONG_AGO)
        await eventually(lambda: live.published("0", truth["until"]) == truth["events"])
    lost = live.rows("SELECT state FROM coverage_hour WHERE reason LIKE 'events lost%'")
    assert {state for (state,) in lost} <= {"partial", "blind"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"consumer_key": "3MVG9wrong"}, LoginRefused),
        ({"username": "nobody@acme.example"}, LoginRefused),
        ({"audience": "https://wrong.example"}, LoginRefused),
        (
            {"login_url": "http://localhost:9", "instance_url": "http://localhost:9"},
            OrgUnreachable,
        ),
    ],
)
async def test_a_first_login_that_fails_is_told_and_leaves_nothing(
    frozen: Scene, changes: dict[str, str], error: type[Exception]
) -> None:
    collector = Collector(replace(frozen.settings, **changes), frozen.store_file, frozen.org.clock)
    with pytest.raises(error):
        await collector.run(asyncio.Event())
    assert not frozen.store_file.parent.exists()


async def test_on_a_store_that_was_filled_before_an_unreachable_org_is_waited_for(
    frozen: Scene,
) -> None:
    frozen.store_file.parent.mkdir()
    open_writer(frozen.store_file).close()
    nowhere = {"login_url": "http://localhost:9", "instance_url": "http://localhost:9"}
    async with frozen.collecting(**nowhere) as running:
        await eventually(lambda: frozen.phases().get("login") is TaskPhase.BACKING_OFF)
        assert not running.done()
    assert frozen.ask(console_state.heartbeat) is not None
    assert frozen.ask(console_state.login).error


async def test_a_second_collector_is_refused_before_it_logs_in(frozen: Scene) -> None:
    async with frozen.collecting():
        await eventually(lambda: frozen.phases().get("limits") is TaskPhase.WAITING)
        logins = await frozen.requests("/services/oauth2/token")
        second = Collector(frozen.settings, frozen.store_file, frozen.org.clock)
        with pytest.raises(StoreBusy):
            await second.run(asyncio.Event())
        assert await frozen.requests("/services/oauth2/token") == logins


async def test_the_store_of_another_org_is_left_alone(frozen: Scene) -> None:
    frozen.store_file.parent.mkdir()
    other = OrgIdentity("other", "00D000000000001AAA", "Other", None, None, None)
    with open_writer(frozen.store_file) as writer:
        writer.submit(lambda c: console_state.record_identity(c, other)).result(10)
    collector = Collector(frozen.settings, frozen.store_file, frozen.org.clock)
    with pytest.raises(StoreUnusable):
        await collector.run(asyncio.Event())
    assert frozen.rows("SELECT COUNT(*) FROM stream_event") == [(0,)]
    assert frozen.ask(console_state.identity).org_id == other.org_id


async def test_stopping_during_the_first_login_leaves_nothing(frozen: Scene) -> None:
    await frozen.fault(kind="slow", path="/services/oauth2/token", delay_s=5)
    stop = asyncio.Event()
    collector = Collector(frozen.settings, frozen.store_file, frozen.org.clock)
    running = asyncio.create_task(collector.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert not frozen.store_file.exists()
