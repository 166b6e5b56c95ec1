"""Whether the org can be reached, lets us in, and what it lets us read.

Only the process that holds the store logs in: where a collector is running, its login and its
findings are shown instead, so that looking twice never costs a second login. The store is held for
the login and for writing down what was found, not while the org is asked: a collector that starts
meanwhile is not kept out.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from console import paths
from console.answers.sources import SourcesAnswer, answer_sources
from console.clock import Clock
from console.collector.access import AccessSource
from console.collector.first_login import FirstLoginMemory
from console.collector.login import LoginRecorder, as_state
from console.collector.org import identity_of_login
from console.collector.own_calls import OwnCallTally
from console.doctor.check import LOGIN, ORG, Check, Result, fault_from
from console.doctor.deadline import PatientLoop
from console.doctor.login import about_login, check_stored_login, granted, put_off
from console.errors import LoginRefused, OrgwatchError
from console.salesforce.deadlines import Deadlines
from console.salesforce.http import make_http_client
from console.salesforce.login import TokenKeeper
from console.salesforce.login_pace import LoginPace
from console.salesforce.org import read_org
from console.salesforce.rest import RestClient
from console.salesforce.signing_keys import LoginKeys, login_fingerprint
from console.salesforce.types import AccessToken, LimitHeader, LoginObservation
from console.settings import OrgSettings
from store import console_state, source_access
from store.access_records import AccessProbe
from store.database import is_present, open_reader
from store.errors import StoreBusy, StoreError
from store.records import LoginState
from store.writer import Writer, open_writer

ORG_S = 8.0
"""Everything that the org is asked takes at most this long, in real seconds."""

_DEADLINES = Deadlines(connect_s=4.0, read_s=6.0, whole_s=7.0, login_s=6.0)
"""Shorter than the collector's, so that each failure is said by its own cause before `ORG_S`."""
_MOST_WAIT = timedelta(seconds=2)
"""Logins are spaced; a doctor that would have to wait longer tells of the last one instead."""
_NOTHING = SourcesAnswer(None, None, (), (), ())


@dataclass(slots=True)
class OrgFindings:
    """What was found out so far; grows while the org answers."""

    checks: list[Check]
    sources: SourcesAnswer = _NOTHING
    asked_before: str = ""
    """When ``sources`` was asked, in words; empty when just now."""

    def show_stored(self, sources: SourcesAnswer) -> None:
        """Findings of an earlier probe, said to be so."""
        self.sources = sources
        if sources.taken_at is not None:
            self.asked_before = f"{sources.taken_at:%Y-%m-%d %H:%M} UTC, by an earlier probe"


def check_org(org: OrgSettings, keys: LoginKeys, store_file: Path, clock: Clock) -> OrgFindings:
    """Ask the org everything, within `ORG_S`."""
    found = OrgFindings([])

    async def visit() -> None:
        try:
            async with asyncio.timeout(ORG_S), AsyncExitStack() as stack:
                await _Visit(org, keys, store_file, clock, found).make(stack)
        except TimeoutError:
            found.checks.append(_out_of_time(org, found.checks))

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        runner.run(visit())
    return found


def _out_of_time(org: OrgSettings, checks: list[Check]) -> Check:
    """A fault where not even the login was answered, else merely something that is not known."""
    step = "Run it again; where it stays so, see the network and status.salesforce.com."
    if any(check.id == "login" for check in checks):
        said = f"the org had not answered everything after {ORG_S:g} s"
        return Check("org.time", ORG, "Time", Result.UNKNOWN, said, step)
    said = f"no answer came from {org.login_url} or {org.instance_url} within {ORG_S:g} s"
    return Check("org.reach", ORG, "Network", Result.FAULT, said, step)


