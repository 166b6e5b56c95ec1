"""Starts a simulated org: in the running event loop for tests, or until a signal for a command.

This is the simulator's entry point and the one place of it that reads this machine's clock.
"""

import asyncio
import contextlib
import math
import shutil
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.clock import ScaledClock
from console.errors import ConfigurationError
from console.simulator.config_text import MARK, SimulatedClock, config_text
from console.simulator.credentials import Credentials, make_credentials, write_private
from console.simulator.oauth_assertion import AUDIENCES
from console.simulator.server import OrgServer, bind, start
from console.simulator.tokens import TokenStore
from console.simulator.wire import NEWEST_VERSION, Wire, WireOptions
from console.simulator.world import HISTORY, EcaLogId, World, WorldOptions

CONFIG_FILE = "config.toml"
STORE_FILE = "acme.db"
FASTEST = 100_000.0

_PRIVATE_DIRECTORY = 0o700


@dataclass(frozen=True, slots=True)
class SimulateOptions:
    """What ``orgwatch simulate`` can be told."""

    port: int = 0
    """0 takes any free port."""
    seed: int = 7
    speed: float = 1.0
    """How many seconds pass in the org while one passes here; 0 freezes its clock."""
    now: datetime | None = None
    """The org's time at the start, with its offset; None starts at this machine's time."""
    history: timedelta = HISTORY
    """How far back streamed events and hourly log files reach at the start."""
    directory: Path | None = None
    """Where key, certificate and settings go; None takes a new private one, removed at the end."""
    eca_log_id: EcaLogId = "888"
    event_monitoring: bool = True
    wire: WireOptions = field(default_factory=WireOptions)


@dataclass(slots=True)
class RunningOrg:
    """A simulated org that listens. End it with `stop`."""

    announcement: dict[str, str]
    """The one line that ``orgwatch simulate`` prints, schema ``orgwatch/simulate/1``."""
    world: World
    clock: ScaledClock
    server: OrgServer
    directory: Path
    is_private_directory: bool

    async def finished(self) -> None:
        """Wait until the control endpoint or a signal asks to stop."""
        await self.server.finished()

    async def stop(self) -> None:
        """Stop listening and remove a directory that was made for this run."""
        await self.server.stop()
        if self.is_private_directory:
            shutil.rmtree(self.directory, ignore_errors=True)


async def serve(options: SimulateOptions) -> RunningOrg:
    """Start a simulated org in the running event loop.

    Raises PortTaken, and ConfigurationError for a directory, a time or a speed that will not do.
    """
    _check(options)
    with contextlib.ExitStack() as undo:
        listener = bind(options.port)
        undo.callback(listener.close)
        directory, is_private = _directory(options.directory)
        if is_private:
            undo.callback(shutil.rmtree, directory, ignore_errors=True)
        real_origin = datetime.now(UTC)
        org_origin = real_origin if options.now is None else options.now.astimezone(UTC)
        clock = ScaledClock(real_origin, org_origin, options.speed)
        world = await asyncio.to_thread(World, clock, _world_options(options))
        url = f"http://localhost:{listener.getsockname()[1]}"
        credentials, announcement = await asyncio.to_thread(_files, url, world, clock, directory)
        wire = Wire(
            world=world,
            instance_url=url,
            app_keys={world.facts.console_app.consumer_key: credentials.public_key},
            options=options.wire,
            tokens=TokenStore(world.facts.org_id),
        )
        server = await start(wire, listener)
        undo.pop_all()
    return RunningOrg(announcement, world, clock, server, directory, is_private)


def run(options: SimulateOptions, announce: Callable[[dict[str, str]], None]) -> None:
    """Serve a simulated org until SIGTERM, SIGINT or its control endpoint ends it.

    ``announce`` is called once, with the announcement, when the org listens. Raises what `serve`
    raises.
    """
    asyncio.run(_run(options, announce))


async def _run(options: SimulateOptions, announce: Callable[[dict[str, str]], None]) -> None:
    org = await serve(options)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, org.server.ask_to_stop)
    try:
        announce(org.announcement)
        await org.finished()
    finally:
        await org.stop()


def _check(options: SimulateOptions) -> None:
    if not (math.isfinite(options.speed) and 0 <= options.speed <= FASTEST):
        raise ConfigurationError(
            f"A speed of {options.speed:g} is not possible",
            "The simulated org's clock can stand still or run faster than real time.",
            f"Give --speed a number from 0 to {FASTEST:g}.",
        )
    if options.now is not None and options.now.tzinfo is None:
        raise ConfigurationError(
            "The org's time lacks its offset",
            "Without an offset it is not clear which moment is meant.",
            "Write --now as 2026-03-11T09:30:00Z.",
        )


def _directory(wished: Path | None) -> tuple[Path, bool]:
    """Where the run's files go, and whether the directory was made for this run alone."""
    if wished is None:
        return Path(tempfile.mkdtemp(prefix="orgwatch-sim-")), True
    directory = wished.expanduser().absolute()
    config_file = directory / CONFIG_FILE
    try:
        directory.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        is_foreign = config_file.exists() and not config_file.read_text("utf-8").startswith(MARK)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(directory, error) from None
    if is_foreign:
        raise ConfigurationError(
            f"{config_file} was not written by orgwatch simulate",
            "It may be your own settings file, so it is left alone.",
            "Give --dir another directory, or leave it out.",
        )
    return directory, False


def _world_options(options: SimulateOptions) -> WorldOptions:
    return WorldOptions(
        seed=options.seed,
        history=options.history,
        eca_log_id=options.eca_log_id,
        event_monitoring=options.event_monitoring,
    )


def _files(
    url: str, world: World, clock: ScaledClock, directory: Path
) -> tuple[Credentials, dict[str, str]]:
    """Key, certificate and settings file; raises ConfigurationError when they cannot be written."""
    try:
        credentials = make_credentials(directory, clock.org_origin)
        announcement = _announcement(url, world, credentials, directory / CONFIG_FILE)
        _write_config(announcement, clock, directory)
    except OSError as error:
        raise _unusable(directory, error) from None
    return credentials, announcement


def _unusable(directory: Path, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"{directory} cannot be used for the simulated org's files",
        "Its key, certificate and settings file have to be written there.",
        "Give --dir a directory that you may write to, or leave it out.",
        str(error),
    )


def _announcement(
    url: str, world: World, credentials: Credentials, config_file: Path
) -> dict[str, str]:
    return {
        "schema": "orgwatch/simulate/1",
        "instance_url": url,
        "login_url": url,
        "audience": AUDIENCES[0],
        "consumer_key": world.facts.console_app.consumer_key,
        "username": world.facts.console_user.username,
        "private_key_file": str(credentials.private_key_file),
        "certificate_file": str(credentials.certificate_file),
        "api_version": f"{NEWEST_VERSION}.0",
        "control_url": f"{url}/__sim__",
        "config_file": str(config_file),
    }


def _write_config(announcement: dict[str, str], clock: ScaledClock, directory: Path) -> None:
    names = ("instance_url", "login_url", "audience", "consumer_key", "username")
    settings = {name: announcement[name] for name in names}
    settings["private_key_file"] = announcement["private_key_file"]
    settings["certificate_file"] = announcement["certificate_file"]
    settings["stream_start"] = "retained"
    settings["store_file"] = str(directory / STORE_FILE)
    text = config_text(settings, SimulatedClock(clock.real_origin, clock.org_origin, clock.speed))
    write_private(directory / CONFIG_FILE, text.encode())
