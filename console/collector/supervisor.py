"""Keeps the store fed: one task per source, each restarted by itself after a failure."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import httpx

from console.clock import Clock
from console.collector.access import AccessSource
from console.collector.apps import AppsSource
from console.collector.budget import WINDOW, OwnCallBudget
from console.collector.connection import CONNECTION_TASK, ConnectionRecorder
from console.collector.continuity import resumed
from console.collector.heartbeat import beat
from console.collector.intervals import Intervals
from console.collector.journal import TaskJournal
from console.collector.limits import LimitsSource
from console.collector.log_files import LogFilesSource
from console.collector.login import LoginRecorder
from console.collector.org import OrgSource, identity_of_login
from console.collector.own_calls import OwnCallTally
from console.collector.pool import PoolSampler
from console.collector.posture import PostureSource
from console.collector.refusals import Refusals
from console.collector.rounds import Boundary, Pause
from console.collector.stream import StreamSource
from console.collector.stream_ledger import StreamLedger
from console.collector.users import UsersSource
from console.collector.writer_when_free import writer_when_free
from console.errors import OrgError, OrgUnreachable
from console.salesforce.http import make_http_client
from console.salesforce.login import TokenKeeper
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import load_login_keys
from console.salesforce.types import AccessToken
from console.settings import OrgSettings
from console.streaming.backoff import Backoff
from console.streaming.types import StreamTimings
from store import console_state, coverage, limit_samples
from store.database import is_present
from store.errors import StoreError
from store.records import CoverageHour, LoginState, OwnCalls, TaskPhase, TaskState
from store.writer import Writer

_log = logging.getLogger(__name__)
_LOOK_BACK = timedelta(days=4)
"""How much of the ledger is read at the start: longer than the org retains events (72 hours)."""
_STOP_REAL_S = 10.0
"""How long the tasks may take to end once they were told to."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What an earlier run left in the store."""

    login: LoginState | None
    tasks: dict[str, TaskState]
    alive_until: datetime | None
    hours: tuple[CoverageHour, ...]
    own_calls: tuple[OwnCalls, ...]
    """Those of the last 24 hours."""
    pool_calls: int | None
    """How large the org's pool was when it was last heard of."""


_NOTHING = _Remembered(None, {}, None, (), (), None)


