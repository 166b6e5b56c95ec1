"""The simulated org's HTTP server: its routes, its start and its end.

It listens on 127.0.0.1 and is addressed as ``localhost``, because cookie jars ignore cookies from
bare addresses.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from functools import partial

from aiohttp import web

from console.errors import ConfigurationError, PortTaken
from console.simulator.cometd.exchange import BOOK
from console.simulator.cometd.session import SessionBook
from console.simulator.faults.acts import cause
from console.simulator.faults.frame import fault_frame, spoil_headers
from console.simulator.faults.script import FaultScript
from console.simulator.faults.transport import FaultySite
from console.simulator.metadata.soap_metadata import METADATA, metadata_sources
from console.simulator.web.control import STOP, TICK
from console.simulator.web.frame import (
    MOST_URI_CHARACTERS,
    org_frame,
    put_headers,
    rest_frame,
)
from console.simulator.web.routes import add_routes
from console.simulator.web.wire import WIRE, Wire

ADDRESS = "127.0.0.1"
HIGHEST_PORT = 65_535

_TICK_S = 0.2
_LONGEST_GOODBYE_S = 0.5
_LONGEST_LINE = 2 * MOST_URI_CHARACTERS


def bind(port: int) -> socket.socket:
    """A listening socket on loopback; 0 takes any free port.

    Raises PortTaken, or ConfigurationError for a number that no port has.
    """
    if not 0 <= port <= HIGHEST_PORT:
        raise ConfigurationError(
            f"There is no port {port}",
            f"Ports go from 1 to {HIGHEST_PORT}; 0 takes any free one.",
            "Choose another with --port.",
        )
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise PortTaken(
            f"Port {port} is {'taken' if taken else 'not available'}",
            "Another program listens there."
            if taken
            else "The system does not let this user listen there.",
            "Choose another with --port, or leave it out and take any free one.",
            str(error),
        ) from None


async def start(wire: Wire, listener: socket.socket) -> "OrgServer":
    """Serve ``wire``'s org on ``listener`` until `OrgServer.stop`."""
    book = SessionBook(
        wire.options.session_idle_s, wire.options.streaming, asyncio.get_running_loop().time
    )
    stop_asked = asyncio.Event()
    app = web.Application(middlewares=[org_frame, fault_frame, rest_frame])
    app[WIRE], app[BOOK], app[STOP] = wire, book, stop_asked
    app[METADATA] = metadata_sources(wire)
    app.on_response_prepare.extend((put_headers, spoil_headers))
    add_routes(app.router)
    script = _script(app, wire)
    app[TICK] = partial(_move_on, wire, script)
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=_LONGEST_GOODBYE_S,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    await runner.setup()
    await FaultySite(runner, listener).start()
    return OrgServer(wire, runner, book, stop_asked, app[TICK])


def _script(app: web.Application, wire: Wire) -> FaultScript:
    """The faults of the org's story, which begin with its episode."""
    world = wire.world
    documents = [(fault.after, fault.document) for fault in world.scenario.faults]
    return FaultScript(documents, world.episode_began_at, world.now(), partial(cause, app))


def _move_on(wire: Wire, script: FaultScript) -> None:
    """Let happen what is due by now."""
    wire.world.advance()
    script.play_until(wire.world.now())


class OrgServer:
    """One simulated org that listens. Made by `start`."""

    def __init__(
        self,
        wire: Wire,
        runner: web.AppRunner,
        book: SessionBook,
        stop_asked: asyncio.Event,
        move_on: Callable[[], None],
    ) -> None:
        self._move_on = move_on
        self._wire = wire
        self._runner = runner
        self._book = book
        self._stop_asked = stop_asked
        self._unsubscribe = wire.world.subscribe_listener(book.wake_all)
        wire.tokens.on_revoked(book.wake_all)
        self._ticker = asyncio.create_task(self._tick())

    async def finished(self) -> None:
        """Wait until somebody asks to stop, or raise what broke the world's clockwork."""
        asked = asyncio.create_task(self._stop_asked.wait())
        await asyncio.wait({asked, self._ticker}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if self._ticker.done():
            self._ticker.result()

    def ask_to_stop(self) -> None:
        """Let `finished` return; a signal handler of the event loop may call it."""
        self._stop_asked.set()

    async def stop(self) -> None:
        """Answer held connects, close every connection and give the port back."""
        self._ticker.cancel()
        self._unsubscribe()
        self._book.is_closing = True
        self._book.wake_all()
        await self._runner.cleanup()

    async def _tick(self) -> None:
        """Let the world move on while nobody asks, so that events reach held connects."""
        while True:
            self._move_on()
            await asyncio.sleep(_TICK_S)
