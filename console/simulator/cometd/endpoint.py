"""``POST /cometd/XX.0``: Bayeux long polling as Salesforce does it.

One request carries one message or an array of them; its answer is one array. A connect is
answered last, after whatever came with it, and only held when it came alone.
"""

from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

from console.simulator.cometd import replies
from console.simulator.cometd.connect import connect
from console.simulator.cometd.exchange import (
    BROWSER_COOKIE,
    STICKY_COOKIE,
    Exchange,
    exchange_of,
    session_of,
)
from console.simulator.cometd.replies import Message
from console.simulator.cometd.session import StreamSession
from console.simulator.cometd.subscribe import (
    SubscribeRefused,
    channels_of,
    replay_value,
    start_position,
)
from console.simulator.faults.board import FaultKind
from console.simulator.oauth.tokens import Grant
from console.simulator.web.request_bodies import UnreadableBody, json_of

FIRST_VERSION = 37
"""The oldest API version that ``/cometd`` serves."""
MOST_REQUEST_BYTES = 32_768
"""Streaming API guide, error codes: 413 beyond that."""


def add_streaming_routes(router: web.UrlDispatcher) -> None:
    """Serve the streaming endpoint, with and without its version and a trailing slash."""
    for path in ("/cometd", "/cometd/", "/cometd/{version}", "/cometd/{version}/"):
        router.add_post(path, stream)


async def stream(request: web.Request) -> web.Response:
    """Answer one request; Bayeux errors travel with HTTP 200."""
    body = await request.read()
    messages = _messages(body)
    exchange = exchange_of(request)
    if len(body) <= MOST_REQUEST_BYTES:
        answers = await _answers(exchange, messages)
    else:
        answers = [replies.refused(each, replies.REQUEST_TOO_LARGE) for each in messages]
    response = web.json_response(answers)
    exchange.write_cookies(response)
    return response


async def _answers(exchange: Exchange, messages: Sequence[Mapping[str, object]]) -> list[Message]:
    answers: list[Message] = []
    connects = [message for message in messages if message.get("channel") == "/meta/connect"]
    for message in messages:
        if message.get("channel") != "/meta/connect":
            handle = _HANDLERS.get(str(message.get("channel")), _publish)
            answers.append(_struck(exchange, message) or handle(exchange, message))
    for message in connects:
        struck = _struck(exchange, message)
        if struck is not None:
            answers.append(struck)
        else:
            answers += await connect(exchange, message, may_wait=len(messages) == 1)
    return answers


def _messages(body: bytes) -> Sequence[Mapping[str, object]]:
    try:
        document = json_of(body)
    except UnreadableBody:
        raise web.HTTPBadRequest(text="400::Invalid JSON") from None
    listed = document if isinstance(document, list) else [document]
    messages = [message for message in listed if isinstance(message, dict)]
    if len(messages) < len(listed):
        raise web.HTTPBadRequest(text="400::Invalid message")
    return messages


def _struck(exchange: Exchange, message: Mapping[str, object]) -> Message | None:
    """The answer of a fault that refuses messages of this channel."""
    channel = message.get("channel")
    fault = exchange.wire.faults.strike_one_of(
        (FaultKind.BAYEUX_ERROR,), exchange.path, lambda fault: fault.text("on") == channel
    )
    if fault is None:
        return None
    return replies.failed(
        message, fault.text("error"), fault.text("failure_reason"), fault.text("reconnect")
    )


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
    if exchange.wire.faults.strike(FaultKind.STREAMING_BUSY, exchange.path) is not None:
        return replies.SERVER_BUSY
    if grant is None:
        return replies.AUTHENTICATION_INVALID
    if exchange.version is None:
        return replies.VERSION_MISSING
    oldest = max(FIRST_VERSION, exchange.wire.versions.oldest)
    if not oldest <= exchange.version <= exchange.wire.versions.newest:
        return replies.VERSION_UNSUPPORTED
    types = message.get("supportedConnectionTypes")
    if not isinstance(types, list) or "long-polling" not in types:
        return replies.INVALID_CONNECTION_TYPE
    return None


# --- requests of a session ---


def _subscribe(exchange: Exchange, message: Mapping[str, object]) -> Message:
    session = session_of(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    try:
        positions = _positions(exchange, message, session)
    except SubscribeRefused as refusal:
        return replies.refused(message, str(refusal), session.client_id)
    session.positions |= positions
    session.news.set()
    return replies.done(message, session.client_id)


def _positions(
    exchange: Exchange, message: Mapping[str, object], session: StreamSession
) -> dict[str, int]:
    """Each channel that is asked for, and from where; raises SubscribeRefused."""
    wire = exchange.wire
    world, options = wire.world, wire.options.streaming
    user = session.grant.user
    if not world.access.may_call_api(user):
        raise SubscribeRefused(replies.USER_NOT_ENABLED)
    positions: dict[str, int] = {}
    for channel in channels_of(message, takes_lists=options.takes_channel_lists):
        if channel not in world.channels or not world.access.may_subscribe(user, channel):
            raise SubscribeRefused(replies.CHANNEL_DENIED)
        value = replay_value(message, channel)
        if value >= 0 and wire.faults.strike(FaultKind.STALE_REPLAY, exchange.path) is not None:
            raise SubscribeRefused(replies.invalid_replay_id(value))
        positions[channel] = start_position(
            value, channel, world, takes_future=options.takes_future_replay_ids
        )
    return positions


def _unsubscribe(exchange: Exchange, message: Mapping[str, object]) -> Message:
    session = session_of(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    if session.positions.pop(str(message.get("subscription")), None) is None:
        return replies.refused(message, replies.CHANNEL_MISSING, session.client_id)
    return replies.done(message, session.client_id)


def _disconnect(exchange: Exchange, message: Mapping[str, object]) -> Message:
    session = session_of(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    exchange.book.drop(session)
    return replies.done(message, session.client_id)


def _publish(exchange: Exchange, message: Mapping[str, object]) -> Message:
    """Clients cannot publish over this API."""
    session = session_of(exchange, message)
    if not isinstance(session, StreamSession):
        return session
    return replies.refused(message, replies.PUBLISH_DENIED, session.client_id)


_HANDLERS: dict[str, Callable[[Exchange, Mapping[str, object]], Message]] = {
    "/meta/handshake": _handshake,
    "/meta/subscribe": _subscribe,
    "/meta/unsubscribe": _unsubscribe,
    "/meta/disconnect": _disconnect,
}
