"""The org's users, for names where logs and events carry only ids."""

from console.clock import Clock
from console.salesforce.rest import RestClient
from console.salesforce.users import read_users
from store import apps
from store.records import UserRecord
from store.writer import Writer


class UsersSource:
    """Reads users and stores what names them."""

    def __init__(self, client: RestClient, writer: Writer, clock: Clock) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock

    async def round(self) -> str:
        """One reading; raises the room's `OrgError` or `StoreError`."""
        facts = await read_users(self._client)
        now = self._clock.now()
        users = [
            UserRecord(
                user_id=fact.user_id,
                username=fact.username,
                name=fact.name,
                is_active=fact.is_active,
                profile=fact.profile,
                user_type=fact.user_type,
            )
            for fact in facts
        ]
        await self._writer.write(lambda connection: apps.record_users(connection, users, now))
        return f"{len(users)} users"
