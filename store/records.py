"""The records that cross the store's border, in both directions.

Frozen, typed, with UTC-aware datetimes and units in the names. Ids keep the form in which they
arrived; compare apps and users by the first 15 characters, which are the same in both forms.
``None`` always means "not known", never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CoverageState(StrEnum):
    """How complete one source is for one hour."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    BLIND = "blind"
    PENDING = "pending"
    """Not there yet and not late: log files come hours after the events."""
    NOT_LICENSED = "not_licensed"
    NOT_PERMITTED = "not_permitted"


class AppKind(StrEnum):
    """What an app is in the org."""

    CONNECTED_APP = "connected_app"
    EXTERNAL_CLIENT_APP = "external_client_app"
    UNINSTALLED = "uninstalled"
    """Tokens exist for it, but the org has no app of that name installed."""


class TaskPhase(StrEnum):
    """What a collector task is doing, as its screen shows it."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    BACKING_OFF = "backing_off"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class OrgIdentity:
    """Which org a store belongs to."""

    alias: str
    org_id: str | None
    name: str | None
    edition: str | None
    instance_url: str | None
    user_licences: int | None
    """Full Salesforce licences, the multiplier in the edition's allocation formula."""


@dataclass(frozen=True, slots=True)
class LimitSample:
    """One limit as ``/limits`` reported it."""

    name: str
    max_value: int
    remaining: int
    """May be negative: some limits can be overrun."""
    sampled_at: datetime

    @property
    def used(self) -> int:
        """Consumption; above ``max_value`` when overrun."""
        return self.max_value - self.remaining


@dataclass(frozen=True, slots=True)
class PoolSample:
    """The rolling 24-hour API pool as a response header reported it."""

    used_calls: int
    max_calls: int
    sampled_at: datetime


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event from a streaming channel, read as far as it could be read.

    The natural key is ``event_uuid``, else channel and replay id. ``payload_json`` keeps the
    whole message data as it came.
    """

    channel: str
    replay_id: str | None
    event_uuid: str | None
    event_type: str
    """``LoginEventStream``, ``ApiEventStream``, …: the channel's last part."""
    occurred_at: datetime
    """EventDate; the time of receipt where the event has none that can be read."""
    received_at: datetime
    payload_json: str
    user_id: str | None = None
    username: str | None = None
    source_ip: str | None = None
    app_id: str | None = None
    app_name: str | None = None
    client: str | None = None
    user_agent: str | None = None
    api_type: str | None = None
    api_version: str | None = None
    operation: str | None = None
    entities: str | None = None
    rows: int | None = None
    status: str | None = None
    login_key: str | None = None
    session_key: str | None = None
    request_id: str | None = None
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the store gives it back: streamed, or a row of a log file."""

    key: str
    """``s<n>`` for a streamed event, ``l<n>`` for a log row, ``a<n>`` for an API call row."""
    source: str
    """``stream``, ``log`` or ``query``."""
    channel: str | None
    event_type: str
    occurred_at: datetime
    user_id: str | None
    username: str | None
    source_ip: str | None
    app_id: str | None
    app_name: str | None
    client: str | None
    user_agent: str | None
    api_type: str | None
    api_version: str | None
    operation: str | None
    entities: str | None
    rows: int | None
    status: str | None
    login_key: str | None
    session_key: str | None
    request_id: str | None
    event_uuid: str | None
    replay_id: str | None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to show; every given part must match. Text matches any shown field."""

    text: str = ""
    event_types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    username: str = ""
    app: str = ""
    source_ip: str = ""
    problems_only: bool = False


@dataclass(frozen=True, slots=True)
class ReplayPosition:
    """Up to where one channel has been stored."""

    channel: str
    replay_id: str
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class LogFile:
    """One event log file, from the org or from disk.

    The key is (event_type, interval, log_date, sequence) for files of the org and the content's
    hash for files from disk.
    """

    event_type: str
    interval: str
    """``Hourly``, ``Daily`` or ``Unknown`` (from disk)."""
    log_date: datetime | None
    """Start of the hour or of the UTC day that the file covers."""
    sequence: int
    org_file_id: str | None
    origin: str
    """``org`` or ``disk``."""
    name: str
    created_at: datetime | None
    length_bytes: int | None


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of one log file."""

    file: LogFile
    outcome: str
    """``stored``, ``already_stored``, ``superseded`` or ``empty``."""
    rows: int
    malformed_rows: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class MalformedRow:
    """A log row that could not be read, kept aside."""

    file_name: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class UsageRow:
    """API calls of one identity as the log rows name it, over a span of time."""

    app_id: str | None
    app_name: str | None
    client: str | None
    user_id: str | None
    username: str | None
    calls: int
    counted_calls: int
    """Calls whose row says that they count against the limit."""
    errors: int
    """Calls answered with status 400 or above."""
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class UsageSlot:
    """API calls of one identity in one slot of time."""

    start: datetime
    app_id: str | None
    app_name: str | None
    client: str | None
    user_id: str | None
    username: str | None
    calls: int
    counted_calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class UsageFacet:
    """How an identity's calls spread over the values of one dimension."""

    app_id: str | None
    app_name: str | None
    client: str | None
    user_id: str | None
    username: str | None
    dimension: str
    """``source_ip``, ``family``, ``api_version``, ``resource``, ``entity`` or ``status``."""
    value: str
    calls: int
    counted_calls: int


