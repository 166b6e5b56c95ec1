"""Whether the org can be reached, lets us in, and what it lets us read.

Only the process that holds the store logs in: where a collector is running, its login and its
findings are shown instead, so that looking twice never costs a second login.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

from console.answers.sources import SourcesAnswer, answer_sources
from console.clock import Clock
from console.collector.access import AccessSource
from console.collector.login import LoginRecorder
from console.collector.own_calls import OwnCallTally
from console.doctor.check import LOGIN, ORG, Check, Result, fault_from
from console.doctor.login import check_stored_login, granted
from console.errors import LoginRefused, OrgwatchError
from console.salesforce.http import make_http_client
from console.salesforce.login import TokenKeeper
from console.salesforce.org import read_org
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import LoginKeys
from console.salesforce.types import LimitHeader, LoginObservation
from console.settings import OrgSettings
from store import console_state
from store.database import is_present, open_reader
from store.errors import StoreError
from store.records import LoginState
from store.writer import Writer, open_writer

ORG_S = 11.0
"""Everything that the org is asked takes at most this long, in real seconds."""

_NOTHING = SourcesAnswer(None, None, (), (), ())


@dataclass(slots=True)
class OrgFindings:
    """What was found out so far; grows while the org answers."""

    checks: list[Check]
    sources: SourcesAnswer = _NOTHING
    said_when: str = ""
    """How old ``sources`` is, in words to put behind an evidence; empty when just asked."""


async def check_org(
    org: OrgSettings, keys: LoginKeys, store_file: Path, clock: Clock
) -> OrgFindings:
    """Ask the org everything, within `ORG_S`."""
    found = OrgFindings([])
    try:
        async with asyncio.timeout(ORG_S), AsyncExitStack() as stack:
            await _Visit(org, keys, store_file, clock, found).make(stack)
    except TimeoutError:
        found.checks.append(
            Check(
                "org.time", ORG, "Time", Result.UNKNOWN,
                f"the org had not answered everything after {ORG_S:g} s",
                "Run it again; where it stays so, see the network and status.salesforce.com.",
            )
        )  # fmt: skip
    return found


def check_beside_collector(store_file: Path, now: datetime) -> OrgFindings:
    """What the running collector found; raises `StoreError`."""
    with open_reader(store_file) as reader:
        state = console_state.login(reader.connection)
        sources = answer_sources(reader.connection, now)
    found = OrgFindings(check_stored_login(state, now), sources)
    if sources.taken_at is not None:
        found.said_when = f" (asked {sources.taken_at:%Y-%m-%d %H:%M} UTC)"
    return found


class _Visit:
    """One visit to the org, recorded in the store where it can be opened."""

    def __init__(
        self,
        org: OrgSettings,
        keys: LoginKeys,
        store_file: Path,
        clock: Clock,
        found: OrgFindings,
    ) -> None:
        self._org = org
        self._keys = keys
        self._store_file = store_file
        self._clock = clock
        self._found = found
        self._told: list[str] = []
        self._pool: LimitHeader | None = None

    async def make(self, stack: AsyncExitStack) -> None:
        """Reach, log in, read; stops at the first that fails."""
        try:
            http = make_http_client(self._org)
        except OrgwatchError as error:
            self._note(fault_from("org.reach", LOGIN, "Network", error))
            return
        stack.push_async_callback(http.aclose)
        writer = await self._open(stack)
        recorder, tally = LoginRecorder(self._told.append), OwnCallTally(self._clock)
        stored = await _stored_login(writer) if writer is not None else None
        past = recorder.prepare(self._org, self._keys, stored, self._clock.now())
        tokens = TokenKeeper(self._org, http, self._clock, self._keys, recorder.see, _at_once(past))
        stack.push_async_callback(tokens.close)
        client = RestClient(self._org, tokens, http, self._clock, self._see, tally.count)
        try:
            if await self._reached(client) and await self._logged_in(tokens):
                await self._read(client, writer)
        finally:
            if writer is not None:
                await recorder.flush(writer)
                await tally.flush(writer)

    async def _open(self, stack: AsyncExitStack) -> Writer | None:
        """The store, for the ledger of logins; its faults are told by the store's own checks."""
        try:
            if not is_present(self._store_file):
                return None
            writer = await asyncio.to_thread(open_writer, self._store_file)
        except StoreError:
            return None
        stack.push_async_callback(asyncio.to_thread, writer.close)
        return writer

    def _see(self, pool: LimitHeader) -> None:
        self._pool = pool

    def _note(self, *checks: Check) -> None:
        self._found.checks.extend(checks)

    async def _reached(self, client: RestClient) -> bool:
        try:
            version = await client.api_version()
        except LoginRefused as error:
            said = f"{self._org.login_url} answers"
            self._note(Check("org.reach", LOGIN, "Network", Result.OK, said))
            self._note(fault_from("login", LOGIN, "Login", error))
            return False
        except OrgwatchError as error:
            self._note(fault_from("org.reach", LOGIN, "Network", error))
            return False
        said = f"{self._org.instance_url} answers; API version {version} is used"
        self._note(Check("org.reach", LOGIN, "Network", Result.OK, said))
        return True

    async def _logged_in(self, tokens: TokenKeeper) -> bool:
        try:
            token = await tokens.token()
        except OrgwatchError as error:
            self._note(fault_from("login", LOGIN, "Login", error))
            return False
        self._note(granted(token, self._clock.now()))
        self._note(*(Check("login.clock", LOGIN, "Clock", Result.FAULT, *_split(told))
                     for told in self._told))  # fmt: skip
        return True

    async def _read(self, client: RestClient, writer: Writer | None) -> None:
        try:
            await self._read_org(client, writer)
            await self._read_sources(client, writer)
        except OrgwatchError as error:
            self._note(fault_from("org.answers", ORG, "Answers", error))
        self._note(*self._about_pool())

    async def _read_org(self, client: RestClient, writer: Writer | None) -> None:
        facts = await read_org(client)
        kind = {True: "sandbox", False: "production", None: "kind unknown"}[facts.is_sandbox]
        said = f"{facts.name or facts.org_id}, {facts.edition or 'edition unknown'}, {kind}"
        self._note(Check("org.identity", ORG, "Org", Result.OK, said))
        stored = await _stored_org_id(writer) if writer is not None else None
        if stored is not None and stored[:15] != facts.org_id[:15]:
            self._note(
                Check(
                    "store.org", ORG, "Store", Result.FAULT,
                    f"the store {self._store_file} holds another org: {stored}",
                    "Name another store with --store or store_file.",
                )
            )  # fmt: skip

    async def _read_sources(self, client: RestClient, writer: Writer | None) -> None:
        source = AccessSource(
            client, self._clock, self._org.username, self._org.stream_channels, writer
        )
        probe = await source.probed()
        self._found.sources = SourcesAnswer(
            probe.taken_at, probe.username, probe.sources, probe.permissions, probe.licences
        )

    def _about_pool(self) -> Iterator[Check]:
        if self._pool is None:
            return
        used, most = self._pool.used_calls, self._pool.max_calls
        share = used / most if most else 1.0
        said = f"{used:,} of {most:,} calls used in 24 h ({share:.0%})"
        result = Result.FAULT if share >= 1 else Result.OK
        step = "See who used them on the Integrations screen." if share >= 1 else ""
        yield Check("org.pool", ORG, "API pool", result, said, step)


async def _stored_login(writer: Writer) -> LoginState | None:
    def read(connection: Connection) -> LoginState | None:
        return console_state.login(connection)

    return await writer.write(read)


def _at_once(past: LoginObservation | None) -> LoginObservation | None:
    """The past without the wait after a refusal: a person who asks is answered.

    The pause between two processes' requests still holds, so that even a loop around the doctor
    stays far below the 3,600 logins an hour that a user has.
    """
    return None if past is None else replace(past, next_attempt_at=None)


async def _stored_org_id(writer: Writer) -> str | None:
    def read(connection: Connection) -> str | None:
        identity = console_state.identity(connection)
        return None if identity is None else identity.org_id

    return await writer.write(read)


def _split(told: str) -> tuple[str, str]:
    """A collector's sentences as evidence and next step."""
    evidence, _, step = told.replace("\n", " ").partition("What to do: ")
    return " ".join(evidence.split()), step


def is_collecting(store_file: Path, now: datetime, grace: timedelta) -> bool:
    """Whether a collector gave a sign of life on this store within ``grace``."""
    try:
        with open_reader(store_file) as reader:
            beat = console_state.heartbeat(reader.connection)
    except StoreError:
        return False
    return beat is not None and now - beat <= grace
