"""A week in the org's time, with revoked tokens and restarts: logins stay rare, calls are exact."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console.salesforce.http import make_http_client
from console.salesforce.limits import read_limits
from console.salesforce.login import TokenKeeper
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import load_login_keys
from console.salesforce.types import LoginObservation
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 19, 30, 40))
"""So that it is asked well within, just before and after every span of 20 minutes."""
WEEK = timedelta(days=7)


@dataclass
class Week:
    """One client process after the other, on an org whose clock the test sets forward."""

    org: RunningOrg
    http: httpx.AsyncClient
    seen: list[LoginObservation] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def now(self) -> datetime:
        return self.org.clock.now()

    def start_process(self) -> RestClient:
        """A process that knows only what the one before it would have stored."""
        settings = load(Path(self.org.announcement["config_file"]), {}).orgs[0]
        tokens = TokenKeeper(
            settings,
            self.http,
            self.org.clock,
            load_login_keys(settings, {}),
            self.seen.append,
            self.seen[-1] if self.seen else None,
        )
        return RestClient(
            settings, tokens, self.http, self.org.clock, lambda limit: None, self._count
        )

    def _count(self, purpose: str, cost: int) -> None:
        self.calls[purpose] += cost

    async def control(self, path: str, **params: str) -> Any:
        url = f"{self.org.announcement['control_url']}/{path}"
        return (await self.http.get(url, params=params)).raise_for_status().json()

    async def revoke(self) -> None:
        url = f"{self.org.announcement['control_url']}/faults"
        (await self.http.post(url, json={"kind": "revoke_tokens"})).raise_for_status()

    async def logins(self) -> int:
        """How often the token endpoint was asked, by the org's own tally."""
        by_path = (await self.control("requests"))["by_path"]
        return int(by_path.get("/services/oauth2/token", 0))


@pytest_asyncio.fixture(loop_scope="module")
async def week(tmp_path: Path) -> AsyncIterator[Week]:
    options = SimulateOptions(
        speed=0, now=START, history=timedelta(hours=1), scale=0.01, directory=tmp_path / "org"
    )
    org = await serve(options)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(org.stop)
        settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
        yield Week(org, await stack.enter_async_context(make_http_client(settings)))


async def test_a_week_of_logins_and_calls(week: Week) -> None:
    revoked_at: list[datetime] = []
    restarted_at: list[datetime] = []
    client = week.start_process()
    reads = 0
    while week.now < START + WEEK:
        if reads % 60 == 45:
            await week.revoke()
            revoked_at.append(week.now)
        if reads % 110 == 100:
            client = week.start_process()
            restarted_at.append(week.now)
        await read_limits(client)
        week.org.clock.advance(STEPS[reads % len(STEPS)])
        reads += 1
    asked_at = sorted({seen.obtained_at for seen in week.seen if seen.obtained_at is not None})
    assert await week.logins() == len(asked_at), "what is remembered is what the org counted"
    excused = {*revoked_at, *restarted_at}
    for before, after in pairwise(asked_at):
        assert after - before >= timedelta(minutes=20) or after in excused
    assert len(revoked_at) >= 5
    assert len(restarted_at) >= 3
    # At most one every two hours without trouble, and one more for each trouble.
    assert 60 <= len(asked_at) <= WEEK // timedelta(minutes=100) + len(excused)
    by_path = (await week.control("requests"))["by_path"]
    answered = sum(n for path, n in by_path.items() if path.startswith("/services/data/v"))
    refused = sum(seen.obtained_at is None for seen in week.seen)
    assert week.calls.total() == answered - refused == reads, "a 401 is not counted by the org"