@dataclass(frozen=True, slots=True)
class AppRecord:
    """An app of the org as one snapshot of the inventory saw it."""

    kind: AppKind
    app_id: str | None
    """``0H4…`` or ``0xI…``; None for an app that is not installed."""
    name: str
    developer_name: str | None
    consumer_id: str | None
    """``888…``, the id under which an External Client App's calls may be logged."""
    pre_authorized_only: bool | None
    enabled: bool | None
    scopes: tuple[str, ...] | None
    refresh_token_policy: str | None
    token_users: int | None
    token_uses: int | None
    last_used_at: datetime | None
    created_at: datetime | None
    namespace: str | None
    evidence: Mapping[str, str]
    """Facts by name, each as text with the query it came from."""


@dataclass(frozen=True, slots=True)
class AppSnapshot:
    """The whole inventory at one moment."""

    taken_at: datetime
    apps: tuple[AppRecord, ...]
    not_visible: Mapping[str, str]
    """Sources that could not be read, each with the reason."""


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user of the org, for names."""

    user_id: str
    username: str
    name: str | None
    is_active: bool | None
    profile: str | None
    user_type: str | None


@dataclass(frozen=True, slots=True)
class CoverageHour:
    """What the ledger says of one source and one hour."""

    source: str
    """``stream:/event/LoginEventStream``, ``log:ApiTotalUsage``, ``limits``, ``apps`` …"""
    hour: datetime
    state: CoverageState
    records: int | None
    reason: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TaskState:
    """What one collector task last said about itself."""

    task: str
    phase: TaskPhase
    since: datetime
    message: str
    next_at: datetime | None
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoginState:
    """The console's own login, without the token."""

    username: str
    last_request_at: datetime | None
    """When the token endpoint was last asked, whatever it said."""
    obtained_at: datetime | None
    expires_at: datetime | None
    expiry_source: str | None
    """``expires_in``, ``session timeout setting``, …"""
    error: str | None
    clock_skew_s: float | None = None
    """The org's time minus this machine's, where they differ by more than a minute."""
    next_attempt_at: datetime | None = None
    """When the token endpoint may be asked again; None without a fault."""
    error_code: str | None = None
    error_meaning: str | None = None
    error_next_step: str | None = None
    error_detail: str | None = None
    """The org's own words."""
    error_retryable: bool = False
    """Whether it may pass without anybody's help."""
    requests: tuple[datetime, ...] = ()
    """Answered token requests of the hour before the last of them, oldest first."""
    refusals: int = 0
    """Refused logins in a row."""
    token_refusals: int = 0
    """Tokens in a row that the org refused within 20 minutes."""
    learned_lifetime_s: float | None = None
    """How long tokens live, where refusals showed that it is shorter than expected."""
    refused_age_s: float | None = None
    """The age at which a token was last refused too early."""
    introspection: str | None = None
    """Why the org does not tell when a token ends; None where it does or was not asked."""
    introspection_refused_at: datetime | None = None
    key_in_use: str | None = None
    """``first`` or ``next``: the key that logins begin with."""
    key_switched_at: datetime | None = None
    """When the org refused one configured key and accepted the other."""
    fingerprint: str = ""
    """Tells one login configuration from another; a hash."""
    certificate_until: datetime | None = None
    """The end of the certificate that the settings name; None where they name none."""

    def requests_since(self, moment: datetime) -> int:
        """How many token requests were answered after ``moment``."""
        return sum(at > moment for at in self.requests)


@dataclass(frozen=True, slots=True)
class OwnCalls:
    """Requests that orgwatch itself made for one purpose in one minute, and what they cost."""

    minute: datetime
    purpose: str
    calls: int
