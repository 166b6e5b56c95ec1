"""What each refusal of a REST resource is called, what to do about it, and what it costs.

The simulated org strikes at HTTP; the client, its table of faults and the command line's
boundary are the real ones.
"""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console.clock import Clock
from console.commands.boundary import error_lines, exit_code_of
from console.errors import OrgError
from console.exit_codes import ExitCode
from console.salesforce.http import make_http_client
from console.salesforce.login import TokenKeeper
from console.salesforce.requester import MAX_ATTEMPTS
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import LoginKeys, load_login_keys
from console.settings import OrgSettings
from console.settings_file import load
from console.simulator.launch import RunningOrg, SimulateOptions, serve

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
LIMITS = "/services/data/v68.0/limits"
QUERY = "/services/data/v68.0/query"


@dataclass
class Hurried:
    """The org's clock; its waits take a thousandth of their time."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock.now()

    def real_delay_s(self, org_delay_s: float) -> float:
        return org_delay_s / 1000


@dataclass
class Client:
    """The real client, pointed at a simulated org."""

    org: RunningOrg
    rest: RestClient
    control: httpx.AsyncClient
    calls: Counter[str]

    async def fault(self, **fault: object) -> None:
        answer = await self.control.post("/__sim__/faults", json=fault)
        assert answer.status_code == 201, answer.text

    def pool_used(self) -> int:
        """How many calls the org itself counts."""
        return self.org.world.pool_used()

    async def asked(self, path: str) -> int:
        counts = (await self.control.get("/__sim__/requests")).json()["by_path"]
        return int(counts.get(path, 0))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def org(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningOrg]:
    directory = tmp_path_factory.mktemp("org")
    running = await serve(SimulateOptions(speed=0, now=NOW, directory=directory))
    yield running
    await running.stop()


@dataclass
class Road:
    """What one client after the other may share: connections, and a login as long as it is good."""

    settings: OrgSettings
    http: httpx.AsyncClient
    control: httpx.AsyncClient
    clock: Clock
    keys: LoginKeys
    tokens: TokenKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.log_in_anew()

    def log_in_anew(self) -> None:
        self.tokens = TokenKeeper(self.settings, self.http, self.clock, self.keys, lambda _: None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def road(org: RunningOrg) -> AsyncIterator[Road]:
    settings = load(Path(org.announcement["config_file"]), {}).orgs[0]
    url = org.announcement["instance_url"]
    async with (
        make_http_client(settings) as http,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as control,
    ):
        keys = load_login_keys(settings, {})
        yield Road(settings, http, control, Hurried(org.clock), keys)


@pytest_asyncio.fixture(loop_scope="module")
async def client(org: RunningOrg, road: Road) -> AsyncIterator[Client]:
    """A client of its own for each test: an open circuit must not pass between them."""
    calls: Counter[str] = Counter()

    def counted(purpose: str, cost: int) -> None:
        calls[purpose] += cost

    rest = RestClient(road.settings, road.tokens, road.http, road.clock, lambda _: None, counted)
    yield Client(org, rest, road.control, calls)
    await road.control.delete("/__sim__/faults")
    try:
        await road.tokens.token()
    except OrgError:
        road.log_in_anew()


def refused(status: int, code: str, message: str = "") -> dict[str, object]:
    return {"kind": "http_error", "status": status, "error_code": code, "message": message}


ROWS: list[tuple[dict[str, object], str, str, int]] = [
    (
        refused(401, "INVALID_SESSION_ID", "Session expired or invalid"),
        "The org does not accept the token",
        "Session Management",
        2,
    ),
    (
        refused(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
        "The session may not use the API",
        "API Enabled",
        2,
    ),
    (
        {"kind": "limit_exceeded", "which": "total"},
        "The org has no API calls left",
        "Integrations screen",
        1,
    ),
    (
        {"kind": "limit_exceeded", "which": "concurrent"},
        "Too many long requests run at once",
        "which integration",
        MAX_ATTEMPTS,
    ),
    (
        refused(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled"),
        "The API is not enabled",
        "API Enabled",
        1,
    ),
    (
        refused(403, "TXN_SECURITY_NO_ACCESS"),
        "A transaction security policy blocks this",
        "Transaction Security Policies",
        1,
    ),
    (
        refused(403, "TXN_SECURITY_TWO_FA_REQUIRED"),
        "A transaction security policy blocks this",
        "exempt the integration user",
        1,
    ),
    (refused(403, "INSUFFICIENT_ACCESS"), "The user may not read this", "permission set", 1),
    (refused(403, "FORBIDDEN"), "The user may not read this", "permission set", 1),
    (
        refused(403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD"),
        "The user's password has expired",
        "Password Never Expires",
        1,
    ),
    (refused(400, "MALFORMED_ID"), "The org could not read an id", "report it", 1),
    (refused(400, "MALFORMED_QUERY"), "The org could not read the query", "report it", 1),
    (refused(400, "INVALID_FIELD"), "A field is not there for this user", "read access", 1),
    (refused(400, "INVALID_TYPE"), "The object is not there for this user", "access to", 1),
    (refused(400, "JSON_PARSER_ERROR"), "The org could not read the request", "report it", 1),
    (refused(400, "QUERY_TIMEOUT"), "The query ran too long", "collect less at a time", 1),
    (refused(404, "NOT_FOUND"), "The org has no such resource", "api_version", 1),
    (refused(404, "INVALID_QUERY_LOCATOR"), "The rest of the query is gone", "asked again", 1),
    (
        refused(405, "METHOD_NOT_ALLOWED", "HTTP Method 'DELETE' not allowed"),
        "The org does not take this kind of request here",
        "report it",
        1,
    ),
    (
        refused(410, "UNSUPPORTED_API_VERSION"),
        "The API version is retired",
        "Remove api_version",
        1,
    ),
    (refused(414, "URI_TOO_LONG"), "The request was too long", "report it", 1),
    (refused(431, "HEADERS_TOO_LONG"), "The request was too long", "report it", 1),
    (
        {"kind": "http_error", "status": 420},
        "The org's instance cannot be reached from Salesforce's edge",
        "status.salesforce.com",
        MAX_ATTEMPTS,
    ),
    (
        {"kind": "http_error", "status": 502},
        "The org has trouble",
        "status.salesforce.com",
        MAX_ATTEMPTS,
    ),
    (
        {"kind": "http_error", "status": 500},
        "The org has trouble",
        "status.salesforce.com",
        MAX_ATTEMPTS,
    ),
    (
        {"kind": "http_503"},
        "The org is too busy or under maintenance",
        "status.salesforce.com",
        MAX_ATTEMPTS,
    ),
    (refused(400, "BRAND_NEW", "new words"), "The org refused the request", "own words", 2),
    (
        {"kind": "http_html", "page": "login"},
        "A web page came instead of an answer",
        "Open the address in a browser",
        1,
    ),
    (
        {"kind": "http_html", "page": "maintenance"},
        "The org has trouble",
        "status.salesforce.com",
        MAX_ATTEMPTS,
    ),
    ({"kind": "http_html", "page": "proxy"}, "The proxy wants a login", "HTTPS_PROXY", 1),
    (
        {"kind": "redirect", "location": "https://elsewhere.example/x"},
        "The host sends requests elsewhere",
        "My Domain",
        1,
    ),
    ({"kind": "redirect"}, "The host sends requests elsewhere", "My Domain", 1),
    ({"kind": "invalid_json"}, "The answer could not be read", "proxy", 1),
    ({"kind": "empty_body"}, "The answer could not be read", "proxy", 1),
    (
        {"kind": "truncate", "at_byte": 20, "length": "lie"},
        "The answer could not be read",
        "proxy",
        1,
    ),
    (
        {"kind": "truncate", "at_byte": 20},
        "The connection broke off",
        "proxy and firewall",
        MAX_ATTEMPTS,
    ),
    (
        {"kind": "reset", "at_byte": 30},
        "The connection broke off",
        "proxy and firewall",
        MAX_ATTEMPTS,
    ),
    (
        {"kind": "wrong_gzip"},
        "The answer could not be decompressed",
        "proxies on the way",
        MAX_ATTEMPTS,
    ),
]


@pytest.mark.parametrize(
    ("fault", "title", "next_step", "sent"),
    ROWS,
    ids=[" ".join(map(str, row[0].values())) for row in ROWS],
)
async def test_a_refusal_is_named_with_its_cure_and_is_sent_as_often_as_is_safe(
    client: Client, fault: dict[str, object], title: str, next_step: str, sent: int
) -> None:
    await client.rest.get("/limits", purpose="before")
    before, used = await client.asked(LIMITS), client.pool_used()
    await client.fault(**fault, path=LIMITS, times=None)
    with pytest.raises(OrgError) as caught:
        await client.rest.get("/limits", purpose="limits")
    assert caught.value.title == title
    assert next_step in caught.value.next_step
    assert await client.asked(LIMITS) - before == sent
    assert client.calls["limits"] == client.pool_used() - used
    assert exit_code_of(caught.value) == ExitCode.ORG_REFUSED
    said = error_lines(caught.value)
    assert said[0] == f"orgwatch: {title}"
    assert said[2].startswith("  What to do: ")
    message = fault.get("message")
    if message:
        assert any(str(message) in line for line in said[3:]), "the org's own words are beneath"


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_server_that_asks_for_long_peace_gets_it(client: Client, form: str) -> None:
    await client.rest.api_version()
    before = await client.asked(LIMITS)
    await client.fault(kind="http_503", retry_after_s=120, retry_after=form, path=LIMITS)
    with pytest.raises(OrgError) as caught:
        await client.rest.get("/limits", purpose="limits")
    assert caught.value.retry_after_s == pytest.approx(120, abs=1)
    assert await client.asked(LIMITS) - before == 1


async def test_what_passes_is_not_noticed(client: Client) -> None:
    before = client.pool_used()
    for fault in ({"kind": "http_503"}, {"kind": "reset", "at_byte": 0}, {"kind": "expire_token"}):
        await client.fault(**fault, path=LIMITS)
        assert await client.rest.get("/limits", purpose="limits")
    assert client.calls.total() == client.pool_used() - before


async def test_a_query_goes_on_when_its_cursor_vanishes(client: Client) -> None:
    soql = "SELECT Id FROM LoginHistory LIMIT 2500"
    whole = await client.rest.query(soql, purpose="whole")
    await client.fault(kind="http_error", status=404, error_code="INVALID_QUERY_LOCATOR",
                       path=f"{QUERY}/*")  # fmt: skip
    used = client.pool_used()
    assert await client.rest.query(soql, purpose="again") == whole
    assert client.calls["again"] == client.pool_used() - used


async def test_a_version_retired_at_run_time_is_said(client: Client) -> None:
    await client.rest.api_version()
    await client.fault(kind="retire_versions", below=69)
    try:
        with pytest.raises(OrgError) as caught:
            await client.rest.get("/limits", purpose="limits")
    finally:
        await client.fault(kind="retire_versions", below=0)
    assert caught.value.title == "The API version is retired"


async def test_accounting_is_exact_whatever_goes_wrong(client: Client) -> None:
    await client.rest.api_version()
    before = client.pool_used()
    steps: list[dict[str, Any] | None] = [None, *(row[0] for row in ROWS[2:38:3]), None]
    for fault in steps:
        if fault is not None:
            await client.fault(**fault, path="/services/data/v68.0/composite", times=1)
        try:
            await client.rest.query_many(
                {f"q{n}": "SELECT Id FROM User LIMIT 5" for n in range(7)}, purpose="users"
            )
        except OrgError:
            await client.control.delete("/__sim__/faults")
    assert client.calls["users"] == client.pool_used() - before > 2 * 2
