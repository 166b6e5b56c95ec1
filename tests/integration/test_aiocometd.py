"""aiocometd-ng as it is, against the simulated org: the bare library, nothing of this project.

Its users write an extension for the token and one for the replay ids; so does this test. The
connection timeout is off, because the library's own is broken on Python 3.10 and later.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from aiocometd_ng import AuthExtension, Client, ConnectionType, Extension
from aiocometd_ng.exceptions import ServerError

from console.simulator.cometd.options import StreamingOptions
from console.simulator.launch import RunningOrg, SimulateOptions, serve
from console.simulator.web.wire import WireOptions

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
LOGINS = "/event/LoginEventStream"
READS = "/event/ApiEventStream"
LONGEST_S = 30


@dataclass
class Org:
    """A simulated org and its token endpoint."""

    running: RunningOrg
    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        return self.running.announcement["instance_url"]

    async def token(self) -> str:
        said = self.running.announcement
        claims = {
            "iss": said["consumer_key"],
            "sub": said["username"],
            "aud": said["audience"],
            "exp": self.running.clock.now() + timedelta(minutes=2),
        }
        key = Path(said["private_key_file"]).read_text("utf-8")  # noqa: ASYNC240 - a test's file
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode(claims, key, algorithm="RS256"),
        }
        answer = await self.http.post(f"{self.url}/services/oauth2/token", data=form)
        return str(answer.json()["access_token"])

    async def fault(self, kind: str, **options: object) -> None:
        answer = await self.http.post(f"{self.url}/__sim__/faults", json={"kind": kind, **options})
        assert answer.status_code == 201, answer.text

    async def standing(self) -> list[object]:
        answer = await self.http.get(f"{self.url}/__sim__/faults")
        return list(answer.json()["standing"])


OpenOrg = Callable[..., Awaitable[Org]]


@pytest_asyncio.fixture(loop_scope="module")
async def open_org() -> AsyncIterator[OpenOrg]:
    orgs: list[Org] = []

    async def opened(speed: float = 1.0, wire: WireOptions | None = None) -> Org:
        options = SimulateOptions(
            now=NOW,
            history=timedelta(hours=3),
            speed=speed,
            wire=wire or WireOptions(connect_hold_s=1.0),
        )
        orgs.append(Org(await serve(options), httpx.AsyncClient(timeout=30)))
        return orgs[-1]

    yield opened
    for org in orgs:
        await org.http.aclose()
        await org.running.stop()


class Token(AuthExtension):
    """Puts a token on every request, a new one after a refusal."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.token = ""
        self.logins = 0

    async def incoming(self, payload: list[Any], headers: Any = None) -> None:
        return None

    async def outgoing(self, payload: list[Any], headers: dict[str, str]) -> None:
        headers["Authorization"] = f"Bearer {self.token}"

    async def authenticate(self) -> None:
        self.token = await self.org.token()
        self.logins += 1


class Replay(Extension):
    """Asks for replay from one value, moves it on, and counts handshakes."""

    def __init__(self, value: int) -> None:
        self.value = value
        self.handshakes = 0

    async def incoming(self, payload: list[dict[str, Any]], headers: Any = None) -> None:
        for message in payload:
            if message["channel"] == "/meta/handshake" and message.get("successful"):
                self.handshakes += 1
            if "data" in message:
                self.value = message["data"]["event"]["replayId"]

    async def outgoing(self, payload: list[dict[str, Any]], headers: dict[str, str]) -> None:
        for message in payload:
            if message["channel"] == "/meta/subscribe":
                message["ext"] = {"replay": {message["subscription"]: self.value}}


