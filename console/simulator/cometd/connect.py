"""``/meta/connect``: the long poll.

The first connect after a handshake returns at once with the advice; later ones are held until
there are events, the session ends, a newer connect comes or time is up (Streaming API guide,
clients and timeouts).
"""

import asyncio
from collections.abc import Mapping

from console.simulator.cometd import replies
from console.simulator.cometd.exchange import Exchange, session_of
from console.simulator.cometd.replies import Message
from console.simulator.cometd.session import StreamSession
from console.simulator.faults.board import FaultKind


async def connect(
    exchange: Exchange, message: Mapping[str, object], *, may_wait: bool
) -> list[Message]:
    """The events that are due and the answer to the connect, which is last."""
    session = session_of(exchange, message)
    if not isinstance(session, StreamSession):
        return [session]
    if message.get("connectionType", "long-polling") != "long-polling":
        return [replies.refused(message, replies.INVALID_CONNECTION_TYPE, session.client_id)]
    first = not session.has_connected
    session.has_connected = True
    shared = exchange.book.shares_browser(session) or _is_said_to_share(exchange)
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
    timeout_ms = exchange.wire.options.streaming.connect_timeout_ms if first else None
    end = replies.connected(message, session.client_id, timeout_ms, shared_browser=shared)
    return [*events, end]


def _is_said_to_share(exchange: Exchange) -> bool:
    return exchange.wire.faults.strike(FaultKind.MULTIPLE_CLIENTS, exchange.path) is not None


async def _held(exchange: Exchange, session: StreamSession, wait_s: float) -> list[Message]:
    """Hold the connect, and give back what it brings."""
    session.turn += 1
    session.news.set()  # a connect that is still held sees that it has been overtaken
    grant = session.grant
    session.holding += 1
    grant.held_connects += 1
    if exchange.line is not None:
        session.lines.append(exchange.line)
    try:
        return await _events(exchange, session, wait_s)
    finally:
        session.holding -= 1
        grant.held_connects -= 1
        if exchange.line is not None:
            session.lines.remove(exchange.line)
        exchange.wire.tokens.use(grant, exchange.wire.world.now())


async def _events(exchange: Exchange, session: StreamSession, wait_s: float) -> list[Message]:
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + wait_s
    turn = session.turn
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


def _must_answer(exchange: Exchange, session: StreamSession, turn: int) -> bool:
    return (
        exchange.book.is_closing
        or session.is_gone
        or session.turn != turn
        or exchange.grant() is None
    )
