"""How the simulated org's REST API behaves where orgs differ or facts are unknown."""

from dataclasses import dataclass
from typing import Literal

OLDEST_VERSION = 31
NEWEST_VERSION = 68
"""API versions that answer (release notes; 21-30 retired in Summer '25)."""


@dataclass(frozen=True, slots=True)
class RestOptions:
    """Switches of the REST API."""

    latest_alias: bool = False
    """Whether ``/services/data/latest/`` stands for the newest version (preview of Winter '27)."""
    oldest_version: int = OLDEST_VERSION
    """Versions below are retired: 410. 41 from Summer '28 on."""
    warned_below: int = 0
    """Versions below carry ``Warning: 299``; 41 from Summer '27 on."""
    limit_header: Literal["plain", "bursts", "per_app"] = "plain"
    """``bursts`` adds the api-bursts part of the current documentation, ``per_app`` that of the
    old app quota pilot."""
    app_quotas: bool = False
    """Nest one 0/0 entry for each connected app in the limits that had them up to API 57.0."""
    event_add_on: bool = False
    """The org has bought event deliveries: a monthly entitlement, which is overdrawn."""
    most_long_running: int | None = None
    """Requests of more than 20 s at the same time; None: 25, in Developer Edition 5."""
    long_running_after_s: float = 20.0
    """Real seconds after which a request counts as long-running."""
    bulk_polls: int = 1
    """How often a Bulk API query job answers InProgress before it is complete."""


@dataclass(slots=True)
class VersionRules:
    """Which API versions answer, and how; may be changed while the org runs."""

    oldest: int = OLDEST_VERSION
    warned_below: int = 0
    newest: int = NEWEST_VERSION
    latest_alias: bool = False
