"""What the console was started with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from console.answers.health import heartbeat_grace
from console.answers.moment import Moment
from console.clock import Clock
from console.settings import IntegrationSettings


class Companion(Protocol):
    """A process that the console's starter runs beside it: the collector, or the simulated org.

    Whoever started it stops it after the console has returned.
    """

    def failure(self) -> str | None:
        """Its last sentences when it has ended by itself, else None. Must not block."""
        ...


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """One org's store, the clock to look at it by, and what was configured."""

    store_file: Path
    clock: Clock
    alias: str
    integrations: tuple[IntegrationSettings, ...] = ()
    own_calls_fraction: float = 0.01
    as_of: datetime | None = None
    """A moment to look from instead of now."""
    since: datetime | None = None
    """Where the window begins; None looks back a day, as the pool's own count does."""
    collector: Companion | None = None
    """None when another process fills the store, or nothing does."""
    title_note: str = ""
    """What to say beside the org's name, e.g. ``simulated``."""

    def heartbeat_grace(self) -> timedelta:
        """How old the collector's heartbeat may be: a real minute, in the org's time."""
        return heartbeat_grace(self.clock)

    def moment(self) -> Moment:
        """The rolling day that the screens look at now, or the window that was asked for."""
        as_of = self.as_of or self.clock.now()
        if self.since is None:
            return Moment.rolling(as_of)
        return Moment(as_of=as_of, since=self.since, until=as_of)