class Collector:
    """Collects one org into one store until it is told to stop.

    ``run`` opens the store's writer itself, which also is the lock against a second collector.
    ``tell`` is given what the person should know although it stops nothing.
    """

    def __init__(
        self,
        settings: OrgSettings,
        store_file: Path,
        clock: Clock,
        intervals: Intervals | None = None,
        stream_timings: StreamTimings | None = None,
        tell: Callable[[str], None] = _log.warning,
    ) -> None:
        self._settings = settings
        self._store_file = store_file
        self._clock = clock
        self._wished = intervals or Intervals()
        self._stream_timings = stream_timings
        self._retry = Backoff(self._wished.retry_base_s, self._wished.retry_cap_s, floor=0.5)
        self._login = LoginRecorder(tell)
        self._own_calls = OwnCallTally(clock)
        self._budget = OwnCallBudget(clock, self._wished, settings.own_calls_fraction)
        self._pool = PoolSampler(self._budget.resize)
        self._connection = ConnectionRecorder()
        self._refusals = Refusals(clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Collects until ``stop`` is set, then drains what is under way and returns.

        Raises `OrgwatchError` when the key cannot be read or the first login is refused for good
        (on a store that does not exist yet, also when the org cannot be reached; no store is made
        then), and `StoreError` when the store cannot be opened or belongs to another org. Later
        failures are recorded as states of their task.
        """
        keys = load_login_keys(self._settings)
        async with AsyncExitStack() as stack:
            http = make_http_client(self._settings)
            stack.push_async_callback(http.aclose)
            writer = await self._open(stack) if is_present(self._store_file) else None
            past = await self._remember(writer) if writer is not None else _NOTHING
            known = self._login.prepare(self._settings, keys, past.login, self._clock.now())
            tokens = TokenKeeper(self._settings, http, self._clock, keys, self._login.see, known)
            stack.push_async_callback(tokens.close)
            if writer is None:
                if not await _until_stopped(_first_token(tokens), stop):
                    return
                writer = await self._open(stack)
            await _until_stopped(self._collect(writer, tokens, http, past), stop)

    async def _open(self, stack: AsyncExitStack) -> Writer:
        # Where the folder cannot be made, opening the store says so in sentences.
        with suppress(OSError):
            self._store_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        writer = await writer_when_free(self._store_file, self._clock)
        stack.push_async_callback(asyncio.to_thread, writer.close)
        return writer

    async def _remember(self, writer: Writer) -> _Remembered:
        now = self._clock.now()

        def read(connection: Connection) -> _Remembered:
            pool = limit_samples.latest_pool(connection, now)
            return _Remembered(
                login=console_state.login(connection),
                tasks={task.task: task for task in console_state.tasks(connection)},
                alive_until=console_state.heartbeat(connection),
                hours=coverage.hours(connection, now - _LOOK_BACK, now),
                own_calls=console_state.own_calls_by_minute(connection, now - WINDOW, now),
                pool_calls=pool.max_calls if pool is not None else None,
            )

        return await writer.write(read)

    def _spend(self, purpose: str, cost: int) -> None:
        self._own_calls.count(purpose, cost)
        self._budget.spend(cost)

    async def _collect(
        self, writer: Writer, tokens: TokenKeeper, http: httpx.AsyncClient, past: _Remembered
    ) -> None:
        self._budget.remember(past.own_calls, past.pool_calls)
        client = RestClient(
            self._settings,
            tokens,
            http,
            self._clock,
            self._pool.see,
            self._spend,
            on_reach=self._connection.see,
            on_ageing=self._connection.see_ageing,
        )
        tasks = _Tasks(writer, self._clock, self._retry, past)
        try:
            self._start_housekeeping(tasks, writer)
            token = await self._logged_in(tokens, writer, tasks.journal("login"))
            identity = identity_of_login(self._settings.alias, self._settings.instance_url, token)
            await writer.write(lambda c: console_state.record_identity(c, identity))
            self._start_sources(tasks, writer, client, tokens, past)
            await asyncio.Event().wait()
        finally:
            await tasks.end()
            await self._flush(writer)

    def _start_housekeeping(self, tasks: "_Tasks", writer: Writer) -> None:
        pauses = self._wished
        tasks.keep("heartbeat", lambda: beat(writer, self._clock, pauses.heartbeat_real_s))
        own_calls, connection = tasks.journal("own calls"), tasks.journal(CONNECTION_TASK)
        tasks.keep(
            "own calls",
            lambda: self._own_calls.run(
                writer,
                pauses.own_calls_real_s,
                lambda: own_calls.note(self._budget.sentence()),
            ),
        )
        tasks.keep(CONNECTION_TASK, lambda: self._connection.run(connection))
        tasks.keep("pool", lambda: self._pool.run(writer, pauses.pool_real_s))
        tasks.keep("login state", lambda: self._login.run(writer))

    async def _logged_in(
        self, tokens: TokenKeeper, writer: Writer, journal: TaskJournal
    ) -> AccessToken:
        failures = 0
        while True:
            try:
                token = await tokens.token()
            except OrgError as failure:
                await self._login.flush(writer)
                if not (failure.retryable or isinstance(failure, OrgUnreachable)):
                    raise
                pause_s = self._retry.delay_s(failures, random.random)
                pause_s = max(pause_s, failure.retry_after_s or 0.0)
                failures += 1
                next_at = self._clock.now() + timedelta(seconds=pause_s)
                await journal.say(TaskPhase.BACKING_OFF, failure.title, next_at)
                await asyncio.sleep(self._clock.real_delay_s(pause_s))
            else:
                await journal.succeeded(self._settings.username, None)
                return token

    def _start_sources(
        self,
        tasks: "_Tasks",
        writer: Writer,
        client: RestClient,
        tokens: TokenKeeper,
        past: _Remembered,
    ) -> None:
        settings, clock = self._settings, self._clock
        limits = LimitsSource(
            client,
            writer,
            clock,
            resumed("limits", past.hours, past.alive_until),
            lambda: self._budget.intervals().limits_s,
        )
        org = OrgSource(client, writer, settings.alias, settings.instance_url)
        log_files = LogFilesSource(
            client, writer, clock, self._store_file, _last_success(past, "log files")
        )
        see = self._refusals.see
        apps = AppsSource(client, writer, clock, partial(see, "apps: hidden"))
        users = UsersSource(client, writer, clock)
        stream = self._stream_source(tasks, writer, client, tokens, past)
        logs_are_in = asyncio.Event()
        posture = PostureSource(client, writer, clock, partial(see, "access: hidden"), logs_are_in)
        tasks.keep("stream", stream.run)
        for name, work, pause in (
            ("limits", limits.round, lambda: self._budget.intervals().limits_s),
            ("org", org.round, lambda: self._budget.intervals().org_s),
            (
                "log files",
                _telling(log_files.round, logs_are_in),
                lambda: self._budget.intervals().log_files_s,
            ),
            ("apps", apps.round, lambda: self._budget.intervals().apps_s),
            ("users", users.round, lambda: self._budget.intervals().users_s),
            ("access", posture.round, lambda: self._budget.intervals().access_s),
        ):
            first_pause_s = self._budget.first_pause_s(name, _last_success(past, name))
            tasks.repeat(name, work, pause, first_pause_s, see_refused=partial(see, name))
        self._start_probe(tasks, writer, client, past)

    def _stream_source(
        self,
        tasks: "_Tasks",
        writer: Writer,
        client: RestClient,
        tokens: TokenKeeper,
        past: _Remembered,
    ) -> StreamSource:
        return StreamSource(
            self._settings,
            client,
            tokens,
            writer,
            self._clock,
            tasks.journal("stream"),
            StreamLedger(self._settings.stream_channels, past.hours, past.alive_until),
            self._wished.ledger_real_s,
            self._stream_timings,
            partial(self._refusals.see, "stream"),
        )

    def _start_probe(
        self, tasks: "_Tasks", writer: Writer, client: RestClient, past: _Remembered
    ) -> None:
        name, settings = "permissions", self._settings
        source = AccessSource(
            client, self._clock, settings.username, settings.stream_channels, writer
        )
        tasks.repeat(
            name,
            lambda: self._refusals.probe(source.round),
            lambda: self._budget.intervals().permissions_s,
            self._budget.first_pause_s(name, _last_success(past, name)),
            pause=self._refusals.pause,
        )

    async def _flush(self, writer: Writer) -> None:
        try:
            await self._login.flush(writer)
            await self._own_calls.flush(writer)
            await self._pool.flush(writer)
        except StoreError as problem:
            _log.warning("what was seen last is not stored: %s", problem)


class _Tasks:
    """The running tasks by name, each with its journal and boundary."""

    def __init__(self, writer: Writer, clock: Clock, retry: Backoff, past: _Remembered) -> None:
        self._writer = writer
        self._clock = clock
        self._retry = retry
        self._past = past
        self._journals: dict[str, TaskJournal] = {}
        self._running: list[asyncio.Task[None]] = []

    def journal(self, name: str) -> TaskJournal:
        """The one journal of this task."""
        if name not in self._journals:
            last = _last_success(self._past, name)
            self._journals[name] = TaskJournal(name, self._writer, self._clock, last)
        return self._journals[name]

    def repeat(
        self,
        name: str,
        work: Callable[[], Awaitable[str]],
        interval_s: Callable[[], float],
        first_pause_s: float = 0.0,
        *,
        pause: Pause | None = None,
        see_refused: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        """Start a task of rounds."""
        boundary = Boundary(self.journal(name), self._clock, self._retry, see_refused)
        self._start(name, boundary.repeat(work, interval_s, first_pause_s, pause))

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start a task that never ends by itself."""
        boundary = Boundary(self.journal(name), self._clock, self._retry)
        self._start(name, boundary.keep(work))

    async def end(self) -> None:
        """Cancel every task, wait for all, and say that they stopped."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=_STOP_REAL_S)
        said = (journal.say(TaskPhase.STOPPED, "stopped") for journal in self._journals.values())
        await asyncio.gather(*said)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._running.append(asyncio.create_task(work, name=name))


def _telling(
    work: Callable[[], Awaitable[str]], ended: asyncio.Event
) -> Callable[[], Awaitable[str]]:
    """``work``, with ``ended`` set when it has been done once, whatever came of it."""

    async def told() -> str:
        try:
            return await work()
        finally:
            ended.set()

    return told


async def _first_token(tokens: TokenKeeper) -> None:
    await tokens.token()


async def _until_stopped(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Runs ``work`` unless ``stop`` comes first; True when it ended by itself."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        ended = working.done()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        return ended
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.wait({working, stopping})


def _last_success(past: _Remembered, task: str) -> datetime | None:
    state = past.tasks.get(task)
    return state.last_success_at if state is not None else None
