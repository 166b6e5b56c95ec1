"""The console's own login as the store keeps it: shown, remembered after a restart, no token."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

from console import paths
from console.collector.first_login import FirstLoginMemory
from console.collector.latest import Latest
from console.errors import ConfigurationError
from console.salesforce.certificate import certificate_warning, read_certificate
from console.salesforce.signing_keys import LoginKeys, login_fingerprint
from console.salesforce.types import LoginObservation
from console.settings import OrgSettings
from store import console_state
from store.records import LoginState
from store.writer import Writer


class LoginRecorder:
    """Stores what the token keeper observes; `see` fits its ``on_observation``.

    ``tell`` is given the sentences about a wrong clock of this machine, once, and about every
    change from one key to the other.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = False
        self._key_in_use: str | None = None
        self._certificate_until: datetime | None = None
        self._before_store: FirstLoginMemory | None = None
        self._has_store = False
        self._newest: Latest[LoginObservation] = Latest()

    def prepare(
        self, settings: OrgSettings, keys: LoginKeys, past: LoginState | None, now: datetime
    ) -> LoginObservation | None:
        """Look at the certificates, and give the token keeper what an earlier process knew.

        ``past`` is what the store holds; None while there is no store. Where a file holds
        something newer of this very configuration, that is it.
        """
        self._key_in_use = past.key_in_use if past is not None else None
        self._has_store = past is not None
        self._certificate_until = certificates(settings, keys, now, self._tell)
        fingerprint = login_fingerprint(settings, keys)
        self._before_store = FirstLoginMemory(paths.refused_logins(), fingerprint)
        stored, filed = remembered(past), self._before_store.read(now)
        if stored is None or filed is None:
            return filed or stored
        return filed if _is_newer(filed, stored) or stored.fingerprint != fingerprint else stored

    def see(self, observation: LoginObservation) -> None:
        """The token keeper asked, was answered, or was refused."""
        self._newest.put(observation)
        if not self._has_store and self._before_store is not None:
            self._before_store.write(observation)
        if observation.clock_skew_s and not self._told:
            self._told = True
            self._tell(about_the_clock(observation.clock_skew_s))
        if observation.key_in_use is not None:
            before, self._key_in_use = self._key_in_use, observation.key_in_use
            if observation.key_switched_at is not None and before != observation.key_in_use:
                self._tell(about_the_key(observation))

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
        state = as_state(seen, self._certificate_until)
        await writer.write(lambda connection: console_state.record_login(connection, state))
        if not self._has_store and self._before_store is not None:
            self._has_store = True
            self._before_store.forget()


def as_state(seen: LoginObservation, certificate_until: datetime | None = None) -> LoginState:
    """What the token keeper observed, as the store keeps it."""
    observed = {field.name: getattr(seen, field.name) for field in fields(seen)}
    return LoginState(**observed, certificate_until=certificate_until)


def remembered(state: LoginState | None) -> LoginObservation | None:
    """What an earlier process stored, for the token keeper of this one."""
    if state is None:
        return None
    return LoginObservation(
        **{field.name: getattr(state, field.name) for field in fields(LoginObservation)}
    )


def certificates(
    settings: OrgSettings, keys: LoginKeys, now: datetime, tell: Callable[[str], None]
) -> datetime | None:
    """When the first of the configured certificates ends; tells what is wrong with any of them.

    A certificate that cannot be read is told as well and stops nothing: the login needs the key
    alone.
    """
    ends = []
    pairs = [(settings.certificate_file, keys.first)]
    if keys.next is not None:
        pairs.append((settings.certificate_file_next, keys.next))
    for path, credential in pairs:
        if path is None:
            continue
        try:
            facts = read_certificate(path, credential.key)
        except ConfigurationError as fault:
            tell(f"{fault.title}\n  {fault.meaning}\n  What to do: {fault.next_step}")
            continue
        ends.append(facts.not_after)
        warning = certificate_warning(facts, now)
        if warning is not None:
            tell(warning)
    return min(ends, default=None)


def _is_newer(one: LoginObservation, other: LoginObservation) -> bool:
    if one.last_request_at is None or other.last_request_at is None:
        return other.last_request_at is None
    return one.last_request_at > other.last_request_at


def about_the_key(seen: LoginObservation) -> str:
    """The sentences for a change from one key to the other."""
    was, now = ("first", "next") if seen.key_in_use == "next" else ("next", "first")
    step = (
        "make the next key the first one in the settings (private_key_file, consumer_key), and "
        "remove the old one"
        if now == "next"
        else "check whose certificate the app holds"
    )
    return (
        f"The org refused the {was} key and accepted the {now} one\n"
        f"  Logins go on with the {now} key; the {was} one is tried again only when that is "
        "refused.\n"
        f"  What to do: {step}."
    )


def about_the_clock(skew_s: float) -> str:
    """The sentences for a clock that is off by ``skew_s``, the org's time minus this machine's."""
    minutes = f"{abs(skew_s) / 60:,.0f} min"
    direction = "behind" if skew_s > 0 else "ahead of"
    return (
        f"This machine's clock is {minutes} {direction} the org's\n"
        "  The login succeeded all the same; what is collected is dated by this machine's clock.\n"
        "  What to do: set this machine's clock (NTP)."
    )
