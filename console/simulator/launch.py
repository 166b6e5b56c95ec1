"""Starts a simulated org: in the running event loop for tests, or until a signal for a command.

This is the simulator's entry point and the one place of it that reads this machine's clock.
"""

import asyncio
import contextlib
import math
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from console.errors import ConfigurationError
from console.simulator.logs.quirks import LogQuirks
from console.simulator.oauth.tokens import TokenStore
from console.simulator.org.permissions import Permission
from console.simulator.scenarios import catalogue
from console.simulator.web.org_clock import OrgClock
from console.simulator.web.run_files import choose_directory, write_config, write_files
from console.simulator.web.server import OrgServer, bind, start
from console.simulator.web.wire import Wire, WireOptions
from console.simulator.world import HISTORY, EcaLogId, World, WorldOptions

FASTEST = 100_000.0
LONGEST_HISTORY = timedelta(days=31)


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
    scenario: str = catalogue.DEFAULT
    """The story that the org plays, one of `console.simulator.scenarios.catalogue`."""
    episode_at: timedelta | None = None
    """When the story's episode begins, from the start on; negative: before it. None: as the
    story has it."""
    scale: float = 1.0
    """By how much calls and the API pool are multiplied."""
    withheld: frozenset[Permission] = frozenset()
    """Permissions that orgwatch's user lacks from the start."""
    log_quirks: LogQuirks = field(default_factory=LogQuirks)
    eca_log_id: EcaLogId = "888"
    event_monitoring: bool = True
    wire: WireOptions = field(default_factory=WireOptions)


@dataclass(slots=True)
class RunningOrg:
    """A simulated org that listens. End it with `stop`."""

    announcement: dict[str, str]
    """The one line that ``orgwatch simulate`` prints, schema ``orgwatch/simulate/1``."""
    world: World
    clock: OrgClock
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

    Raises PortTaken, and ConfigurationError for a directory, a time, a speed or a scenario that
    will not do.
    """
    _check(options)
    with contextlib.ExitStack() as undo:
        listener = bind(options.port)
        undo.callback(listener.close)
        directory, is_private = choose_directory(options.directory)
        if is_private:
            undo.callback(shutil.rmtree, directory, ignore_errors=True)
        clock = _clock(options)
        world = await asyncio.to_thread(World, clock, _world_options(options))
        url = f"http://localhost:{listener.getsockname()[1]}"
        files = await asyncio.to_thread(write_files, url, world, clock, directory)
        clock.on_steered(partial(write_config, files.announcement, clock))
        wire = Wire(
            world=world,
            instance_url=url,
            app_keys={world.facts.console_app.consumer_key: files.credentials.public_key},
            options=options.wire,
            tokens=TokenStore(world.facts.org_id),
            clock=clock,
            real_now=_real_now,
        )
        server = await start(wire, listener)
        undo.pop_all()
    return RunningOrg(files.announcement, world, clock, server, directory, is_private)


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


def _real_now() -> datetime:
    return datetime.now(UTC)


def _clock(options: SimulateOptions) -> OrgClock:
    real_origin = _real_now()
    org_origin = real_origin if options.now is None else options.now.astimezone(UTC)
    return OrgClock(real_origin, org_origin, options.speed, _real_now)


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
    if not timedelta() <= options.history <= LONGEST_HISTORY:
        raise ConfigurationError(
            "The history has an impossible length",
            f"A simulated org reaches at most {LONGEST_HISTORY.days} days back.",
            "Write --history as 24h or 30d.",
        )
    catalogue.scenario_named(options.scenario)


def _world_options(options: SimulateOptions) -> WorldOptions:
    return WorldOptions(
        seed=options.seed,
        history=options.history,
        scenario=options.scenario,
        episode_at=options.episode_at,
        scale=options.scale,
        withheld=options.withheld,
        log_quirks=options.log_quirks,
        eca_log_id=options.eca_log_id,
        event_monitoring=options.event_monitoring,
    )
