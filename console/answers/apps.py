"""Every connected app and External Client App, with its kind, state and evidence."""

from dataclasses import dataclass
from datetime import datetime

from console.answers.coverage import Completeness


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """One app on the way to an External Client App."""

    name: str
    kind: str
    app_id: str | None
    state: str
    """A state of the rubric: ``uninstalled``, ``not_migratable_here``, ``not_started``,
    ``counterpart_idle``, ``dual_running``, ``traffic_moved``, ``old_app_idle``,
    ``external_client_app`` (an ECA itself) or ``not_visible``."""
    state_title: str
    evidence: tuple[str, ...]
    blockers: tuple[str, ...]
    scopes: tuple[str, ...] | None
    broad_scopes: tuple[str, ...]
    users: tuple[str, ...]
    calls_window: int
    counterpart: str | None
    last_used: datetime | None
    api_versions: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    """(date or season, what ends then)."""
    pre_authorized_only: bool | None


@dataclass(frozen=True, slots=True)
class AppsAnswer:
    """The migration screen and ``orgwatch apps``."""

    as_of: datetime
    taken_at: datetime | None
    """When the inventory was last read; None when never."""
    apps: tuple[AppAnswer, ...]
    summary: tuple[tuple[str, int], ...]
    """State and how many apps are in it, in the rubric's order."""
    org_blockers: tuple[str, ...]
    not_visible: tuple[tuple[str, str], ...]
    completeness: Completeness
