"""What the console's user may read, asked at the start and daily."""

from collections.abc import Sequence

from console.clock import Clock
from console.salesforce.probe import Findings, probe
from console.salesforce.rest import RestClient
from console.salesforce.source_finding import SourceFinding
from store import source_access
from store.access_records import AccessProbe, Readable, SourceAccess
from store.writer import Writer


class AccessSource:
    """Probes the org and stores what it found, where there is a store."""

    def __init__(
        self,
        client: RestClient,
        clock: Clock,
        username: str,
        channels: Sequence[str],
        writer: Writer | None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._username = username
        self._channels = channels
        self._writer = writer

    async def round(self) -> str:
        """One probe; raises the room's `OrgError` or `StoreError`."""
        record = await self.probed()
        refused = sum(1 for source in record.sources if source.readable is Readable.NO)
        return f"{len(record.sources)} sources, {refused} not readable"

    async def probed(self) -> AccessProbe:
        """What one probe found, stored; raises the same."""
        record = _record(await probe(self._client, self._channels), self._username, self._clock)
        if self._writer is not None:
            await self._writer.write(
                lambda connection: source_access.record_probe(connection, record)
            )
        return record


def _record(findings: Findings, username: str, clock: Clock) -> AccessProbe:
    return AccessProbe(
        taken_at=clock.now(),
        username=username,
        sources=tuple(map(_source, findings.sources)),
        permissions=findings.permissions,
        licences=findings.licences,
    )


def _source(finding: SourceFinding) -> SourceAccess:
    readable = {True: Readable.YES, False: Readable.NO, None: Readable.UNKNOWN}[finding.readable]
    return SourceAccess(finding.source, finding.title, readable, finding.missing, finding.evidence)
