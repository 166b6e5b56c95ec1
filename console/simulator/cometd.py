"""``POST /cometd/XX.0``: Bayeux long polling as Salesforce does it.

One request carries one message or an array of them; its answer is one array. A connect is
answered last, after whatever came with it, and only held when it came alone.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from console.simulator import cometd_replies as replies
from console.simulator.cometd_replies import Message
from console.simulator.cometd_session import SessionBook, StreamSession, new_sticky_value
from console.simulator.cometd_subscribe import (
    SubscribeRefused,
    channel_of,
    replay_value,
    start_position,
)
from console.simulator.faults import FaultKind
from console.simulator.rest_call import bearer_token
from console.simulator.tokens import Grant
from console.simulator.wire import NEWEST_VERSION, WIRE, Wire

FIRST_VERSION = 37
"""The oldest API version that ``/cometd`` serves."""
MOST_REQUEST_BYTES = 32_768
"""Streaming API guide, error codes: 413 beyond that."""
BROWSER_COOKIE = "BAYEUX_BROWSER"
STICKY_COOKIE = "sfdc-stream"

BOOK: web.AppKey[SessionBook] = web.AppKey("streaming sessions", SessionBook)

_VERSION = re.compile(r"(\d{1,3})\.0")


def add_streaming_routes(router: web.UrlDispatcher) -> None:
    """Serve the streaming endpoint, with and without its version and a trailing slash."""
    for path in ("/cometd", "/cometd/", "/cometd/{version}", "/cometd/{version}/"):
        router.add_post(path, stream)


@dataclass(slots=True)
class Exchange:
    """One HTTP request to the streaming endpoint and what its answer has to carry."""

    wire: Wire
    book: SessionBook
    token: str | None
    cookies: Mapping[str, str]
    version: int | None
    new_cookies: dict[str, str]

    def grant(self) -> Grant | None:
        """The grant behind the request's token, if it is in force."""
        if self.token is None:
            return None
        return self.wire.tokens.find(self.token, self.wire.world.now())


async def stream(request: web.Request) -> web.Response:
    """Answer one request; Bayeux errors travel with HTTP 200."""
    body = await request.read()
    messages = _messages(body)
    match = _VERSION.fullmatch(request.match_info.get("version", ""))
    exchange = Exchange(
        wire=request.app[WIRE],
        book=request.app[BOOK],
        token=bearer_token(request),
        cookies=_cookies(request),
        version=None if match is None else int(match.group(1)),
        new_cookies={},
    )
    answers = [_refusal_of_size(message) for message in messages]
    if len(body) <= MOST_REQUEST_BYTES:
        answers = await _answers(exchange, messages)
    response = web.json_response(answers)
    for name, value in exchange.new_cookies.items():
        # Written by hand: a cookie writer would quote the value, and it must travel unchanged.
        only_http = "; HttpOnly" if name == BROWSER_COOKIE else ""
        response.headers.add("Set-Cookie", f"{name}={value}; Path=/{only_http}")
    return response


async def _answers(exchange: Exchange, messages: list[Mapping[str, object]]) -> list[Message]:
    answers: list[Message] = []
    connects = [message for message in messages if message.get("channel") == "/meta/connect"]
    for message in messages:
        if message.get("channel") != "/meta/connect":
            handle = _HANDLERS.get(str(message.get("channel")), _publish)
            answers.append(handle(exchange, message))
    for message in connects:
        answers += await _connect(exchange, message, may_wait=len(messages) == 1)
    return answers


def _messages(body: bytes) -> list[Mapping[str, object]]:
    try:
        document = json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise web.HTTPBadRequest(text="400::Invalid JSON") from None
    listed = document if isinstance(document, list) else [document]
    if not all(isinstance(message, dict) for message in listed):
        raise web.HTTPBadRequest(text="400::Invalid message")
    return listed


def _cookies(request: web.Request) -> dict[str, str]:
    """The request's cookies, values exactly as sent."""
    pairs = (part.strip().partition("=") for part in request.headers.get("Cookie", "").split(";"))
    return {name: value for name, _, value in pairs if name}


def _refusal_of_size(message: Mapping[str, object]) -> Message:
    return replies.refused(message, replies.REQUEST_TOO_LARGE)


# --- handshake ---


def _handshake(exchange: Exchange, message: Mapping[str, object]) -> Message:
    grant = exchange.grant()
    reason = _denial(exchange, message, grant)
    if reason is not None or grant is None:
        return replies.handshake_denied(message, reason or replies.AUTHENTICATION_INVALID)
    version = exchange.version or FIRST_VERSION
    session = exchange.book.open(grant, exchange.cookies.get(BROWSER_COOKIE), version)
    if session is None:
        return replies.handshake_denied(message, replies.TOO_MANY_CLIENTS)
    exchange.wire.tokens.use(grant, exchange.wire.world.now())
    exchange.new_cookies[BROWSER_COOKIE] = session.browser_id
    exchange.new_cookies[STICKY_COOKIE] = session.sticky
    return replies.handshake_accepted(message, session.client_id)


def _denial(exchange: Exchange, message: Mapping[str, object], grant: Grant | None) -> str | None:
    """Why a handshake is denied, as ``failureReason`` says it; None when it is not."""
    if exchange.token is None:
        return replies.AUTHENTICATION_MISSING
    if exchange.wire.faults.strike(FaultKind.STREAMING_BUSY) is not None:
        return replies.SERVER_BUSY
    if grant is None:
        return replies.AUTHENTICATION_INVALID
    if exchange.version is None:
        return replies.VERSION_MISSING
    if not FIRST_VERSION <= exchange.version <= NEWEST_VERSION:
        return replies.VERSION_UNSUPPORTED
    types = message.get("supportedConnectionTypes")
    if not isinstance(types, list) or "long-polling" not in types:
        return replies.INVALID_CONNECTION_TYPE
    return None


