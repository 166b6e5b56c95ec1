"""Work that may hang, waited for so long and no longer.

A keyring that waits for a person, a name server that does not answer and a store on a disk that
is gone all block the thread that asked. Here such a thread is left behind: it ends with the
process and keeps nobody waiting.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def within(limit_s: float, work: Callable[[], _Result]) -> _Result:
    """What ``work`` gives or raises; `TimeoutError` when it takes more real seconds than that."""
    return _begun(work).result(limit_s)


def _begun(work: Callable[[], _Result]) -> "Future[_Result]":
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as problem:  # noqa: BLE001 - handed to whoever waits
            future.set_exception(problem)

    threading.Thread(target=run, name="may hang", daemon=True).start()
    return future


class PatientLoop(asyncio.SelectorEventLoop):
    """An event loop that can be closed while the system still looks up a name.

    asyncio's own look-ups run in threads that the end of the program waits for, half a minute
    where no name server answers.
    """

    async def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """As `socket.getaddrinfo`, in a thread that nobody has to wait for."""
        found = self.create_future()

        def tell(looked_up: "Future[Any]") -> None:
            with contextlib.suppress(RuntimeError):  # The loop was closed meanwhile.
                self.call_soon_threadsafe(_settle, found, looked_up)

        _begun(
            lambda: socket.getaddrinfo(host, port, family, type, proto, flags)
        ).add_done_callback(tell)
        result: list[Any] = await found
        return result


def _settle(found: "asyncio.Future[Any]", looked_up: "Future[Any]") -> None:
    if found.cancelled():
        return
    problem = looked_up.exception()
    if problem is not None:
        found.set_exception(problem)
    else:
        found.set_result(looked_up.result())
