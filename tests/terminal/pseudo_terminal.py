"""A program in a real pseudo-terminal, its screen read through a terminal emulator."""

import contextlib
import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

import pyte

KEYS = {"enter": "\r", "escape": "\x1b", "down": "\x1b[B", "up": "\x1b[A", "end": "\x1b[F"}
FAULT = "met a fault in orgwatch"
"""What a screen says that has failed; nothing else need be waited for then."""


class PseudoTerminal:
    """Runs ``command`` in a terminal of ``columns`` by ``rows``; use as a context manager."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, environ: Mapping[str, str]
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(environ), close_fds=True,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._master, selectors.EVENT_READ)

    def __enter__(self) -> "PseudoTerminal":
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(15)
        self._selector.close()
        os.close(self._master)

    @property
    def text(self) -> str:
        """What the screen shows, a line a row, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def press(self, key: str) -> None:
        """Type a character, or a key by its name."""
        os.write(self._master, KEYS.get(key, key).encode())

    def wait_for(self, pattern: str, timeout_s: float = 40.0) -> re.Match[str]:
        """Read until ``pattern`` is on the screen; its match, or a failure that shows the screen."""
        return self._wait(lambda: re.search(pattern, self.text), f"/{pattern}/", timeout_s)

    def wait_until_gone(self, pattern: str, timeout_s: float = 40.0) -> None:
        """Read until ``pattern`` is no longer on the screen."""
        self._wait(lambda: not re.search(pattern, self.text) or None, f"no /{pattern}/", timeout_s)

    def exit_code(self, timeout_s: float = 20.0) -> int:
        """Read until the program has ended."""
        deadline = time.monotonic() + timeout_s
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"still running after {timeout_s} s:\n{self.text}")
            self._read(0.1)
        self._read(0)
        return self._process.returncode

    def _wait(self, found, wanted: str, timeout_s: float):  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + timeout_s
        while (result := found()) is None:
            has_ended = self._process.poll() is not None and not self._read(0)
            if has_ended or FAULT in self.text or time.monotonic() > deadline:
                ended = self._process.poll()
                raise AssertionError(f"{wanted} not seen (exit code {ended}):\n{self.text}")
            self._read(0.2)
        return result

    def _read(self, timeout_s: float) -> bool:
        if not self._selector.select(timeout_s):
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # Linux says EIO once the other side is closed
            return False
        self._stream.feed(data)
        return bool(data)
