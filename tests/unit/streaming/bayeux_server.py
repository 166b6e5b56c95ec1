"""A small Bayeux server on loopback that behaves well until a test scripts otherwise.

It knows nothing of the client's code. ``hold_s`` is how long a connect is held; ``say`` queues
answers for the next requests of one channel.
"""

import asyncio
import itertools
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Message = dict[str, Any]
Answer = Callable[[web.Request, list[Message]], Awaitable[web.StreamResponse | None]]

STICKY = "!aGVsbG8/d29ybGQ+Kz0="
INVALID_REPLAY = (
    "400::The replayId {%s} you provided was invalid.  Please provide a valid ID, -2 to replay "
    "all events, or -1 to replay only new events."
)


@dataclass
class Seen:
    """One request as it arrived."""

    at_s: float
    messages: list[Message]
    authorization: str | None
    cookie: str | None

    @property
    def channel(self) -> str:
        return str(self.messages[0]["channel"])


@dataclass
class BayeuxServer:
    """``async with BayeuxServer() as server``; ``server.url`` is the instance URL."""

    hold_s: float = 5.0
    interval_ms: float = 0
    tokens: set[str] = field(default_factory=lambda: {"good"})
    oldest_replay_id: int = 0
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._script: dict[str, deque[Answer]] = defaultdict(deque)
        self._events: dict[str, list[Message]] = defaultdict(list)
        self._ids = itertools.count(1)
        self._replay_ids = itertools.count(10, 10)
        self._sessions: dict[str, dict[str, Any]] = {}
        self._published = asyncio.Event()
        self.refused_channels: dict[str, str] = {}
        self.host = "localhost"

    async def __aenter__(self) -> "BayeuxServer":
        app = web.Application()
        app.router.add_post("/cometd/{version}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.forget_sessions()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def say(self, channel: str, *answers: Answer) -> None:
        self._script[channel].extend(answers)

    def publish(self, channel: str, count: int = 1, **payload: Any) -> list[int]:
        ids = []
        for _ in range(count):
            replay_id = next(self._replay_ids)
            ids.append(replay_id)
            event = {"EventUuid": f"uuid-{replay_id}", "replayId": replay_id}
            data = {"schema": "s", "payload": {"n": replay_id, **payload}, "event": event}
            self._events[channel].append({"channel": channel, "data": data})
        self._wake()
        return ids

    def forget_sessions(self) -> None:
        self._sessions.clear()
        self._wake()

    def count(self, channel: str) -> int:
        return sum(1 for seen in self.seen if seen.channel == channel)

    def requests(self, channel: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.channel == channel]

    def _wake(self) -> None:
        self._published.set()
        self._published = asyncio.Event()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        messages: list[Message] = json.loads(await request.read())
        loop = asyncio.get_running_loop()
        authorization = request.headers.get("Authorization")
        cookie = request.headers.get("Cookie")
        self.seen.append(Seen(loop.time(), messages, authorization, cookie))
        script = self._script[str(messages[0]["channel"])]
        if script:
            scripted = await script.popleft()(request, messages)
            if scripted is not None:
                return scripted
        token = (authorization or "").removeprefix("Bearer ")
        handlers = {
            "/meta/handshake": self._handshake,
            "/meta/connect": self._connect,
            "/meta/subscribe": self._subscribe,
        }
        reply = []
        for message in messages:
            handler = handlers.get(message["channel"])
            if handler is None:
                reply.append(ok(message))
            else:
                reply.extend(await handler(message, token))
        response = web.json_response(reply)
        if messages[0]["channel"] == "/meta/handshake":
            browser = reply[0].get("clientId", "none")
            response.headers.add("Set-Cookie", f"BAYEUX_BROWSER={browser}; Path=/; HttpOnly")
            response.headers.add("Set-Cookie", f"sfdc-stream={STICKY}; Path=/")
        return response

    async def _handshake(self, message: Message, token: str) -> list[Message]:
        if token not in self.tokens:
            return [
                failed(
                    message,
                    "403::Handshake denied",
                    advice={"reconnect": "none"},
                    ext={"sfdc": {"failureReason": "401::Authentication invalid"}},
                )
            ]
        client_id = f"client{next(self._ids)}"
        self._sessions[client_id] = {"connects": 0, "after": {}}
        answer = ok(message, clientId=client_id, version="1.0", minimumVersion="1.0")
        answer["supportedConnectionTypes"] = ["long-polling"]
        answer["ext"] = {"replay": True, "payload.format": True}
        return [answer]

    async def _connect(self, message: Message, token: str) -> list[Message]:
        session = self._sessions.get(message["clientId"])
        if session is None:
            return [unknown_client(message)]
        if token not in self.tokens:
            advice = {"reconnect": "none", "interval": 0}
            return [failed(message, "401::Authentication invalid", advice=advice)]
        session["connects"] += 1
        if session["connects"] == 1:
            advice = {
                "interval": self.interval_ms,
                "timeout": self.hold_s * 1000,
                "reconnect": "retry",
            }
            return [ok(message, advice=advice)]
        deadline = asyncio.get_running_loop().time() + self.hold_s
        while not (events := self._due(session)):
            left_s = deadline - asyncio.get_running_loop().time()
            if left_s <= 0 or message["clientId"] not in self._sessions:
                break
            if token not in self.tokens:
                return await self._connect(message, token)
            published = self._published
            try:
                async with asyncio.timeout(left_s):
                    await published.wait()
            except TimeoutError:
                break
        if message["clientId"] not in self._sessions:
            return [unknown_client(message)]
        return [*events, ok(message)]

    async def _subscribe(self, message: Message, token: str) -> list[Message]:
        channel = message["subscription"]
        session = self._sessions.get(message["clientId"])
        if session is None:
            return [unknown_client(message)]
        if channel in self.refused_channels:
            error = self.refused_channels[channel]
            return [failed(message, error, subscription=channel)]
        replay = message.get("ext", {}).get("replay", {}).get(channel, -1)
        newest = max((e["data"]["event"]["replayId"] for e in self._events[channel]), default=0)
        if replay == -1:
            replay = newest
        elif replay == -2:
            replay = self.oldest_replay_id
        elif replay < self.oldest_replay_id:
            return [failed(message, INVALID_REPLAY % replay, subscription=channel)]
        session["after"][channel] = replay
        self._wake()
        return [ok(message, subscription=channel)]

    def _due(self, session: dict[str, Any]) -> list[Message]:
        due = []
        for channel, after in session["after"].items():
            for event in self._events[channel]:
                replay_id = event["data"]["event"]["replayId"]
                if replay_id > after:
                    due.append(event)
                    session["after"][channel] = replay_id
        return due


def ok(message: Message, **more: Any) -> Message:
    return {"channel": message["channel"], "id": message["id"], "successful": True, **more}


def failed(message: Message, error: str, **more: Any) -> Message:
    base = {"channel": message["channel"], "id": message["id"], "successful": False}
    return {**base, "error": error, **more}


def unknown_client(message: Message) -> Message:
    advice = {"interval": 0, "reconnect": "handshake"}
    return failed(message, "403::Unknown client", advice=advice)


def status(code: int, text: str, **headers: str) -> Answer:
    """A plain HTTP answer."""

    async def answer(request: web.Request, messages: list[Message]) -> web.StreamResponse:
        return web.Response(status=code, text=text, headers=headers)

    return answer


def replies(make: Callable[[Message], list[Any]]) -> Answer:
    """A Bayeux answer made from the request's first message."""

    async def answer(request: web.Request, messages: list[Message]) -> web.StreamResponse:
        return web.json_response(make(messages[0]))

    return answer


async def reset(request: web.Request, messages: list[Message]) -> web.StreamResponse:
    """The connection breaks without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def truncated(request: web.Request, messages: list[Message]) -> web.StreamResponse:
    """The body is shorter than it says."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'[{"channel":')
    assert request.transport is not None
    request.transport.close()
    return response


def hang(until: asyncio.Event) -> Answer:
    """No answer until ``until`` is set."""

    async def answer(request: web.Request, messages: list[Message]) -> web.StreamResponse:
        await until.wait()
        return web.Response(status=503)

    return answer


async def normal(request: web.Request, messages: list[Message]) -> None:
    """Answers as if nothing were scripted."""
    return
