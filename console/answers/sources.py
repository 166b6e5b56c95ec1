"""What orgwatch may read of the org, and what is missing where it may not."""

import sqlite3
from collections.abc import Sequence
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

    def is_readable(self, name: str) -> bool:
        """Whether the org answered with something of this source."""
        source = self.of(name)
        return source is not None and source.readable is Readable.YES

    def needed(self, names: Sequence[str]) -> tuple[SourceAccess, ...]:
        """The sources of these names; one that ends in a colon stands for all that begin so."""
        return tuple(
            source
            for source in self.sources
            if source.source in names
            or any(name.endswith(":") and source.source.startswith(name) for name in names)
        )


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a screen needs and may not have."""

    sources: tuple[SourceAccess, ...]
    """Those that the org refuses; empty where everything is readable, or may be."""
    needs: frozenset[str]
    """The needs of which nothing is left, as they were named."""
    is_everything: bool
    """Whether nothing is left that the screen could be filled from."""


NOTHING_WITHHELD = Withheld((), frozenset(), is_everything=False)


def withheld(connection: sqlite3.Connection, as_of: datetime, names: Sequence[str]) -> Withheld:
    """Which of the sources ``names`` the org refuses, by the newest probe before ``as_of``."""
    if not names:
        return NOTHING_WITHHELD
    answer = answer_sources(connection, as_of)
    needed = answer.needed(names)
    gone = frozenset(name for name in names if _is_refused(answer.needed((name,))))
    return Withheld(
        tuple(source for source in needed if source.readable is Readable.NO),
        gone,
        _is_refused(needed),
    )


def _is_refused(sources: Sequence[SourceAccess]) -> bool:
    return bool(sources) and all(source.readable is Readable.NO for source in sources)


def answer_sources(connection: sqlite3.Connection, as_of: datetime) -> SourcesAnswer:
    """What the newest probe before ``as_of`` found."""
    probe = source_access.latest_probe(connection, as_of)
    if probe is None:
        return SourcesAnswer(None, None, (), (), ())
    return SourcesAnswer(
        probe.taken_at, probe.username, probe.sources, probe.permissions, probe.licences
    )
