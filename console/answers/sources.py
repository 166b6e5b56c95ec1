"""What orgwatch may read of the org, and what is missing where it may not."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import source_access
from store.access_records import Readable, SourceAccess


@dataclass(frozen=True, slots=True)
class SourcesAnswer:
    """Every source with yes, no and what is missing, or unknown."""

    taken_at: datetime | None
    """When the org was last asked; None when never."""
    username: str | None
    """As whom."""
    sources: tuple[SourceAccess, ...]
    permissions: tuple[tuple[str, bool], ...]
    licences: tuple[tuple[str, int | None, int | None], ...]

    def of(self, name: str) -> SourceAccess | None:
        """The source of that name; None when it was never asked for."""
        return next((source for source in self.sources if source.source == name), None)

    def why_not(self, name: str) -> str | None:
        """One sentence on why a source cannot be had; None where it can, or may be."""
        source = self.of(name)
        if source is None or source.readable is not Readable.NO:
            return None
        return reason(source)


def reason(source: SourceAccess) -> str:
    """Why a source cannot be had, in one sentence that names what is missing."""
    if source.missing is None:
        return f"{source.title}: not readable; {source.evidence}"
    return f"{source.title}: not readable, needs {source.missing}"


def answer_sources(connection: sqlite3.Connection, as_of: datetime) -> SourcesAnswer:
    """What the newest probe before ``as_of`` found."""
    probe = source_access.latest_probe(connection, as_of)
    if probe is None:
        return SourcesAnswer(None, None, (), (), ())
    return SourcesAnswer(
        probe.taken_at, probe.username, probe.sources, probe.permissions, probe.licences
    )
