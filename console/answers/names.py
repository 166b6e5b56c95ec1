"""The names that the store knows for the ids of apps and users."""

import sqlite3
from datetime import datetime

from console.analysis.attribution import KnownNames, known_names
from store import apps

__all__ = ["KnownNames", "names_in_store"]


def names_in_store(connection: sqlite3.Connection, as_of: datetime) -> KnownNames:
    """The names of apps and users as the newest inventory before ``as_of`` has them.

    An event that is older than the first inventory is named by that first one.
    """
    snapshot = apps.latest_snapshot(connection, as_of) or apps.first_snapshot(connection)
    return known_names(snapshot.apps if snapshot else (), apps.users(connection))
