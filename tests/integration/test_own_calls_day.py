"""A day in the org's time with restarts: what the store says orgwatch cost is what the org counted.

The sources, the client, the tally, the budget and the store are the real ones; the test only sets
the clock forward to whatever is due next.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.collector.budget import WINDOW, OwnCallBudget
from console.collector.intervals import DOWNLOADS_A_DAY, SOURCES, Intervals
from console.collector.own_calls import OwnCallTally
from console.salesforce.apps import read_inventory
from console.salesforce.http import make_http_client
from console.salesforce.limits import read_limits
from console.salesforce.log_files import list_log_files
from console.salesforce.login import TokenKeeper
from console.salesforce.org import read_org
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import load_login_keys
from console.salesforce.types import LoginObservation
from console.salesforce.users import read_users
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from store import console_state
from store.writer import Writer, open_writer

START = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
BUDGET = 230
"""Calls a day: little enough that every source must wait longer than it wishes."""
RESTART_EVERY = timedelta(hours=5)

ROUNDS: dict[str, Callable[[RestClient], Awaitable[object]]] = {
    "limits": read_limits,
    "log files": lambda rest: list_log_files(rest, ("ApiTotalUsage", "Login"), START),
    "apps": read_inventory,
    "users": read_users,
    "org": read_org,
}


async def nothing() -> None:
    """What comes after a write here."""


class Process:
    """One collector's life, as far as own calls go."""

    def __init__(
        self, org: RunningOrg, writer: Writer, http: object, login: list[LoginObservation]
    ) -> None:
        self.org, self.writer = org, writer
        settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
        self.budget = OwnCallBudget(org.clock, Intervals(), BUDGET / org.world.pool_max)
        self.tally = OwnCallTally(org.clock)
        tokens = TokenKeeper(
            settings,
            http,  # type: ignore[arg-type]
            org.clock,
            load_login_keys(settings, {}),
            login.append,
            login[-1] if login else None,
        )
        self.rest = RestClient(
            settings,
            tokens,
            http,  # type: ignore[arg-type]
            org.clock,
            lambda limit: self.budget.resize(limit.max_calls),
            self.spend,
        )

    def spend(self, purpose: str, cost: int) -> None:
        self.tally.count(purpose, cost)
        self.budget.spend(cost)

    async def remember(self) -> None:
        now = self.org.clock.now()
        past = await self.writer.write(
            lambda c: console_state.own_calls_by_minute(c, now - WINDOW, now)
        )
        self.budget.remember(past, self.org.world.pool_max)


async def a_day(org: RunningOrg, writer: Writer) -> int:
    """Lives through a day and an hour; how often it was restarted."""
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    login: list[LoginObservation] = []
    last: dict[str, datetime] = {}
    restarts = 0
    async with make_http_client(settings) as http:
        while org.clock.now() < START + WINDOW + timedelta(hours=1):
            process = Process(org, writer, http, login)
            await process.remember()
            storing = asyncio.create_task(process.tally.run(writer, 0.0, nothing))
            began = org.clock.now()
            due = {
                name: began + timedelta(seconds=process.budget.first_pause_s(name, last.get(name)))
                for name in ROUNDS
            }
            while org.clock.now() < began + RESTART_EVERY:
                name = min(due, key=lambda one: due[one])
                org.clock.advance(max(due[name] - org.clock.now(), timedelta()))
                await ROUNDS[name](process.rest)
                last[name] = org.clock.now()
                source = next(one for one in SOURCES if one.name == name)
                pause_s = source.interval_s(process.budget.intervals())
                due[name] = org.clock.now() + timedelta(seconds=pause_s)
            storing.cancel()
            with suppress(asyncio.CancelledError):
                await storing
            await process.tally.flush(writer)
            restarts += 1
    return restarts


async def test_own_calls_of_a_day_are_exact_and_within_the_budget(tmp_path: Path) -> None:
    options = SimulateOptions(
        speed=0, now=START, history=timedelta(hours=1), scale=0.01, directory=tmp_path / "org"
    )
    org = await serve(options)
    try:
        with open_writer(tmp_path / "acme.db", commit_interval_s=0.0) as writer:
            assert await a_day(org, writer) >= 5
            now = org.clock.now()
            stored = await writer.write(
                lambda c: console_state.own_calls_by_minute(c, START - WINDOW, now)
            )
        truth = org.world.truth(now - WINDOW, now)
    finally:
        await org.stop()
    last_day = [one for one in stored if one.minute > now - WINDOW]
    counted = truth["own_requests"]["counted_calls"]  # type: ignore[index]
    assert sum(one.calls for one in last_day) == counted > 80
    assert {one.purpose for one in stored} == set(ROUNDS)
    a_round = sum(one.calls_per_round for one in SOURCES if one.name in ROUNDS)
    assert counted <= BUDGET - DOWNLOADS_A_DAY + 3 * a_round
