"""The streaming endpoint with a CometD client library that knows nothing of this project."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiocometd_ng import AuthExtension, Client, ConnectionType, Extension
from aiocometd_ng.exceptions import ServerError

from tests.unit.simulator.visitor import OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOGINS = "/event/LoginEventStream"


class Token(AuthExtension):
    """Puts the visitor's token on every request, a new one after a refusal."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.token = ""
        self.logins = 0

    async def incoming(self, payload: list[Any], headers: Any = None) -> None:
        return None

    async def outgoing(self, payload: list[Any], headers: dict[str, str]) -> None:
        headers["Authorization"] = f"Bearer {self.token}"

    async def authenticate(self) -> None:
        self.token = await self.visitor.token()
        self.logins += 1


class Replay(Extension):
    """Asks for replay from one value and remembers the handshakes it sees."""

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


class UnquotingClient(Client):
    """The library as it is, but for a cookie jar that sends values back as they came."""

    async def _get_http_session(self) -> aiohttp.ClientSession:
        if self._http_session is None:
            self._http_session = aiohttp.ClientSession(
                cookie_jar=aiohttp.CookieJar(quote_cookie=False)
            )
        return self._http_session


@asynccontextmanager
async def subscribed(
    visitor: Visitor, replay: int, kind: type[Client] = UnquotingClient
) -> AsyncIterator[tuple[Client, Replay, Token]]:
    token, extension = Token(visitor), Replay(replay)
    await token.authenticate()
    client = kind(
        f"{visitor.url}/cometd/66.0",
        ConnectionType.LONG_POLLING,
        connection_timeout=None,
        extensions=[extension],
        auth=token,
    )
    async with asyncio.timeout(30):
        try:
            await client.open()
            await client.subscribe(LOGINS)
            yield client, extension, token
        finally:
            await client.close()
            if client._http_session is not None:  # left open after a refused connect
                await client._http_session.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that no event announces, for at most ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_it_receives_everything_retained(open_org: OpenOrg) -> None:
    visitor = await open_org()
    retained = visitor.org.world.events_after(LOGINS, 0, 100)
    async with subscribed(visitor, -2) as (client, _, _):
        received = [await client.receive() for _ in retained]
    assert [message["data"]["event"]["replayId"] for message in received] == [
        event.replay_id for event in retained
    ]


@pytest.mark.parametrize("fault", ["drop_sessions", "http_503", "http_html"])
async def test_it_recovers_and_goes_on_where_it_was(open_org: OpenOrg, fault: str) -> None:
    visitor = await open_org(speed=120.0, hold_s=1.0)
    world = visitor.org.world
    count = len(world.events_after(LOGINS, 0, 1_000_000)) + 3
    async with subscribed(visitor, -2) as (client, extension, _):
        received = [await client.receive() for _ in range(40)]
        options = {} if fault == "drop_sessions" else {"path": "/cometd", "times": 2}
        await visitor.fault(fault, **options)
        while len(received) < count or visitor.org.server._wire.faults.standing:
            received.append(await client.receive())
    assert extension.handshakes == 2 or fault != "drop_sessions"
    assert [message["data"]["event"]["replayId"] for message in received] == [
        event.replay_id for event in world.events_after(LOGINS, 0, len(received))
    ]


async def test_a_revoked_token_is_replaced(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=60.0, hold_s=1.0)
    async with subscribed(visitor, -1) as (client, _, token):
        await visitor.fault("revoke_tokens")
        await until(lambda: token.logins >= 2)
        assert not client.closed


async def test_the_librarys_own_cookie_jar_would_lose_the_session(open_org: OpenOrg) -> None:
    visitor = await open_org()
    with pytest.raises(ServerError, match="Unknown client"):
        async with subscribed(visitor, -1, Client):
            pass
