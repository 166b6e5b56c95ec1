"""The bytes of a log file as text in blocks: decompressed, hashed, decoded, bounded."""

import codecs
import hashlib
import zlib
from collections.abc import Iterator
from typing import Protocol

from store.errors import UnreadableLog

_BLOCK_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31


class Readable(Protocol):
    """Bytes that can be read once, from front to back: a file, a pipe, an answer's body."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` of the next bytes; none at the end."""
        ...


class LogBlocks:
    r"""Reads a log's bytes once, at most two megabytes at a time in memory.

    ``sha256`` and ``length_bytes`` are those of the decompressed bytes, complete once `texts` has
    ended. gzip is known by its first bytes, whatever the name. Bytes that are not UTF-8 become
    ``\xNN``.
    """

    def __init__(self, body: Readable, name: str) -> None:
        self._body = body
        self._name = name
        self._hash = hashlib.sha256()
        self.length_bytes = 0

    @property
    def sha256(self) -> str:
        """Hash of what was read so far, in hexadecimal."""
        return self._hash.hexdigest()

    def texts(self) -> Iterator[str]:
        """The text in blocks. Raises `UnreadableLog` for damaged gzip and for binary data."""
        decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="backslashreplace")
        for block in self._decompressed():
            if self.length_bytes == 0 and b"\0" in block[:4096]:
                raise UnreadableLog(
                    "This is not a log file",
                    f"{self._name} holds binary data (or UTF-16 text), not comma-separated text.",
                    "Give a file as Salesforce delivers it: CSV or JSON, plain or gzip.",
                )
            self.length_bytes += len(block)
            self._hash.update(block)
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)

    def _decompressed(self) -> Iterator[bytes]:
        first = self._body.read(_BLOCK_BYTES)
        if not first.startswith(_GZIP_MAGIC):
            while first:
                yield first
                first = self._body.read(_BLOCK_BYTES)
            return
        try:
            yield from self._inflated(first)
        except zlib.error as problem:
            raise UnreadableLog(
                "The compressed file is damaged",
                f"{self._name} begins as gzip, but cannot be decompressed.",
                "Fetch the file again.",
                str(problem),
            ) from problem

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        inflater = zlib.decompressobj(_GZIP_WINDOW)
        while data:
            block = inflater.decompress(data, _BLOCK_BYTES)
            if block:
                yield block
            data = inflater.unconsumed_tail
            if inflater.eof:
                data = inflater.unused_data or self._body.read(_BLOCK_BYTES)
                if data.strip(b"\0"):
                    inflater = zlib.decompressobj(_GZIP_WINDOW)
                else:
                    return
            elif not data:
                data = self._body.read(_BLOCK_BYTES)
        raise zlib.error("the file is cut off before its end")
