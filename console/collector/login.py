"""The console's own login as the status line shows it, without the token."""

from collections.abc import Callable

from console.collector.latest import Latest
from console.salesforce.types import LoginObservation
from store import console_state
from store.records import LoginState
from store.writer import Writer


class LoginRecorder:
    """Stores what the token keeper observes; `see` fits its ``on_observation``.

    ``tell`` is given the sentences about a wrong clock of this machine, once.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = False
        self._newest: Latest[LoginObservation] = Latest()

    def see(self, observation: LoginObservation) -> None:
        """The token keeper asked, was answered, or was refused."""
        self._newest.put(observation)
        if observation.clock_skew_s and not self._told:
            self._told = True
            self._tell(_about_the_clock(observation.clock_skew_s))

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
            clock_skew_s=seen.clock_skew_s,
        )
        await writer.write(lambda connection: console_state.record_login(connection, state))


def _about_the_clock(skew_s: float) -> str:
    minutes = f"{abs(skew_s) / 60:,.0f} min"
    direction = "behind" if skew_s > 0 else "ahead of"
    return (
        f"This machine's clock is {minutes} {direction} the org's\n"
        "  The login succeeded all the same; what is collected is dated by this machine's clock.\n"
        "  What to do: set this machine's clock (NTP)."
    )
