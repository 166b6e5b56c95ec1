"""The settings in force, frozen, each with a default that is right for most orgs.

`console.settings_file` reads them from TOML and the environment; nothing below the entry points
looks at either.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from console.secrets import Secret

PRODUCTION_AUDIENCE = "https://login.salesforce.com"
"""The audience of a JWT for production orgs (Salesforce help, "OAuth 2.0 JWT Bearer Flow")."""

SANDBOX_AUDIENCE = "https://test.salesforce.com"
"""The same for sandboxes."""

DEFAULT_CHANNELS = ("/event/LoginEventStream", "/event/ApiEventStream")
"""The monitoring channels that carry logins and API reads."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is normal for an integration, by its owner's word."""

    source: tuple[str, ...] = ()
    """Networks in CIDR form."""
    client: tuple[str, ...] = ()
    """Shell patterns."""
    api_version_min: str | None = None
    hours: str | None = None
    """``HH-HH`` in UTC."""


@dataclass(frozen=True, slots=True)
class IntegrationMatch:
    """Which log rows belong to an integration: every given pattern must match, as in a shell."""

    app: str | None = None
    user: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class IntegrationSettings:
    """A name, an owner and a budget for what Salesforce leaves anonymous."""

    name: str
    match: IntegrationMatch
    owner: str | None = None
    budget_calls_24h: int | None = None
    expect: Expectation = field(default_factory=Expectation)


@dataclass(frozen=True, slots=True)
class SimulatedTime:
    """The clock of a simulated org, written by ``orgwatch simulate`` into its settings file."""

    real_origin: datetime
    org_origin: datetime
    speed: float


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """One org: where it is, how to log in, what to collect."""

    alias: str
    instance_url: str
    login_url: str
    audience: str
    consumer_key: str
    username: str
    private_key_file: Path | None = None
    private_key: Secret | None = None
    """The key itself, from ``ORGWATCH_PRIVATE_KEY``."""
    private_key_keyring: str | None = None
    """The service name under which the OS keyring holds the key for ``username``."""
    certificate_file: Path | None = None
    private_key_passphrase_keyring: str | None = None
    """The service name under which the OS keyring holds the passphrase of the key."""
    consumer_key_next: str | None = None
    """The consumer key to try when ``consumer_key`` is refused, while it is being replaced."""
    private_key_file_next: Path | None = None
    """The key to try when the first is refused, while keys are being replaced."""
    private_key_next: Secret | None = None
    """The same key itself, from ``ORGWATCH_PRIVATE_KEY_NEXT``."""
    certificate_file_next: Path | None = None
    client_secret: Secret | None = None
    """From ``ORGWATCH_CLIENT_SECRET``; only introspection uses it, the login never does."""
    introspection: str = "auto"
    """``auto`` asks the org when a token ends, where the app may; ``off`` never asks."""
    api_version: str | None = None
    """None: the newest version that org and console share."""
    stream_channels: tuple[str, ...] = DEFAULT_CHANNELS
    stream_start: str = "new"
    session_timeout_minutes: int = 120
    """How long a token lives where the org does not say (org default: 2 hours)."""
    own_calls_fraction: float = 0.01
    """The share of the API pool that orgwatch allows itself."""
    integrations: tuple[IntegrationSettings, ...] = ()
    store_file: Path | None = None
    simulated_time: SimulatedTime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured, and what was odd about it."""

    config_file: Path
    config_file_exists: bool
    orgs: tuple[OrgSettings, ...]
    default_org: str | None
    origins: dict[str, str] = field(default_factory=dict)
    """Setting by dotted name, and where its value came from."""
    warnings: tuple[str, ...] = ()
    """What was ignored, each naming file, key and the nearest valid key."""
