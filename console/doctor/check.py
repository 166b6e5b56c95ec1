"""One line of the doctor's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from console.errors import OrgwatchError
from store.errors import StoreError


class Result(StrEnum):
    """What a check found."""

    OK = "ok"
    FAULT = "fault"
    """Something that somebody should mend."""
    NOTE = "note"
    """Not as it could be, and nothing is wrong: a licence that the org does not have."""
    UNKNOWN = "unknown"
    """It could not be found out, and the evidence says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    id: str
    """For programs: ``login``, ``store.integrity``, ``source.log_files``."""
    area: str
    """For people: the heading it stands under."""
    title: str
    result: Result
    evidence: str
    """What was found, in words that can be checked."""
    next_step: str = ""
    """What to do about it; empty where nothing is to be done."""
    detail: str = ""
    """The other side's own words."""


CONFIGURATION = "Configuration"
LOGIN = "Login"
SOURCES = "What may be read"
ORG = "The org"
STORE = "The store"
TERMINAL = "This terminal"


def fault_from(id_: str, area: str, title: str, error: OrgwatchError | StoreError) -> Check:
    """The check that ends in ``error``."""
    return Check(
        id_, area, title, Result.FAULT, f"{error.title}. {error.meaning}", error.next_step,
        error.detail,
    )  # fmt: skip


def has_fault(checks: Iterable[Check]) -> bool:
    """Whether any of ``checks`` found a fault."""
    return any(check.result is Result.FAULT for check in checks)
