"""One request over a bare socket: every byte that comes, and how the connection ends."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from tests.unit.simulator.visitor import Visitor

End = Literal["closed", "reset", "open"]
LONGEST_S = 15


@dataclass(frozen=True)
class RawAnswer:
    """What a client saw."""

    head: str
    body: bytes
    end: End
    arrivals: tuple[float, ...]
    """When bytes came, in the loop's time; the request was sent at the first."""

    @property
    def size(self) -> int:
        return len(self.head.encode()) + len(self.body)

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None

    @property
    def status(self) -> int:
        return int(self.head.split(" ")[1])


async def ask(visitor: Visitor, path: str, body: bytes | None = None) -> RawAnswer:
    """Send one request and read until the answer is whole or the connection ends."""
    host, port = visitor.url.removeprefix("http://").split(":")
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {host}:{port}"]
    authorization = visitor.http.headers.get("Authorization")
    if authorization:
        lines.append(f"Authorization: {authorization}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    request = "\r\n".join([*lines, "", ""]).encode() + (body or b"")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    try:
        async with asyncio.timeout(LONGEST_S):
            writer.write(request)
            return await _read(reader)
    finally:
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> RawAnswer:
    loop = asyncio.get_running_loop()
    received, arrivals = b"", [loop.time()]
    end: End = "open"
    while not _is_whole(received):
        try:
            piece = await reader.read(65_536)
        except ConnectionResetError:
            end = "reset"
            break
        if not piece:
            end = "closed"
            break
        received += piece
        arrivals.append(loop.time())
    head, mark, body = received.partition(b"\r\n\r\n")
    return RawAnswer((head + mark).decode(), body, end, tuple(arrivals))


def _is_whole(received: bytes) -> bool:
    head, mark, body = received.partition(b"\r\n\r\n")
    lowered = head.lower()
    if not mark:
        return False
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    _, found, rest = lowered.partition(b"content-length:")
    return bool(found) and len(body) >= int(rest.split(b"\r\n")[0])
