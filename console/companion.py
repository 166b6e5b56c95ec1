"""Another orgwatch process beside this one: the collector, or the simulated org.

A process of its own keeps the screen's event loop and interpreter lock free while logs come in.
It ends with its parent: its standard input is a pipe that closes when the parent goes, however
that happens.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import IO

_MOST_ERROR_BYTES = 16_384


class Companion:
    """A child process that runs one orgwatch command.

    ``arguments`` are those of the command line, e.g. ``("collect", "--org", "prod")``. What the
    child writes to stderr is kept for `failure`; ``stdout`` is readable when asked for.
    """

    def __init__(self, arguments: Sequence[str], *, read_stdout: bool = False) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        # -P keeps the working directory off the module path: a file named console.py there
        # must not take the place of ours.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and package
            [sys.executable, "-P", "-m", "console", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if read_stdout else subprocess.DEVNULL,
            stderr=self._errors,
            start_new_session=True,
        )

    def __enter__(self) -> "Companion":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """What it left with; None while it runs."""
        return self._process.poll()

    def first_line(self, timeout_s: float) -> str | None:
        """The first line of its stdout, or None when it ended or said nothing in time."""
        import selectors

        stdout = self._process.stdout
        if stdout is None:
            return None
        deadline = time.monotonic() + timeout_s
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    return None
                read = stdout.read1(65_536)  # type: ignore[attr-defined]
                if not read:
                    return None
                line += read
        return line.decode("utf-8", "replace")

    def failure(self) -> str | None:
        """Its last sentences when it has ended by a failure, else None."""
        code = self.exit_code
        if code is None or code == 0:
            return None
        return self.said() or f"the {self._process.args!r} process ended with code {code}"

    def said(self) -> str:
        """The end of what it wrote to stderr."""
        size = self._errors.seek(0, 2)
        self._errors.seek(max(size - _MOST_ERROR_BYTES, 0))
        return self._errors.read().decode("utf-8", "replace").strip()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Ask it to finish; after ``timeout_s`` seconds it is ended without asking."""
        if self.running:
            self._process.terminate()
            if self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout_s)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._errors.close()


def end_with_parent(on_end: Callable[[], None]) -> None:
    """Call ``on_end`` from a thread of its own once this process's stdin reaches its end."""
    import threading

    def wait() -> None:
        # Not through sys.stdin: a thread inside its buffer's lock makes the interpreter's own
        # end a fatal error.
        with contextlib.suppress(OSError, ValueError):
            while os.read(sys.stdin.fileno(), 1):
                pass
        on_end()

    threading.Thread(target=wait, name="parent watch", daemon=True).start()
