"""Whether one source can be read, as a probe of the org found it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceFinding:
    """One source that the console would like to read."""

    source: str
    """Its name for programs: ``log_files``, ``stream:LoginEventStream``."""
    title: str
    readable: bool | None
    """None: the org's answer does not tell."""
    missing: str | None
    """What would show it, in words that fit "needs …"; None where nothing is missing or nobody
    knows."""
    evidence: str
    """What the org answered."""
