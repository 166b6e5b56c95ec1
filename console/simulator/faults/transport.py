"""What goes wrong on the line itself: answers cut, stalled, dripped, or reset at any byte.

Every connection of the simulated org's server writes through a `FaultyTransport`. It hands bytes
on unchanged until a request asks for a `Cut`, a `Drip` or a `ShortAnswer`; that then holds for the
answer that is written next, and the connection ends with it where the fault ends connections.
"""

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from weakref import WeakSet

from aiohttp import web

from console.simulator.faults.short_answer import ShortAnswer

_HEAD_END = b"\r\n\r\n"
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: closing sends RST and drops what is not sent."""
_MOST_QUEUED = 65_536


@dataclass(frozen=True, slots=True)
class Cut:
    """The answer ends after ``at_byte`` bytes."""

    at_byte: int
    end: Literal["close", "reset", "stall"]
    """``stall``: nothing more comes, and the line is closed ``stall_s`` seconds later."""
    counts_head: bool = False
    """Whether status line and headers count among the bytes; without, only the body does."""
    stall_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Drip:
    """The answer comes in pieces of ``size`` bytes, ``pause_s`` seconds apart."""

    size: int
    pause_s: float


Misbehaviour = Cut | Drip | ShortAnswer


class FaultyTransport(asyncio.Transport):
    """A connection's transport that can be told to misbehave."""

    def __init__(self, real: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._real = real
        self._protocol = protocol
        self._cut: Cut | None = None
        self._drip: Drip | None = None
        self._short: ShortAnswer | None = None
        self._in_head = True
        self._tail_of_head = b""
        self._counted = 0
        self._queue = bytearray()
        self._dripping: asyncio.TimerHandle | None = None
        self._is_closing = False
        self._has_paused = False

    def behave(self) -> None:
        """Forget what a past answer was to suffer, as every new request does."""
        if not self._is_closing:
            self._cut = None
        self._short = None
        if not self._queue:
            self._drip = None

    def misbehave(self, how: Misbehaviour) -> None:
        """Let ``how`` befall the answer that is written next."""
        if isinstance(how, Cut):
            self._cut, self._in_head, self._counted, self._tail_of_head = how, True, 0, b""
        elif isinstance(how, Drip):
            self._drip = how
        else:
            self._short = how

    def reset(self) -> None:
        """Reset the connection at once: the other side sees RST."""
        line = self._real.get_extra_info("socket")
        if line is not None and not self._real.is_closing():
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        self._real.abort()

    # -- writing --------------------------------------------------------------------------------

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        """Write, as far as the faults of this answer let it through."""
        if self._cut is not None:
            self._write_until_cut(bytes(data), self._cut)
        elif self._drip is not None:
            self._queue += data
            self._drip_on()
        else:
            self._real.write(data if self._short is None else self._short.feed(bytes(data)))

    def writelines(self, list_of_data: "Iterable[bytes | bytearray | memoryview[Any]]") -> None:
        """Write several pieces as one."""
        self.write(b"".join(list_of_data))

    def _write_until_cut(self, data: bytes, cut: Cut) -> None:
        if self._is_closing:
            return
        head_bytes = 0
        if self._in_head and not cut.counts_head:
            head_bytes = self._head_bytes(data)
        allowed = head_bytes + cut.at_byte - self._counted
        self._counted += len(data) - head_bytes
        if not self._in_head or cut.counts_head:
            self._real.write(data[:allowed])
            if self._counted >= cut.at_byte:
                self._end(cut)
        else:
            self._real.write(data)

    def _head_bytes(self, data: bytes) -> int:
        """How many bytes of ``data`` belong to the answer's head; notes when that has ended."""
        before = len(self._tail_of_head)
        seen = self._tail_of_head + data
        end = seen.find(_HEAD_END)
        if end < 0:
            self._tail_of_head = seen[-len(_HEAD_END) + 1 :]
            return len(data)
        self._in_head = False
        return end + len(_HEAD_END) - before

    def _end(self, cut: Cut) -> None:
        self._is_closing = True
        if cut.end == "reset":
            self.reset()
        elif cut.end == "close":
            self._real.close()
        else:
            asyncio.get_running_loop().call_later(cut.stall_s, self._real.close)

    def _drip_on(self) -> None:
        """Send the next piece unless a pause is still running."""
        if self._dripping is None and self._drip is not None and self._queue:
            piece = bytes(self._queue[: self._drip.size])
            del self._queue[: self._drip.size]
            self._real.write(piece)
            self._dripping = asyncio.get_running_loop().call_later(
                self._drip.pause_s, self._after_pause
            )
        self._tell_flow()
        if self._is_closing and not self._queue:
            self._real.close()

    def _after_pause(self) -> None:
        self._dripping = None
        if not self._real.is_closing():
            self._drip_on()

    def _tell_flow(self) -> None:
        """Hold the writer back while much is queued, so that memory stays bounded."""
        if len(self._queue) > _MOST_QUEUED and not self._has_paused:
            self._has_paused = True
            self._protocol.pause_writing()
        elif len(self._queue) <= _MOST_QUEUED // 4 and self._has_paused:
            self._has_paused = False
            self._protocol.resume_writing()

    # -- the rest is the real transport's ---------------------------------------------------------

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the real transport knows."""
        return self._real.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether nothing more is written."""
        return self._is_closing or self._real.is_closing()

    def close(self) -> None:
        """Close once everything queued is sent; a stalled line stays open until its time."""
        if self._cut is not None and self._cut.end == "stall" and self._is_closing:
            return
        self._is_closing = True
        if not self._queue:
            self._real.close()

    def abort(self) -> None:
        """Close at once."""
        self._is_closing = True
        self._queue.clear()
        self._real.abort()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the connection another protocol."""
        self._real.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The connection's protocol."""
        return self._protocol

    def is_reading(self) -> bool:
        """Whether bytes are being received."""
        return self._real.is_reading()

    def pause_reading(self) -> None:
        """Receive no more for now."""
        self._real.pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        self._real.resume_reading()

    def can_write_eof(self) -> bool:
        """Whether one direction can be closed alone."""
        return self._real.can_write_eof()

    def write_eof(self) -> None:
        """Close the writing direction."""
        self._real.write_eof()

    def get_write_buffer_size(self) -> int:
        """Bytes that are not sent yet."""
        return len(self._queue) + self._real.get_write_buffer_size()


class FaultyLine(asyncio.Protocol):
    """Stands between a connection and the HTTP server, and gives the server a faulty transport."""

    def __init__(self, server: asyncio.Protocol, lines: "WeakSet[FaultyTransport]") -> None:
        self._server = server
        self._lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection on."""
        line = FaultyTransport(cast("asyncio.Transport", transport), self._server)
        self._lines.add(line)
        self._server.connection_made(line)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand the end on."""
        self._server.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand what was received on."""
        self._server.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand the other side's end on."""
        return self._server.eof_received()

    def pause_writing(self) -> None:
        """Hand the line's congestion on."""
        self._server.pause_writing()

    def resume_writing(self) -> None:
        """Hand the end of the congestion on."""
        self._server.resume_writing()


class FaultySite(web.SockSite):
    """A listening socket whose connections can be told to misbehave."""

    def __init__(self, runner: web.AppRunner, listener: socket.socket) -> None:
        super().__init__(runner, listener)
        self._listener = listener
        self._lines: WeakSet[FaultyTransport] = WeakSet()

    async def start(self) -> None:
        """Listen."""
        await web.BaseSite.start(self)
        factory = self._runner.server
        if factory is None:
            raise RuntimeError("a site starts after its runner's setup")
        self._server = await asyncio.get_running_loop().create_server(
            lambda: FaultyLine(factory(), self._lines), sock=self._listener
        )

    async def stop(self) -> None:
        """Listen no more, and cut the lines that a fault would keep open."""
        await super().stop()
        for line in tuple(self._lines):
            if line.is_closing():
                line.abort()
