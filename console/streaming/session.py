"""One CometD session, made to be thrown away: any failure ends it, and the next one is another.

The only place that holds a library client. `CometdSession` opens it, hands out what arrives, and
closes it without noise however it ended.
"""

import asyncio
import ipaddress
import logging
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from urllib.parse import urlsplit

import aiohttp
from aiocometd_ng.client import Client
from aiocometd_ng.constants import ConnectionType
from aiocometd_ng.exceptions import AiocometdException, ClientError, ServerError

from console import __version__
from console.clock import Clock
from console.secrets import Secret
from console.streaming.faults import (
    EndKind,
    SessionEnd,
    SessionEnded,
    end_of_reply,
    refusal_sentence,
    refuses_replay_id,
)
from console.streaming.guard import Guard
from console.streaming.replay import ReplayExtension
from console.streaming.transport import GuardedTransport
from console.streaming.types import ReceivedEvent, StreamBounds, StreamTimings
from console.web_environment import named_certificates, proxy_for

_log = logging.getLogger(__name__)
_FATAL_TO_ALL = frozenset({EndKind.AUTHENTICATION, EndKind.UNKNOWN_CLIENT, EndKind.BUSY})


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the org said to one subscription: ``refusal`` is None when it was accepted."""

    channel: str
    refusal: str | None = None
    replay_lost: bool = False
    """The refusal is about the replay id only; another one may be accepted."""


class _SessionClient(Client):
    """The library's client on our HTTP session and transport.

    The session has its own cookie jar and takes proxies from the environment.
    """

    async def _negotiate_transport(self) -> GuardedTransport:
        """The library's handshake, without its table of transports: all clients share that."""
        self._incoming_queue = asyncio.Queue()
        transport = GuardedTransport(
            url=self.url,
            incoming_queue=self._incoming_queue,
            http_session=await self._get_http_session(),
            extensions=self.extensions,
        )
        response = await transport.handshake([ConnectionType.LONG_POLLING])
        self._verify_response(response)
        if not self._pick_connection_type(response["supportedConnectionTypes"]):
            raise ClientError("the org offers no long polling")
        return transport

    async def _get_http_session(self) -> aiohttp.ClientSession:
        if self._http_session is None:
            # Salesforce routes by its cookies and wants them back byte for byte.
            jar = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
            self._http_session = aiohttp.ClientSession(
                cookie_jar=jar,
                headers={"User-Agent": f"orgwatch/{__version__}"},
                connector=aiohttp.TCPConnector(ssl=named_certificates() or True),
                proxy=None if _is_loopback(self.url) else proxy_for(self.url),
            )
        return self._http_session

    async def _close_http_session(self) -> None:
        if self._http_session is not None:
            await self._http_session.close()


class CometdSession:
    """``async with CometdSession(...)``: handshake and first connect are done inside.

    Every method raises `SessionEnded` once the session is over.
    """

    def __init__(
        self,
        url: str,
        token: Secret,
        positions: MutableMapping[str, str],
        clock: Clock,
        timings: StreamTimings,
        bounds: StreamBounds,
    ) -> None:
        self._guard = Guard(token, clock, timings, bounds)
        self._timings = timings
        self._client = _SessionClient(
            url,
            ConnectionType.LONG_POLLING,
            connection_timeout=0,
            extensions=[self._guard, ReplayExtension(positions)],
        )

    async def __aenter__(self) -> "CometdSession":
        try:
            await self._client.open()
        except BaseException as failure:
            await self._close()
            if isinstance(failure, SessionEnded):
                raise
            if isinstance(failure, ServerError):
                raise SessionEnded(end_of_reply(failure.response or {})) from None
            if isinstance(failure, AiocometdException):
                raise SessionEnded(
                    SessionEnd(EndKind.UNREADABLE, "the org cannot be streamed from", str(failure))
                ) from None
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def last_answer_at(self) -> datetime:
        """When the org last answered anything, by the org's clock."""
        return self._guard.last_answer_org_time

    async def subscribe(self, channel: str) -> Subscription:
        """Asks for ``channel`` from its position; a refusal is an answer, not a failure."""
        self._raise_if_over()
        try:
            await self._client.subscribe(channel)
        except ServerError as refused:
            reply = refused.response or {}
            if refuses_replay_id(reply):
                return Subscription(channel, refusal_sentence(reply), replay_lost=True)
            end = end_of_reply(reply)
            if end.kind in _FATAL_TO_ALL:
                raise SessionEnded(end) from None
            return Subscription(channel, refusal_sentence(reply))
        except AiocometdException as failure:
            self._raise_if_over()
            raise SessionEnded(
                SessionEnd(EndKind.UNREADABLE, "the subscription failed", str(failure))
            ) from None
        return Subscription(channel)

    async def next_batch(self, wait_s: float) -> list[ReceivedEvent]:
        """What has arrived, waiting up to ``wait_s`` real seconds; empty when nothing did.

        What arrived before the end is handed out before `SessionEnded` is raised. Also the
        watchdog: longer silence than the org's own rhythm allows ends the session.
        """
        guard = self._guard
        if not guard.inbox and guard.end is None:
            await self._wait(wait_s)
        batch = guard.take()
        if not batch:
            self._raise_if_over()
        return batch

    async def _wait(self, wait_s: float) -> None:
        guard = self._guard
        try:
            async with asyncio.timeout(max(min(wait_s, self._patience_s()), 0.0)):
                await guard.changed.wait()
        except TimeoutError:
            if self._patience_s() <= 0 and not guard.held_back:
                guard.finish(SessionEnd(EndKind.SILENT, "the stream fell silent"))

    def _patience_s(self) -> float:
        guard = self._guard
        silent_s = asyncio.get_running_loop().time() - guard.last_answer_at
        return guard.silence_s + self._timings.request_s - silent_s

    def _raise_if_over(self) -> None:
        if self._guard.end is not None:
            raise SessionEnded(self._guard.end)

    async def _close(self) -> None:
        transport = self._guard.transport
        try:
            if isinstance(transport, GuardedTransport):
                async with asyncio.timeout(self._timings.close_s):
                    await transport.disconnect()
        except (SessionEnded, TimeoutError) as failure:
            _log.debug("the goodbye to the org was not heard: %s", failure)
        finally:
            await self._client._close_http_session()


def _is_loopback(url: str) -> bool:
    """Whether no proxy of the environment can be meant for this address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
