"""What is done in the org besides calling its API and logging in: the vocabulary.

Log files, streamed events, their stores and the audit trail all tell of these acts, each with the
keys that belong to it: ``at_ms`` and ``number`` give the same request id and event id everywhere,
``by.session`` the same login and session keys as the login that opened the session. No act uses
up the API pool; where one was done by an API call, that call is in the traffic as well, with the
same number.
"""

from dataclasses import dataclass
from typing import Literal

from console.simulator.org.story import SimUser


@dataclass(frozen=True, slots=True)
class Performer:
    """Who does something, in which session, from where."""

    user: SimUser
    session: int
    """64 bits that name the session; equal to the number of the login that opened it."""
    source_ip: str
    user_agent: str = ""
    browser: str = "Unknown"
    """As LoginHistory has it: ``Chrome 142``; ``Unknown`` for programs."""
    platform: str = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportExport:
    """Somebody runs a report and takes its rows out of the org."""

    at_ms: int
    number: int
    """64 bits that name the act."""
    by: Performer
    report_id: str
    """18 characters, ``00O…``."""
    report_name: str
    entities: tuple[str, ...]
    """The objects that the report reads."""
    columns: tuple[str, ...]
    rows: int
    file_format: Literal["CSV", "Excel"] = "CSV"
    source: Literal["Lightning", "Classic", "API"] = "Lightning"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAs:
    """An administrator enters the org as somebody else."""

    at_ms: int
    number: int
    """64 bits that name the act, and the session that it opens."""
    by: Performer
    """The administrator, in the session from which the switch was made."""
    target: SimUser
    """Whom the administrator now is."""


PermissionOperation = Literal[
    "AssignedToUsers", "UnassignedFromUsers", "PermsEnabled", "PermsDisabled"
]
"""PermissionSetEvent.Operation (platform events, PermissionSetEvent)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionChange:
    """Somebody gives or takes permissions."""

    at_ms: int
    number: int
    by: Performer
    operation: PermissionOperation
    permission_set_id: str
    """18 characters, ``0PS…``."""
    permission_set: str
    """Its API name."""
    permissions: tuple[str, ...]
    """API names without ``Permissions``: ``ModifyAllData``, ``ViewAllData`` …"""
    affected: tuple[SimUser, ...] = ()
    source: Literal["Lightning", "Classic", "API"] = "Lightning"


BulkStep = Literal["created", "polled", "uploaded", "results_read", "aborted", "deleted"]
"""What one call does to a job of Bulk API 2.0."""
BulkOperation = Literal["query", "queryAll", "insert", "update", "upsert", "delete", "hardDelete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkJobStep:
    """One step of a Bulk API 2.0 job. The call that did it has the same moment and number."""

    at_ms: int
    number: int
    by: Performer
    job_id: str
    """18 characters, ``750…``."""
    step: BulkStep
    operation: BulkOperation = "query"
    entity: str = ""
    query: str = ""
    rows: int = 0
    """Records read or written by this step."""
    failed_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupChange:
    """Somebody changes the org's configuration: a row of SetupAuditTrail."""

    at_ms: int
    number: int
    by: Performer
    action: str
    """SetupAuditTrail.Action. Codes about connected apps are published nowhere."""
    section: str
    display: str
    """The sentence that the audit trail shows."""


AnomalyKind = Literal[
    "api_anomaly", "report_anomaly", "session_hijacking", "credential_stuffing", "login_anomaly"
]


@dataclass(frozen=True, slots=True)
class AnomalyFeature:
    """Why Salesforce's threat detection found something unusual."""

    name: str
    """``rowCount``, ``userAgent``, ``autonomousSystem``, ``ipAddress``, ``platform`` …"""
    value: str
    share: float
    """Contribution from 0 to 1; events write it as ``95.00 %``."""
    previous: str = ""
    """The earlier value, which only session hijacking tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyFound:
    """Threat detection reports something about a session."""

    at_ms: int
    """When the thing happened; the event about it comes some minutes later."""
    number: int
    by: Performer
    kind: AnomalyKind
    score: float
    """From 0 to 1; always 1 for credential stuffing."""
    summary: str
    features: tuple[AnomalyFeature, ...] = ()
    operation: str = ""
    """``Query`` and the like, for an API anomaly."""
    entities: tuple[str, ...] = ()
    rows: int = 0
    report_id: str = ""
    """For a report anomaly."""


OrgAct = ReportExport | LoginAs | PermissionChange | BulkJobStep | SetupChange | AnomalyFound
"""Everything that this module can tell of."""
