"""The console's own login as the status line shows it, without the token."""

from console.collector.latest import Latest
from console.salesforce.types import LoginObservation
from store import console_state
from store.records import LoginState
from store.writer import Writer


class LoginRecorder:
    """Stores what the token keeper observes; `see` fits its ``on_observation``."""

    def __init__(self) -> None:
        self._newest: Latest[LoginObservation] = Latest()

    def see(self, observation: LoginObservation) -> None:
        """The token keeper asked, was answered, or was refused."""
        self._newest.put(observation)

    async def flush(self, writer: Writer) -> None:
        """Store what was seen and is not stored yet."""
        observation = self._newest.take_now()
        if observation is not None:
            await self._store(writer, observation)

    async def run(self, writer: Writer) -> None:
        """Store for ever."""
        while True:
            await self._store(writer, await self._newest.take())

    async def _store(self, writer: Writer, seen: LoginObservation) -> None:
        state = LoginState(
            username=seen.username,
            last_request_at=seen.last_request_at,
            obtained_at=seen.obtained_at,
            expires_at=seen.expires_at,
            expiry_source=seen.expiry_source,
            error=seen.error,
        )
        await writer.write(lambda connection: console_state.record_login(connection, state))
