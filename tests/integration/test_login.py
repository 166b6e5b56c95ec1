"""Login and REST reads against the simulated org, which shares no code with the client."""

import asyncio
import csv
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from console.collector.supervisor import Collector
from console.errors import LoginRefused, OrgRefused
from console.salesforce.apps import read_inventory
from console.salesforce.http import make_http_client
from console.salesforce.limits import read_limits
from console.salesforce.log_files import list_log_files
from console.salesforce.login import TokenKeeper
from console.salesforce.org import read_org
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import load_login_keys
from console.salesforce.types import LimitHeader, LoginObservation
from console.salesforce.users import read_users
from console.secrets import Secret
from console.settings import OrgSettings
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


@dataclass
class Client:
    """The real client, pointed at a simulated org."""

    org: RunningOrg
    settings: OrgSettings
    tokens: TokenKeeper
    rest: RestClient
    control: httpx.AsyncClient
    observations: list[LoginObservation]
    limits: list[LimitHeader]
    calls: Counter[str]

    async def truth(self) -> dict[str, Any]:
        answer = await self.control.get("/__sim__/truth", timeout=60)
        return dict(answer.json())

    async def logins(self) -> int:
        """How often the token endpoint was asked since the org began."""
        counts = (await self.control.get("/__sim__/requests")).json()["by_path"]
        return int(counts.get("/services/oauth2/token", 0))

    async def fault(self, **fault: object) -> None:
        (await self.control.post("/__sim__/faults", json=fault)).raise_for_status()


@asynccontextmanager
async def connected(org: RunningOrg, **changes: Any) -> AsyncIterator[Client]:
    configured = load(Path(org.announcement["config_file"]), {}).orgs[0]
    settings = replace(configured, **changes)
    observations: list[LoginObservation] = []
    limits: list[LimitHeader] = []
    calls: Counter[str] = Counter()

    def counted(purpose: str, cost: int) -> None:
        calls[purpose] += cost

    async with (
        make_http_client(settings) as http,
        httpx.AsyncClient(
            base_url=org.announcement["instance_url"], trust_env=False, timeout=60
        ) as control,
    ):
        keys = load_login_keys(settings, {})
        tokens = TokenKeeper(settings, http, org.clock, keys, observations.append)
        rest = RestClient(settings, tokens, http, org.clock, limits.append, counted)
        yield Client(org, settings, tokens, rest, control, observations, limits, calls)
        await tokens.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def org(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningOrg]:
    """One org for all tests here: its history takes a while to make."""
    directory = tmp_path_factory.mktemp("org")
    running = await serve(SimulateOptions(speed=0, now=NOW, directory=directory))
    yield running
    await running.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def client(org: RunningOrg) -> AsyncIterator[Client]:
    async with connected(org) as connection:
        yield connection
        await connection.control.delete("/__sim__/faults")


async def test_the_console_logs_in_and_reads_what_is_true(client: Client) -> None:
    logins = await client.logins()
    limits = {limit.name: limit for limit in await read_limits(client.rest)}
    truth = await client.truth()
    assert limits["DailyApiRequests"].max_value == truth["pool_max"] == 115_000
    assert client.limits[-1].used_calls == truth["pool_used"]
    assert await client.logins() == logins + 1
    facts = await read_org(client.rest)
    assert (facts.edition, facts.user_licences) == ("Enterprise Edition", 15)
    assert facts.org_id == client.org.world.facts.org_id
    users = {user.username for user in await read_users(client.rest)}
    assert client.settings.username in users


async def test_every_app_is_found_with_its_kind(client: Client) -> None:
    inventory = await read_inventory(client.rest)
    truth = await client.truth()
    assert Counter(app.kind.value for app in inventory.apps) == truth["apps"]
    assert "OauthToken" not in inventory.not_visible
    own = [app for app in inventory.apps if "orgwatch" in app.name.lower()]
    assert own
    assert own[0].scopes
    assert "api" in own[0].scopes


