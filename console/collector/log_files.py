"""Event log files: found, fetched once, taken in whole or not at all, and accounted for."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import BinaryIO

from console.clock import Clock
from console.collector.continuity import HOUR, start_of_hour
from console.collector.log_coverage import LOOK_BACK, hours_without_file, source_of
from console.errors import OrgError, OrgRefused
from console.salesforce.log_files import list_log_files
from console.salesforce.rest import RestClient
from console.salesforce.types import LogFileEntry
from store import coverage, log_files, log_ingest
from store.errors import LogOfAnotherOrg, StoreError, StoreUnusable, UnreadableLog
from store.records import CoverageHour, CoverageState, IngestResult, LogFile
from store.writer import Writer

LOG_TYPES = ("ApiTotalUsage", "Login")
"""The log types that are fetched; both are free in every edition with API access."""
_PURPOSE = "log files"
_FIRST_LOOK_BACK = timedelta(days=30)
"""How long the org keeps log files with Event Monitoring."""
_MOST_ATTEMPTS = 3
"""A file that is no log, or is refused each time, is given up for this run of orgwatch."""
_MOST_PASSING_FAILURES = 2
"""After so many broken downloads in one round the rest waits for the next."""


@dataclass(slots=True)
class _Trouble:
    attempts: int
    reason: str


@dataclass(slots=True)
class _Outcome:
    """What became of one round."""

    stored: int = 0
    rows: int = 0
    failed: int = 0
    passing: list[OrgError] = field(default_factory=list)
    """Failures that may be gone next time; the round then counts as failed."""

    def sentence(self) -> str:
        said = f"{self.stored} new files, {self.rows} rows" if self.stored else "no new file"
        return f"{said}, {self.failed} failed" if self.failed else said


class LogFilesSource:
    """Lists log files, fetches what the store lacks, and keeps the ledger of their hours.

    Files are fetched one after the other into an unnamed temporary file beside the store, which
    only the user can read and which is gone when the process is. ``seen_until`` is when a listing
    last went well, before this run.
    """

    def __init__(
        self,
        client: RestClient,
        writer: Writer,
        clock: Clock,
        store_file: Path,
        seen_until: datetime | None,
    ) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock
        self._folder = store_file.parent
        self._seen_until = seen_until
        self._trouble: dict[tuple[str, datetime], _Trouble] = {}

    async def round(self) -> str:
        """One look; raises the room's `OrgError` or `StoreError` when nothing can go on."""
        now = self._clock.now()
        try:
            entries = await list_log_files(self._client, LOG_TYPES, self._created_after(now))
        except OrgRefused as refusal:
            if not refusal.retryable:
                await self._record(_not_permitted(refusal, now))
            raise
        wanted = await self._wanted(entries)
        outcome = _Outcome()
        for entry in in_order(wanted):
            await self._fetch(entry, outcome)
            if len(outcome.passing) >= _MOST_PASSING_FAILURES:
                break
        await self._account_for(entries)
        if outcome.passing:
            raise outcome.passing[0]
        self._seen_until = now
        return outcome.sentence()

    def _created_after(self, now: datetime) -> datetime:
        if self._seen_until is None:
            return now - LOOK_BACK
        return max(self._seen_until - LOOK_BACK, now - _FIRST_LOOK_BACK)

    async def _wanted(self, entries: Sequence[LogFileEntry]) -> list[LogFileEntry]:
        def unknown(connection: Connection) -> list[LogFileEntry]:
            return [e for e in entries if not log_files.is_stored(connection, log_file(e))]

        return [entry for entry in await self._writer.write(unknown) if not self._given_up(entry)]

    def _given_up(self, entry: LogFileEntry) -> bool:
        trouble = self._trouble.get((entry.id, entry.created_at))
        return trouble is not None and trouble.attempts >= _MOST_ATTEMPTS

    async def _fetch(self, entry: LogFileEntry, outcome: "_Outcome") -> None:
        file = log_file(entry)
        try:
            with tempfile.TemporaryFile(dir=self._folder) as body:
                async with self._client.stream(entry.path, purpose=_PURPOSE) as pieces:
                    async for piece in pieces:
                        body.write(piece)
                body.seek(0)
                result = await self._writer.write(lambda c: self._take_in(c, file, body))
        except (UnreadableLog, LogOfAnotherOrg) as failure:
            outcome.failed += 1
            self._note_trouble(entry, failure, passing=False)
        except OrgError as failure:
            passing = failure.retryable or not isinstance(failure, OrgRefused)
            self._note_trouble(entry, failure, passing=passing)
            if passing:
                outcome.passing.append(failure)
            else:
                outcome.failed += 1
        except OSError as problem:
            raise _cannot_spool(self._folder, problem) from problem
        else:
            self._trouble.pop((entry.id, entry.created_at), None)
            outcome.stored += 1
            outcome.rows += result.rows

    def _take_in(self, connection: Connection, file: LogFile, body: BinaryIO) -> IngestResult:
        result = log_ingest.ingest(connection, file, body)
        hours = coverage.hours_of_file(result, self._clock.now())
        coverage.record_hours(connection, hours)
        return result

    def _note_trouble(
        self, entry: LogFileEntry, failure: OrgError | StoreError, *, passing: bool
    ) -> None:
        trouble = self._trouble.setdefault((entry.id, entry.created_at), _Trouble(0, ""))
        trouble.attempts += not passing
        trouble.reason = failure.title

    async def _account_for(self, entries: Sequence[LogFileEntry]) -> None:
        now = self._clock.now()
        hourly_seen = any(entry.interval == "Hourly" for entry in entries)
        broken = self._broken_hours(entries)

        def account(connection: Connection) -> None:
            known = coverage.hours(connection, now - LOOK_BACK - HOUR, now)
            for event_type in LOG_TYPES:
                complete = {
                    row.hour
                    for row in known
                    if row.source == source_of(event_type) and row.state is CoverageState.COMPLETE
                }
                rows = hours_without_file(
                    event_type,
                    now,
                    complete - broken[event_type].keys(),
                    broken[event_type],
                    hourly_seen=hourly_seen,
                )
                coverage.record_hours(connection, rows)

        await self._writer.write(account)

    def _broken_hours(self, entries: Iterable[LogFileEntry]) -> dict[str, dict[datetime, str]]:
        broken: dict[str, dict[datetime, str]] = {event_type: {} for event_type in LOG_TYPES}
        for entry in entries:
            trouble = self._trouble.get((entry.id, entry.created_at))
            if trouble is not None and entry.event_type in broken:
                hours = 1 if entry.interval == "Hourly" else 24
                for n in range(hours):
                    broken[entry.event_type][entry.log_date + n * HOUR] = trouble.reason
        return broken

    async def _record(self, rows: Sequence[CoverageHour]) -> None:
        await self._writer.write(lambda connection: coverage.record_hours(connection, rows))


