"""Brings a store to the newest schema: each step once, in a transaction of its own."""

import sqlite3
from collections.abc import Callable

from sqlite_utils import Database, Migrations

from store.schema import MIGRATION_SET, STEPS

migrations = Migrations(MIGRATION_SET)


def _step(statements: tuple[str, ...]) -> Callable[[Database], None]:
    def run(database: Database) -> None:
        for statement in statements:
            database.conn.execute(statement)

    return run


for _name, _statements in STEPS:
    migrations(name=_name)(_step(_statements))


def migrate(connection: sqlite3.Connection) -> None:
    """Run the steps that this store lacks; ``connection`` must be outside a transaction."""
    migrations.apply(Database(connection))