def check_beside_collector(store_file: Path, now: datetime) -> OrgFindings:
    """What the running collector found."""
    found = OrgFindings([])
    try:
        with open_reader(store_file) as reader:
            found.checks += check_stored_login(console_state.login(reader.connection), now)
            found.show_stored(answer_sources(reader.connection, now))
    except (StoreError, sqlite3.Error):
        found.checks += check_stored_login(None, now)
    return found


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store holds of this org; nothing where it is another's."""

    login: LoginState | None = None
    org_id: str | None = None


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
        self._fingerprint = login_fingerprint(org, keys)
        self._memory = FirstLoginMemory(paths.refused_logins(), self._fingerprint)
        self._recorder = LoginRecorder(lambda _: None)
        self._seen: LoginObservation | None = None
        self._pool: LimitHeader | None = None

    async def make(self, stack: AsyncExitStack) -> None:
        """Reach, log in, read; stops at the first that fails."""
        try:
            http = make_http_client(self._org)
        except OrgwatchError as error:
            self._note(fault_from("org.reach", ORG, "Network", error))
            return
        stack.push_async_callback(http.aclose)
        async with AsyncExitStack() as held:
            try:
                writer = await self._open(held)
            except StoreBusy as busy:
                self._note(_not_asked(busy))
                return
            stored = await self._stored(writer)
            past = self._recorder.prepare(self._org, self._keys, stored.login, self._clock.now())
            if self._must_wait(past, stored):
                return
            tokens = TokenKeeper(
                self._org, http, self._clock, self._keys, self._see_login, _at_once(past),
                deadlines=_DEADLINES,
            )  # fmt: skip
            stack.push_async_callback(tokens.close)
            tally = OwnCallTally(self._clock)
            client = RestClient(
                self._org, tokens, http, self._clock, self._see_pool, tally.count,
                deadlines=_DEADLINES,
            )  # fmt: skip
            token: AccessToken | None = None
            is_ours = stored.login is None or stored.login.fingerprint == self._fingerprint
            try:
                token = await self._logged_in(client, tokens)
                is_ours = is_ours if token is None else self._is_ours(stored, token)
            finally:
                await self._write_login(writer if is_ours else None)
        if token is None:
            return
        probe: AccessProbe | None = None
        try:
            probe = await self._read(client)
        finally:
            if is_ours:
                await self._write(tally, probe)

    async def _open(self, stack: AsyncExitStack) -> Writer | None:
        """The store, for the ledger of logins; None where there is none that can be used.

        Its faults are told by the store's own checks, but for `StoreBusy`: then somebody else logs
        in, or is about to.
        """
        try:
            if not is_present(self._store_file):
                return None
            writer = await asyncio.to_thread(open_writer, self._store_file)
        except StoreBusy:
            raise
        except StoreError:
            return None
        stack.push_async_callback(asyncio.to_thread, writer.close)
        return writer

    async def _stored(self, writer: Writer | None) -> _Stored:
        def read(connection: sqlite3.Connection) -> _Stored:
            identity = console_state.identity(connection)
            return _Stored(
                console_state.login(connection), identity.org_id if identity is not None else None
            )

        try:
            return await writer.write(read) if writer is not None else _Stored()
        except (StoreError, sqlite3.Error):
            return _Stored()

    def _must_wait(self, past: LoginObservation | None, stored: _Stored) -> bool:
        """Tells of the last login where it is too early for another."""
        wait = LoginPace(self._clock, past, self._fingerprint).wait_after_restart()
        if past is None or wait <= _MOST_WAIT:
            return False
        self._note(*put_off(as_state(past), wait, self._clock.now()))
        if stored.login is not None:
            with suppress(StoreError, sqlite3.Error), open_reader(self._store_file) as reader:
                self._found.show_stored(answer_sources(reader.connection, self._clock.now()))
        return True

    async def _write_login(self, writer: Writer | None) -> None:
        """Where it cannot be stored it goes to the file, so that the next run is spaced as well."""
        if self._seen is None:
            return
        try:
            if writer is not None:
                await self._recorder.flush(writer)
                return
        except (StoreError, sqlite3.Error):
            pass
        self._memory.write(self._seen)

    async def _write(self, tally: OwnCallTally, probe: AccessProbe | None) -> None:
        """Own calls and findings; a collector that has started meanwhile makes its own probe."""
        with suppress(StoreError, sqlite3.Error):
            async with AsyncExitStack() as held:
                writer = await self._open(held)
                if writer is None:
                    return
                await tally.flush(writer)
                if probe is not None:
                    await writer.write(lambda c: source_access.record_probe(c, probe))

    def _see_login(self, observation: LoginObservation) -> None:
        self._seen = observation
        self._recorder.see(observation)

    def _see_pool(self, pool: LimitHeader) -> None:
        self._pool = pool

    def _note(self, *checks: Check) -> None:
        self._found.checks.extend(checks)

    async def _logged_in(self, client: RestClient, tokens: TokenKeeper) -> AccessToken | None:
        """The token of this visit, after the org was reached."""
        if not await self._reached(client):
            return None
        try:
            token = await tokens.token()
        except OrgwatchError as error:
            self._note(fault_from("login", LOGIN, "Login", error))
            return None
        self._note(granted(token, self._clock.now()))
        if self._seen is not None:
            self._note(*about_login(self._seen))
        return token

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

    def _is_ours(self, stored: _Stored, token: AccessToken) -> bool:
        """Whether the store is this org's, or nobody's yet; another's is not written to."""
        mine = identity_of_login(self._org.alias, self._org.instance_url, token).org_id
        if stored.org_id is None or mine is None or stored.org_id[:15] == mine[:15]:
            return True
        self._note(
            Check(
                "store.org", ORG, "Store", Result.FAULT,
                f"the store {self._store_file} holds another org: {stored.org_id}",
                "Name another store with --store or store_file.",
            )
        )  # fmt: skip
        return False

    async def _read(self, client: RestClient) -> AccessProbe | None:
        """Who the org is and what may be read; what it refused is among the checks."""
        probe: AccessProbe | None = None
        try:
            facts = await read_org(client)
            kind = {True: "sandbox", False: "production", None: "kind unknown"}[facts.is_sandbox]
            said = f"{facts.name or facts.org_id}, {facts.edition or 'edition unknown'}, {kind}"
            self._note(Check("org.identity", ORG, "Org", Result.OK, said))
            source = AccessSource(
                client, self._clock, self._org.username, self._org.stream_channels, None
            )
            probe = await source.probed()
            self._found.sources = SourcesAnswer(
                probe.taken_at, probe.username, probe.sources, probe.permissions, probe.licences
            )
        except OrgwatchError as error:
            self._note(fault_from("org.answers", ORG, "Answers", error))
        self._note(*self._about_pool())
        return probe

    def _about_pool(self) -> Iterator[Check]:
        if self._pool is None:
            return
        used, most = self._pool.used_calls, self._pool.max_calls
        share = used / most if most else 1.0
        said = f"{used:,} of {most:,} calls used in 24 h ({share:.0%})"
        result = Result.FAULT if share >= 1 else Result.OK
        step = "See who used them on the Integrations screen." if share >= 1 else ""
        yield Check("org.pool", ORG, "API pool", result, said, step)


def _not_asked(busy: StoreBusy) -> Check:
    return Check(
        "login", LOGIN, "Login", Result.UNKNOWN,
        "another process writes to the store at this moment (a collector that starts, an ingest, "
        "another doctor), so no second login was made",
        "Run it again when that is done.", busy.meaning,
    )  # fmt: skip


def _at_once(past: LoginObservation | None) -> LoginObservation | None:
    """The past without the wait after a refusal that a person may have mended by now.

    Where only time helps, such as after too many logins, the wait holds; and so does the pause
    between two processes' requests, so that even a loop around the doctor stays far below the
    3,600 logins an hour that a user has.
    """
    if past is None or past.error_retryable:
        return past
    return replace(past, next_attempt_at=None)