def in_order(entries: Iterable[LogFileEntry]) -> list[LogFileEntry]:
    """Daily files first, since they make the hourly ones of their day needless; newest first."""
    return sorted(
        entries,
        key=lambda e: (e.interval != "Daily", -e.log_date.timestamp(), e.sequence, e.event_type),
    )


def log_file(entry: LogFileEntry) -> LogFile:
    """The store's name for a log file of the org."""
    return LogFile(
        event_type=entry.event_type,
        interval=entry.interval,
        log_date=entry.log_date,
        sequence=entry.sequence,
        org_file_id=entry.id,
        origin="org",
        name=f"{entry.event_type} {entry.interval} {entry.log_date:%Y-%m-%dT%H:%MZ}"
        f" {entry.sequence}",
        created_at=entry.created_at,
        length_bytes=entry.length_bytes,
    )


def _cannot_spool(folder: Path, problem: OSError) -> StoreUnusable:
    return StoreUnusable(
        "A log file could not be kept beside the store",
        f"It is written to {folder} while it comes in, and that failed.",
        "Free some space on that disk, or make the folder writable; it is tried again.",
        str(problem),
    )


def _not_permitted(refusal: OrgRefused, now: datetime) -> list[CoverageHour]:
    hour = start_of_hour(now)
    state = CoverageState.NOT_PERMITTED
    return [
        CoverageHour(source_of(event_type), hour, state, None, refusal.title, now)
        for event_type in LOG_TYPES
    ]
