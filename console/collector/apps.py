"""The inventory of apps: connected apps, External Client Apps, and those that are only tokens."""

from collections.abc import Callable, Iterable
from sqlite3 import Connection

from console.clock import Clock
from console.collector.continuity import start_of_hour
from console.salesforce.apps import read_inventory
from console.salesforce.rest import RestClient
from console.salesforce.types import AppFact
from store import apps, coverage
from store.records import AppKind, AppRecord, AppSnapshot, CoverageHour, CoverageState
from store.writer import Writer

APPS_SOURCE = "apps"
"""The name of the inventory in the coverage ledger."""


class AppsSource:
    """Reads the inventory and stores it as a snapshot of one moment.

    ``see_hidden`` is told each time which objects the org does not show.
    """

    def __init__(
        self,
        client: RestClient,
        writer: Writer,
        clock: Clock,
        see_hidden: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock
        self._see_hidden = see_hidden

    async def round(self) -> str:
        """One inventory; raises the room's `OrgError` or `StoreError`."""
        inventory = await read_inventory(self._client)
        self._see_hidden(inventory.not_visible)
        now = self._clock.now()
        snapshot = AppSnapshot(
            taken_at=now,
            apps=tuple(app_record(fact) for fact in inventory.apps),
            not_visible=inventory.not_visible,
        )
        hidden = ", ".join(sorted(inventory.not_visible))
        hour = CoverageHour(
            APPS_SOURCE,
            start_of_hour(now),
            CoverageState.PARTIAL if hidden else CoverageState.COMPLETE,
            len(snapshot.apps),
            f"not visible: {hidden}" if hidden else "",
            now,
        )

        def store(connection: Connection) -> None:
            apps.record_snapshot(connection, snapshot)
            coverage.record_hours(connection, [hour])

        await self._writer.write(store)
        return f"{len(snapshot.apps)} apps" + (f", not visible: {hidden}" if hidden else "")


def app_record(fact: AppFact) -> AppRecord:
    """The store's record of an app as the org's own facts name it."""
    return AppRecord(
        kind=AppKind(fact.kind.value),
        app_id=fact.app_id,
        name=fact.name,
        developer_name=fact.developer_name,
        consumer_id=fact.consumer_id,
        pre_authorized_only=fact.pre_authorized_only,
        enabled=fact.enabled,
        scopes=fact.scopes,
        refresh_token_policy=fact.refresh_token_policy,
        token_users=fact.token_users,
        token_uses=fact.token_uses,
        last_used_at=fact.last_used_at,
        created_at=fact.created_at,
        namespace=fact.namespace,
        evidence=fact.evidence,
    )
