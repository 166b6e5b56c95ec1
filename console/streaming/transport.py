"""The long-polling transport: one bounded, deadlined POST, and a connect loop that ends honestly.

It takes the place of the library's own in our sessions. Instead of retrying by itself every second
for ever, it hands every failure to the guard; the supervisor decides.
"""

import asyncio
from typing import Any

import aiohttp
import msgspec
from aiocometd_ng.constants import ConnectionType, MetaChannel, TransportState
from aiocometd_ng.transports.base import TransportBase

from console.clock import Clock
from console.streaming.envelope import Reply, UnreadableReply, decode_reply
from console.streaming.faults import EndKind, SessionEnd, SessionEnded, end_of_reply, end_of_status
from console.streaming.guard import Guard

_JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_SHOWN_OF_A_PAGE = 200


class GuardedTransport(TransportBase):
    """One session's requests; finds its `Guard` among the extensions."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._guard: Guard = next(e for e in self._extensions if isinstance(e, Guard))
        self._guard.transport = self
        self._clock: Clock = self._guard.clock
        self._requests = asyncio.Semaphore(2)

    @property
    def connection_type(self) -> ConnectionType:
        """What the handshake offers and every connect names."""
        return ConnectionType.LONG_POLLING

    async def _connect(self) -> dict[str, Any]:
        await self._guard.room()
        reply: dict[str, Any] = await super()._connect()
        return reply

    def _connect_done(self, future: "asyncio.Future[dict[str, Any]]") -> None:
        if future.cancelled():
            return
        failure = future.exception()
        if isinstance(failure, SessionEnded):
            self._finish(failure.end)
        elif failure is not None:
            self._finish(SessionEnd(EndKind.UNREADABLE, "the connect failed", str(failure)))
        elif not future.result().get("successful"):
            self._finish(end_of_reply(future.result()))
        elif self._guard.end is None and self.state != TransportState.DISCONNECTING:
            self._state = TransportState.CONNECTED
            self._follow_advice("retry", self._guard.interval_s)

    def _finish(self, end: SessionEnd) -> None:
        self._guard.finish(end)
        self._state = TransportState.DISCONNECTED

    async def _send_final_payload(
        self, payload: list[dict[str, Any]], *, headers: dict[str, str]
    ) -> dict[str, Any]:
        reply = await self._exchange(payload, headers)
        for message in reply.metas:
            if message["channel"] == payload[0]["channel"]:
                message.setdefault("id", payload[0].get("id"))
        answer: dict[str, Any] | None = await self._consume_payload(
            reply.metas, headers=None, find_response_for=payload[0]
        )
        self._guard.deliver(reply.events)
        if answer is None:
            raise SessionEnded(
                SessionEnd(EndKind.UNREADABLE, "the answer does not answer the request")
            )
        return answer

    async def _exchange(self, payload: list[dict[str, Any]], headers: dict[str, str]) -> Reply:
        body = msgspec.json.encode(payload)
        try:
            async with (
                self._requests,
                self._http_session.post(
                    self._url,
                    data=body,
                    headers={**_JSON_HEADERS, **headers},
                    timeout=self._deadline(payload[0]["channel"]),
                    allow_redirects=False,
                ) as response,
            ):
                answer = await self._read(response)
                return self._decode(response, answer)
        except TimeoutError:
            raise SessionEnded(_silence(payload[0]["channel"])) from None
        except aiohttp.ClientError as failure:
            raise SessionEnded(_network_end(failure)) from None

    def _deadline(self, channel: str) -> aiohttp.ClientTimeout:
        timings = self._guard.timings
        held = channel == MetaChannel.CONNECT and self._guard.connects
        whole_s = self._guard.answer_s if held else timings.request_s
        return aiohttp.ClientTimeout(total=whole_s, sock_connect=timings.tcp_connect_s)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        most = self._guard.bounds.reply_bytes
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > most:
                raise SessionEnded(
                    SessionEnd(EndKind.UNREADABLE, f"the answer is larger than {most} bytes")
                )
        return bytes(body)

    def _decode(self, response: aiohttp.ClientResponse, body: bytes) -> Reply:
        try:
            return decode_reply(body, self._clock.now())
        except UnreadableReply:
            start = body[:_SHOWN_OF_A_PAGE].decode("utf-8", errors="replace")
            retry_after_s = _seconds(response.headers.get("Retry-After"))
            location = response.headers.get("Location")
            raise SessionEnded(
                end_of_status(response.status, retry_after_s, start, location)
            ) from None


def _silence(channel: str) -> SessionEnd:
    return SessionEnd(EndKind.SILENT, "the org did not answer in time", f"no answer to {channel}")


def _network_end(failure: aiohttp.ClientError) -> SessionEnd:
    if isinstance(
        failure, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError
    ):
        reason = "the org's TLS certificate is not trusted"
    elif isinstance(failure, aiohttp.ClientHttpProxyError):
        # Its own words repeat the proxy's address, which may hold a password.
        return SessionEnd(
            EndKind.NETWORK, f"the proxy refused with status {failure.status}", "see HTTPS_PROXY"
        )
    elif isinstance(failure, aiohttp.ClientConnectorDNSError):
        reason = "the org's name was not found"
    elif isinstance(failure, aiohttp.ClientConnectorError):
        reason = "the org could not be reached"
    elif isinstance(failure, aiohttp.ClientPayloadError):
        reason = "the answer was cut off"
    else:
        reason = "the connection broke"
    return SessionEnd(EndKind.NETWORK, reason, f"{type(failure).__name__}: {failure}"[:500])


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is not None and retry_after.isascii() and retry_after.isdecimal():
        return float(min(int(retry_after), 3600))
    return None
