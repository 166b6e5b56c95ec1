"""Which version of the REST API to speak (REST API guide, "Versions")."""

import re

from console.salesforce.exchange import unexpected
from console.salesforce.types import ApiVersion
from console.salesforce.values import text_of

NEWEST_KNOWN = ApiVersion(68, 0)
"""Winter '27, the newest that orgwatch was written against."""

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,2})", re.ASCII)


def parse_version(text: str) -> ApiVersion | None:
    """``"66.0"`` as a version; None for anything else."""
    match = _VERSION.fullmatch(text.strip().removeprefix("v"))
    return None if match is None else ApiVersion(int(match[1]), int(match[2]))


def parse_versions(body: object) -> list[ApiVersion]:
    """The versions in an answer of ``/services/data``, oldest first.

    Labels are not looked at: they differ in spelling between orgs.
    """
    entries = body if isinstance(body, list) else []
    names = [text_of(entry, "version") for entry in entries if isinstance(entry, dict)]
    versions = sorted({parsed for name in names if name and (parsed := parse_version(name))})
    if not versions:
        raise unexpected("/services/data", "a list of versions")
    return versions


def choose_version(offered: list[ApiVersion], configured: str | None) -> ApiVersion | None:
    """The configured version if it is offered, else None; without one, the newest shared.

    An org that offers only newer versions than `NEWEST_KNOWN` gets the oldest of them.
    """
    if configured is not None:
        wanted = parse_version(configured)
        return wanted if wanted in offered else None
    shared = [version for version in offered if version <= NEWEST_KNOWN]
    return shared[-1] if shared else offered[0]
