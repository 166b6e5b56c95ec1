"""What crosses the border of this room: frozen values, times in UTC, units in the names.

``None`` always means "the org did not say", never zero. Ids keep the form in which they came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from console.secrets import Secret


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token of the org; it lives in memory only."""

    value: Secret
    instance_url: str
    """Where REST and CometD requests go, without a slash at the end."""
    obtained_at: datetime
    expires_at: datetime
    expiry_source: str
    """``expires_in``, ``introspection``, ``token exp claim``, ``learned from the org`` or
    ``session timeout setting``."""
    scope: tuple[str, ...]
    identity_url: str | None
    """``https://<host>/id/<org id>/<user id>``."""


@dataclass(frozen=True, slots=True)
class LoginObservation:
    """What is known of the console's own login after each request to the token endpoint."""

    username: str
    last_request_at: datetime | None
    """When the token endpoint was last asked, whatever it said."""
    obtained_at: datetime | None
    expires_at: datetime | None
    expiry_source: str | None
    error: str | None
    """The title of the fault that stands, None when all is well."""
    next_attempt_at: datetime | None = None
    """When the token endpoint may be asked again after a fault."""
    clock_skew_s: float | None = None
    """The org's time minus this machine's, in seconds, where a grant showed more than a minute."""
    error_code: str | None = None
    error_meaning: str | None = None
    error_next_step: str | None = None
    error_detail: str | None = None
    """The org's own words."""
    error_retryable: bool = False
    """Whether it may pass without anybody's help."""
    requests: tuple[datetime, ...] = ()
    """When the token endpoint answered in the last hour, oldest first, whatever it said."""
    refusals: int = 0
    """Refused logins in a row."""
    token_refusals: int = 0
    """Tokens in a row that the org refused within 20 minutes."""
    learned_lifetime_s: float | None = None
    """How long a token lived before the org refused it, once two agreed."""
    refused_age_s: float | None = None
    """The age at which a token was last refused although it should have lived on."""
    introspection: str | None = None
    """The org's words when it refused to introspect; None while it was not asked or allowed it."""
    introspection_refused_at: datetime | None = None
    key_in_use: str | None = None
    """``first`` or ``next``: the key that logins begin with."""
    key_switched_at: datetime | None = None
    """When the org refused one key and accepted the other."""
    fingerprint: str = ""
    """Tells one login configuration from another; see `signing_keys.login_fingerprint`."""


@dataclass(frozen=True, slots=True)
class LimitHeader:
    """The rolling 24-hour API pool as a ``Sforce-Limit-Info`` header named it."""

    used_calls: int
    max_calls: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LimitValue:
    """One entry of ``/limits``; ``remaining`` may be negative when the limit was overrun."""

    name: str
    """The key; a nested entry has its parent's name before it: ``PermissionSets.CreateCustom``."""
    max_value: int
    remaining: int


@dataclass(frozen=True, slots=True)
class LogFileEntry:
    """One EventLogFile row (object reference, EventLogFile)."""

    id: str
    event_type: str
    interval: str
    """``Hourly`` or ``Daily``."""
    log_date: datetime
    """Start of the hour or of the UTC day that the file covers."""
    sequence: int
    """0 for daily files; 1, 2, … for the increments of an hour."""
    created_at: datetime
    length_bytes: int | None
    path: str
    """Where the CSV is, beginning ``/services/data/``; for `RestClient.stream`."""
    field_names: tuple[str, ...] | None
    """Columns in file order; None when the org did not say or cut the list short."""


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """The org as it describes itself."""

    org_id: str
    name: str | None
    edition: str | None
    """``Enterprise Edition``, … as ``Organization.OrganizationType`` says."""
    instance: str | None
    is_sandbox: bool | None
    user_licences: int | None
    """Full Salesforce licences, the multiplier in the edition's allocation formula."""
    not_visible: Mapping[str, str] = field(default_factory=dict)
    """What could not be read, by object, each with the reason."""


@dataclass(frozen=True, slots=True)
class UserFact:
    """A user of the org, for names."""

    user_id: str
    username: str
    name: str | None
    is_active: bool | None
    profile: str | None
    user_type: str | None


class AppKind(StrEnum):
    """What an app is in the org."""

    CONNECTED_APP = "connected_app"
    EXTERNAL_CLIENT_APP = "external_client_app"
    UNINSTALLED = "uninstalled"
    """Tokens exist for it, but the org has no app of that name installed."""


@dataclass(frozen=True, slots=True)
class AppFact:
    """An app of the org as the inventory saw it."""

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
    """Facts by field name, each with the object that it was read from."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every app that could be seen, and what could not be seen."""

    apps: tuple[AppFact, ...]
    not_visible: Mapping[str, str]
    """Objects that could not be read, or only in part, each with the reason."""


@dataclass(frozen=True, slots=True, order=True)
class ApiVersion:
    """A version of the REST API, ordered by number."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"