async def test_log_files_hold_the_rows_that_are_true(client: Client) -> None:
    files = await list_log_files(client.rest, ("ApiTotalUsage",), NOW - timedelta(days=3))
    true_files = {file["id"]: file for file in (await client.truth())["log_files"]}
    hourly = next(file for file in reversed(files) if file.interval == "Hourly")
    true_file = true_files[hourly.id]
    assert true_file["event_type"] == hourly.event_type == "ApiTotalUsage"
    async with client.rest.stream(hourly.path, purpose="log files") as pieces:
        content = b"".join([piece async for piece in pieces])
    assert len(content) == hourly.length_bytes == true_file["bytes"]
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) == true_file["rows"]
    assert tuple(rows[0]) == hourly.field_names


async def test_every_call_is_accounted_as_the_org_accounts_it(client: Client) -> None:
    await client.tokens.token()
    before = (await client.truth())["pool_used"]
    await read_limits(client.rest)
    await read_org(client.rest)
    await read_inventory(client.rest)
    with pytest.raises(OrgRefused):
        await client.rest.query("SELECT Nonsense FROM User", purpose="wrong")
    assert (await client.truth())["pool_used"] - before == client.calls.total()


async def test_revoked_tokens_cost_one_login_for_all(client: Client) -> None:
    await read_limits(client.rest)
    logins = await client.logins()
    await client.fault(kind="revoke_tokens")
    await asyncio.gather(*(read_limits(client.rest) for _ in range(200)))
    assert await client.logins() == logins + 1


async def test_an_hour_of_clock_skew_is_compensated(client: Client) -> None:
    logins = await client.logins()
    await client.fault(kind="clock_skew", seconds=3_660)
    await read_limits(client.rest)
    assert client.observations[-1].clock_skew_s == pytest.approx(3_660, abs=2)
    assert await client.logins() == logins + 2


async def test_a_busy_org_is_met_with_patience(client: Client) -> None:
    await client.tokens.token()
    await client.fault(kind="http_503", times=2, path="/services/data", retry_after_s=0)
    assert await read_limits(client.rest)


def _key_of_somebody_else() -> Secret:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Secret(pem.decode())


WRONG: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "consumer key": (lambda: {"consumer_key": "3MVG9.unknown"}, "does not know this consumer key"),
    "audience": (lambda: {"audience": "https://acme.example"}, "audience of the login is wrong"),
    "user": (lambda: {"username": "nobody@acme.example"}, "user is inactive"),
    "key": (lambda: {"private_key": _key_of_somebody_else()}, "key does not match"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_configured_wrongly_is_named(org: RunningOrg, what: str) -> None:
    changes, title = WRONG[what]
    async with connected(org, **changes()) as client:
        with pytest.raises(LoginRefused, match=re.escape(title)) as caught:
            await read_limits(client.rest)
        assert caught.value.exit_code == 3
        assert client.observations[-1].error == caught.value.title


async def test_a_first_login_that_is_refused_is_not_repeated_by_starting_again(
    org: RunningOrg, client: Client, tmp_path: Path
) -> None:
    wrong = replace(client.settings, consumer_key="3MVG9.never.seen")
    store = tmp_path / "none" / "acme.db"
    logins = await client.logins()
    for _ in range(5):
        with pytest.raises(LoginRefused, match="does not know this consumer key"):
            await Collector(wrong, store, org.clock).run(asyncio.Event())
    assert await client.logins() == logins + 1
    assert not store.parent.exists()


async def test_logins_stay_rare_when_time_flies(tmp_path: Path) -> None:
    """A second of real time is an hour here."""
    options = SimulateOptions(
        speed=3_600, now=NOW, history=timedelta(hours=1), directory=tmp_path / "fast"
    )
    fast = await serve(options)
    try:
        async with connected(fast) as client:
            began = fast.clock.now()
            async with asyncio.timeout(60):
                while await client.logins() < 3:
                    await read_limits(client.rest)
            elapsed = fast.clock.now() - began
            assert elapsed / timedelta(minutes=20) + 1 >= 3
    finally:
        await fast.stop()
