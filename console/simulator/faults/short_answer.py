"""Answers that are shorter than they should be and say that they are whole."""

import re

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?im)^(content-length: *)(\d+)")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding: *chunked")
_LAST_CHUNK = b"0\r\n\r\n"


class ShortAnswer:
    """Rewrites one HTTP/1.1 answer as it is written: its body ends after ``at_byte`` bytes.

    Content-Length, or the end of the chunks, tells of the shorter body; the bytes are counted as
    they travel, compressed if they are.
    """

    def __init__(self, at_byte: int) -> None:
        self._left = at_byte
        self._head = bytearray()
        self._in_head = True
        self._is_chunked = False
        self._frames = bytearray()
        self._has_ended = False

    def feed(self, data: bytes) -> bytes:
        """What to send in the place of the next bytes of the real answer."""
        if not self._in_head:
            return self._body(data)
        self._head += data
        end = self._head.find(_HEAD_END)
        if end < 0:
            return b""
        self._in_head = False
        end += len(_HEAD_END)
        head = bytes(self._head[:end])
        self._is_chunked = _CHUNKED.search(head) is not None
        shorter = _LENGTH.sub(
            lambda found: found.group(1) + b"%d" % min(int(found.group(2)), self._left), head
        )
        return shorter + self._body(bytes(self._head[end:]))

    def _body(self, data: bytes) -> bytes:
        if self._is_chunked:
            self._frames += data
            return b"".join(iter(self._chunk, b""))
        piece = data[: self._left]
        self._left -= len(piece)
        return piece

    def _chunk(self) -> bytes:
        """The next chunk to send; nothing when no whole chunk has come or the end is sent."""
        while not self._has_ended:
            mark = self._frames.find(b"\r\n")
            if mark < 0:
                return b""
            size = int(bytes(self._frames[:mark]), 16)
            begin = mark + 2
            if len(self._frames) < begin + size + 2:
                return b""
            payload = bytes(self._frames[begin : begin + size])[: self._left]
            del self._frames[: begin + size + 2]
            self._left -= len(payload)
            if size == 0 or not payload:
                self._has_ended = True
                return _LAST_CHUNK
            return b"%x\r\n%s\r\n" % (len(payload), payload)
        self._frames.clear()
        return b""
