"""A Bayeux client by hand, for the tests: every message and every cookie is the test's own."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.unit.simulator.visitor import Visitor

LOGINS = "/event/LoginEventStream"
READS = "/event/ApiEventStream"
INVALID_ID = (
    "400::The replayId {%s} you provided was invalid.  Please provide a valid ID, -2 to replay "
    "all events, or -1 to replay only new events."
)


@dataclass
class Bayeux:
    """Speaks Bayeux by hand: every message and cookie is the test's own."""

    visitor: Visitor
    path: str = "/cometd/66.0"
    client_id: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    """What followed each cookie's value in Set-Cookie."""

    async def send(self, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookie} if cookie else {}
        answer = await self.visitor.http.post(self.path, json=list(messages), headers=headers)
        assert answer.status_code == 200
        self._keep_cookies(answer)
        return list(answer.json())

    def _keep_cookies(self, answer: httpx.Response) -> None:
        self.visitor.http.cookies.clear()
        for header in answer.headers.get_list("set-cookie"):
            pair, _, attributes = header.partition(";")
            name, _, value = pair.partition("=")
            self.cookies[name], self.attributes[name] = value, attributes.strip()

    async def handshake(self, **changed: Any) -> dict[str, Any]:
        message = {
            "id": "1",
            "channel": "/meta/handshake",
            "version": "1.0",
            "supportedConnectionTypes": ["long-polling"],
        }
        (reply,) = await self.send(message | changed)
        self.client_id = reply.get("clientId", "")
        return reply

    def message(self, channel: str, **fields: Any) -> dict[str, Any]:
        return {"id": "2", "channel": channel, "clientId": self.client_id} | fields

    def connect_message(self) -> dict[str, Any]:
        return self.message("/meta/connect", connectionType="long-polling")

    async def connect(self) -> list[dict[str, Any]]:
        return await self.send(self.connect_message())

    async def subscribe(self, channel: object = LOGINS, replay: object = None) -> dict[str, Any]:
        message = self.message("/meta/subscribe", subscription=channel)
        if replay is not None:
            message["ext"] = {"replay": replay if isinstance(replay, dict) else {channel: replay}}
        (reply,) = await self.send(message)
        return reply

    async def events(self, least: int = 1) -> list[dict[str, Any]]:
        """Connect until at least that many events have come, for at most ten seconds."""
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(10):
            while len(found) < least:
                found += [message for message in await self.connect() if "data" in message]
        return found


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that no event announces, for at most ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def connected(visitor: Visitor, *channels: str, replay: int = -1) -> Bayeux:
    await visitor.log_in()
    bayeux = Bayeux(visitor)
    await bayeux.handshake()
    await bayeux.connect()
    for channel in channels:
        assert (await bayeux.subscribe(channel, replay))["successful"] is True
    return bayeux
