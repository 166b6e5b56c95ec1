"""One HTTP request to the streaming endpoint: its token, its cookies, the session it belongs to.

Cookies: ``BAYEUX_BROWSER`` names the client, ``sfdc-stream`` leads the load balancer to the server
that knows the session. When the second runs out, the next request lands on another server, gets
``403::Unknown client`` and a new cookie (reports of the cometd and client projects).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

from aiohttp import web

from console.simulator.cometd import replies
from console.simulator.cometd.replies import Message
from console.simulator.cometd.session import SessionBook, StreamSession
from console.simulator.faults.transport import FaultyTransport
from console.simulator.oauth.tokens import Grant
from console.simulator.web.wire import WIRE, Wire

BROWSER_COOKIE = "BAYEUX_BROWSER"
STICKY_COOKIE = "sfdc-stream"

BOOK: web.AppKey[SessionBook] = web.AppKey("streaming sessions", SessionBook)

_VERSION = re.compile(r"(\d{1,3})\.0")


@dataclass(slots=True)
class Exchange:
    """One HTTP request to the streaming endpoint and what its answer has to carry."""

    wire: Wire
    book: SessionBook
    path: str
    token: str | None
    cookies: Mapping[str, str]
    version: int | None
    line: FaultyTransport | None
    new_cookies: dict[str, str] = field(default_factory=dict)

    def grant(self) -> Grant | None:
        """The grant behind the request's token, if it is in force and good for streaming."""
        if self.token is None:
            return None
        grant = self.wire.tokens.find(self.token, self.wire.world.now())
        if grant is not None and grant.form == "jwt" and not self._takes_jwt:
            return None
        return grant

    @property
    def _takes_jwt(self) -> bool:
        return self.wire.options.oauth.jwt_tokens_stream

    def write_cookies(self, response: web.Response) -> None:
        """Put the new cookies on an answer, by hand: a cookie writer would quote their values."""
        for name, value in self.new_cookies.items():
            if name == BROWSER_COOKIE:
                attributes = "Path=/; HttpOnly"
            else:
                life = timedelta(seconds=self.wire.options.streaming.sticky_life_s)
                expires = format_datetime(self.wire.real_now() + life, usegmt=True)
                # Without Secure, which clients would not send back over plain HTTP.
                attributes = f"Path=/; Expires={expires}; SameSite=None"
            response.headers.add("Set-Cookie", f"{name}={value}; {attributes}")


def exchange_of(request: web.Request) -> Exchange:
    """What a request brings along."""
    wire = request.app[WIRE]
    match = _VERSION.fullmatch(request.match_info.get("version", ""))
    line = request.transport
    return Exchange(
        wire=wire,
        book=request.app[BOOK],
        path=request.path,
        token=_token(request, wire.options.streaming.schemes),
        cookies=_cookies(request),
        version=None if match is None else int(match.group(1)),
        line=line if isinstance(line, FaultyTransport) else None,
    )


def session_of(exchange: Exchange, message: Mapping[str, object]) -> StreamSession | Message:
    """The session that a message belongs to, or the answer to a message that belongs to none."""
    grant = exchange.grant()
    if grant is None:
        missing = exchange.token is None
        error = replies.AUTHENTICATION_MISSING if missing else replies.AUTHENTICATION_INVALID
        return replies.unauthenticated(message, error)
    client_id = message.get("clientId")
    if not isinstance(client_id, str) or not client_id:
        return replies.refused(message, replies.NO_HANDSHAKE)
    session = exchange.book.find(client_id)
    if session is not None and BROWSER_COOKIE not in exchange.cookies:
        return replies.refused(message, replies.cookie_missing(client_id), client_id)
    if session is None or not _reaches(exchange, session):
        exchange.new_cookies[STICKY_COOKIE] = exchange.book.new_sticky()
        gone = exchange.book.was_disconnected(client_id)
        return replies.unknown_client(message, was_disconnected=gone)
    if session.grant.user.user_id != grant.user.user_id:
        return replies.refused(message, replies.WRONG_USER, client_id)
    session.grant = grant
    exchange.wire.tokens.use(grant, exchange.wire.world.now())
    exchange.book.keep_alive(session)
    return session


def _token(request: web.Request, schemes: tuple[str, ...]) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in schemes else None


def _cookies(request: web.Request) -> dict[str, str]:
    """The request's cookies, values exactly as sent."""
    pairs = (part.strip().partition("=") for part in request.headers.get("Cookie", "").split(";"))
    return {name: value for name, _, value in pairs if name}


def _reaches(exchange: Exchange, session: StreamSession) -> bool:
    """Whether the load balancer sends this request to the server that knows the session."""
    sticky = exchange.cookies.get(STICKY_COOKIE, "")
    browser = exchange.cookies.get(BROWSER_COOKIE, "")
    if exchange.wire.options.streaming.quoted_cookies_reach_session:
        sticky, browser = _unquoted(sticky), _unquoted(browser)
    return browser == session.browser_id and exchange.book.leads_to(session, sticky)


def _unquoted(value: str) -> str:
    is_quoted = len(value) >= 2 and value.startswith('"') and value.endswith('"')
    return value[1:-1] if is_quoted else value