# --- requests of a session ---


def _session(exchange: Exchange, message: Mapping[str, object]) -> StreamSession | Message:
    """The session that a message belongs to, or the answer to a message that belongs to none."""
    grant = exchange.grant()
    if grant is None:
        missing = exchange.token is None
        error = replies.AUTHENTICATION_MISSING if missing else replies.AUTHENTICATION_INVALID
        return replies.unauthenticated(message, error)
    client_id = str(message.get("clientId"))
    session = exchange.book.find(client_id)
    if session is not None and BROWSER_COOKIE not in exchange.cookies:
        return replies.refused(message, replies.cookie_missing(client_id), client_id)
    if session is None or not _reaches(session, exchange.cookies):
        exchange.new_cookies[STICKY_COOKIE] = new_sticky_value()
        gone = exchange.book.was_disconnected(client_id)
        return replies.unknown_client(message, was_disconnected=gone)
    if session.grant.user.user_id != grant.user.user_id:
        return replies.refused(message, replies.WRONG_USER, client_id)
    session.grant = grant
    exchange.wire.tokens.use(grant, exchange.wire.world.now())
    exchange.book.keep_alive(session)
    return session


def _reaches(session: StreamSession, cookies: Mapping[str, str]) -> bool:
    """Whether the load balancer sends this request to the server that knows the session."""
    return (
        cookies.get(BROWSER_COOKIE) == session.browser_id
        and cookies.get(STICKY_COOKIE) == session.sticky
    )


def _subscribe(exchange: Exchange, message: Mapping[str, object]) -> Message:
    session = _session(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    world = exchange.wire.world
    try:
        channel = channel_of(message, world)
        value = replay_value(message, channel)
        if value >= 0 and exchange.wire.faults.strike(FaultKind.STALE_REPLAY) is not None:
            raise SubscribeRefused(replies.invalid_replay_id(value))
        session.positions[channel] = start_position(value, channel, world)
    except SubscribeRefused as refusal:
        return replies.refused(message, str(refusal), session.client_id)
    session.news.set()
    return replies.done(message, session.client_id)


def _unsubscribe(exchange: Exchange, message: Mapping[str, object]) -> Message:
    session = _session(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    if session.positions.pop(str(message.get("subscription")), None) is None:
        return replies.refused(message, replies.CHANNEL_MISSING, session.client_id)
    return replies.done(message, session.client_id)


def _disconnect(exchange: Exchange, message: Mapping[str, object]) -> Message:
    session = _session(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    exchange.book.drop(session)
    return replies.done(message, session.client_id)


def _publish(exchange: Exchange, message: Mapping[str, object]) -> Message:
    """Clients cannot publish over this API."""
    session = _session(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    return replies.refused(message, replies.PUBLISH_DENIED, session.client_id)


_HANDLERS: dict[str, Callable[[Exchange, Mapping[str, object]], Message]] = {
    "/meta/handshake": _handshake,
    "/meta/subscribe": _subscribe,
    "/meta/unsubscribe": _unsubscribe,
    "/meta/disconnect": _disconnect,
}


# --- connect ---


async def _connect(
    exchange: Exchange, message: Mapping[str, object], *, may_wait: bool
) -> list[Message]:
    session = _session(exchange, message)
    if not isinstance(session, StreamSession):
        return [session]
    first = not session.has_connected
    session.has_connected = True
    shared = exchange.book.shares_browser(session)
    wait_s = exchange.wire.options.connect_hold_s if may_wait and not (first or shared) else 0.0
    events = await _held(exchange, session, wait_s)
    if session.is_told_to_disconnect:
        return [replies.done(message, session.client_id), replies.pushed_disconnect()]
    if exchange.grant() is None:
        exchange.book.drop(session)
        return [replies.unauthenticated(message, replies.AUTHENTICATION_INVALID)]
    if session.is_gone:
        return [replies.unknown_client(message, was_disconnected=False)]
    exchange.book.keep_alive(session)
    end = replies.connected(message, session.client_id, first=first, shared_browser=shared)
    return [*events, end]


async def _held(exchange: Exchange, session: StreamSession, wait_s: float) -> list[Message]:
    """Wait until there are events, the session ends, a newer connect comes or time is up."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + wait_s
    grant = session.grant
    session.turn += 1
    turn = session.turn
    session.news.set()  # a connect that is still held sees that it has been overtaken
    session.holding += 1
    grant.held_connects += 1
    try:
        while not _must_answer(exchange, session, turn):
            most = exchange.wire.options.events_per_reply
            taken = session.take_events(exchange.wire.world, most)
            if taken or loop.time() >= deadline_s:
                return [replies.event(published, session.version) for published in taken]
            session.news.clear()
            try:
                async with asyncio.timeout_at(deadline_s):
                    await session.news.wait()
            except TimeoutError:
                continue  # one last look, then the deadline has passed
        return []
    finally:
        session.holding -= 1
        grant.held_connects -= 1
        exchange.wire.tokens.use(grant, exchange.wire.world.now())


def _must_answer(exchange: Exchange, session: StreamSession, turn: int) -> bool:
    return (
        exchange.book.is_closing
        or session.is_gone
        or session.turn != turn
        or exchange.grant() is None
    )