@asynccontextmanager
async def subscribed(org: Org, replay: int) -> AsyncIterator[tuple[Client, Replay, Token]]:
    token, extension = Token(org), Replay(replay)
    await token.authenticate()
    client = Client(
        f"{org.url}/cometd/66.0",
        ConnectionType.LONG_POLLING,
        connection_timeout=None,
        extensions=[extension],
        auth=token,
    )
    async with asyncio.timeout(LONGEST_S):
        try:
            await client.open()
            await client.subscribe(LOGINS)
            yield client, extension, token
        finally:
            await client.close()
            if client._http_session is not None:  # left open after a refused connect
                await client._http_session.close()


def replay_ids(messages: list[dict[str, Any]]) -> list[int]:
    return [message["data"]["event"]["replayId"] for message in messages]


async def test_handshake_subscribe_and_everything_retained(open_org: OpenOrg) -> None:
    org = await open_org()
    retained = org.running.world.events_after(LOGINS, 0, 100)
    async with subscribed(org, -2) as (client, _, _):
        assert client.subscriptions == {LOGINS}
        received = [await client.receive() for _ in retained]
        assert replay_ids(received) == [event.replay_id for event in retained]
        assert {message["channel"] for message in received} == {LOGINS}
        await client.subscribe(READS)
        await client.unsubscribe(READS)
        with pytest.raises(ServerError, match="create_denied"):
            await client.subscribe("/event/NoSuchStream")


@pytest.mark.parametrize(
    ("fault", "handshakes"),
    [
        ({"kind": "drop_sessions"}, 2),
        ({"kind": "expire_sticky"}, 2),
        ({"kind": "http_html", "path": "/cometd"}, 1),
        ({"kind": "reset", "path": "/cometd"}, 1),
    ],
    ids=["drop_sessions", "expire_sticky", "http_html", "reset"],
)
async def test_it_goes_on_after_a_drop(
    open_org: OpenOrg, fault: dict[str, Any], handshakes: int
) -> None:
    org = await open_org(speed=600.0)
    world = org.running.world
    async with subscribed(org, -2) as (client, extension, _):
        received = [await client.receive() for _ in range(20)]
        await org.fault(**fault)
        least = len(world.events_after(LOGINS, 0, 1_000_000)) + 3
        while len(received) < least or await org.standing():
            received.append(await client.receive())
    assert extension.handshakes == handshakes
    ids = replay_ids(received)
    published = [event.replay_id for event in world.events_after(LOGINS, 0, len(received))]
    if fault["kind"] == "reset":
        # An answer that is lost on the line may have held events, and is not given again.
        assert ids == sorted(set(ids))
    else:
        assert ids == published


async def test_it_gives_up_after_a_pushed_disconnect(open_org: OpenOrg) -> None:
    """The org then advises ``none``; the library leaves it to its user to begin again."""
    org = await open_org()
    async with subscribed(org, -1) as (client, _, _):
        await org.fault("push_disconnect")
        with pytest.raises(ServerError, match="closed by the server"):
            await anext(received_for_ever(client))


async def received_for_ever(client: Client) -> AsyncIterator[dict[str, Any]]:
    while True:
        message = await client.receive()
        if "data" not in message:
            yield message


async def test_a_revoked_token_is_replaced(open_org: OpenOrg) -> None:
    org = await open_org(speed=60.0)
    async with subscribed(org, -1) as (client, _, token):
        await org.fault("revoke_tokens")
        async with asyncio.timeout(LONGEST_S):
            while token.logins < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert not client.closed


async def test_a_stale_replay_id_is_refused_in_words(open_org: OpenOrg) -> None:
    org = await open_org()
    with pytest.raises(ServerError, match=re.escape("replayId {1} you provided")):
        async with subscribed(org, 1):
            pass


async def test_its_own_cookie_jar_may_lose_the_session(open_org: OpenOrg) -> None:
    """The jar sends cookies back inside quotation marks; whether real orgs mind is not known."""
    strict = StreamingOptions(quoted_cookies_reach_session=False)
    org = await open_org(wire=WireOptions(streaming=strict))
    with pytest.raises(ServerError, match="Unknown client"):
        async with subscribed(org, -1):
            pass
