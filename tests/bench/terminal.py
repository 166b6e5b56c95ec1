"""A program in a pseudo-terminal, timed by the bytes that it writes."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence

COLUMNS, ROWS = 140, 42
_DEADLINE_S = 30.0


class TimedTerminal:
    """Runs ``command`` in a home of its own; use as a context manager."""

    def __init__(self, command: Sequence[str], home: str) -> None:
        self._seen = bytearray()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environ = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color"}
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environ, close_fds=True,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> "TimedTerminal":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def painted(self, text: str) -> float:
        """Seconds from the start until ``text`` was written."""
        while text.encode() not in self._seen:
            if not self._read(_DEADLINE_S):
                raise RuntimeError(f"{text!r} was never painted: {bytes(self._seen[-2000:])!r}")
        return time.perf_counter() - self._started

    def quiet(self, for_s: float) -> None:
        """Wait until nothing was written for so long."""
        deadline = time.monotonic() + _DEADLINE_S
        while self._read(for_s):
            if time.monotonic() > deadline:
                raise RuntimeError("it never stops writing")

    def answered(self, key: bytes) -> float:
        """Seconds from a key to the first byte that it makes the program write."""
        start = time.perf_counter()
        os.write(self._master, key)
        if not self._read(_DEADLINE_S):
            raise RuntimeError(f"no answer to {key!r}")
        return time.perf_counter() - start

    def _read(self, timeout_s: float) -> bool:
        if not select.select([self._master], [], [], timeout_s)[0]:
            return False
        self._seen += os.read(self._master, 65_536)
        return True
