"""The composition root: settings become a clock, a store, and the processes that fill it.

The console, the demonstration, the collector and the tests all come through here, so that there
is one answer to "what belongs to this org".
"""

import sqlite3
from datetime import datetime
from pathlib import Path

from console import paths
from console.clock import Clock, ScaledClock, SystemClock
from console.settings import OrgSettings
from store import console_state, contents

LOCAL_ALIAS = "local"
"""The alias of the store that holds files from disk when no org is configured."""


def clock_for(org: OrgSettings | None) -> Clock:
    """The org's clock: this machine's, or a simulated org's own."""
    if org is None or org.simulated_time is None:
        return SystemClock()
    simulated = org.simulated_time
    return ScaledClock(simulated.real_origin, simulated.org_origin, simulated.speed)


def store_file_for(alias: str, org: OrgSettings | None, override: Path | None) -> Path:
    """Where the store is: the option, else the setting, else the platform's data directory."""
    if override is not None:
        return override
    if org is not None and org.store_file is not None:
        return org.store_file
    return paths.default_store_file(alias)


def is_disk_only(connection: sqlite3.Connection) -> bool:
    """Whether no collector ever wrote to this store: it holds files from disk alone."""
    return console_state.heartbeat(connection) is None


def stored_span(connection: sqlite3.Connection) -> tuple[datetime, datetime] | None:
    """From the first to the last stored log row or event; None when there is none."""
    return contents.stored_span(connection)
