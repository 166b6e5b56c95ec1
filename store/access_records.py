"""What the org lets the console's user read, as the store keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Readable(StrEnum):
    """Whether a source can be had."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SourceAccess:
    """One thing that the console would like to read, and whether it may."""

    source: str
    """Its name for programs: ``limits``, ``log_files``, ``stream:LoginEventStream`` …"""
    title: str
    """Its name for people."""
    readable: Readable
    missing: str | None
    """The permission, licence or org feature that would show it; None when nothing is missing or
    nobody knows."""
    evidence: str
    """What the org answered, in words that a person can check."""


@dataclass(frozen=True, slots=True)
class AccessProbe:
    """Everything that one probe of the org found."""

    taken_at: datetime
    username: str
    sources: tuple[SourceAccess, ...]
    permissions: tuple[tuple[str, bool], ...]
    """Permissions of the console's own user by API name, where they could be read."""
    licences: tuple[tuple[str, int | None, int | None], ...]
    """User licences of the org: name, how many there are, how many are in use."""
