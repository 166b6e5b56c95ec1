"""What the simulated org is made of: its people, its apps and the integrations that call it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.simulator.org.app_details import AppDetails

AppKind = Literal["connected_app", "external_client_app", "uninstalled"]
"""``uninstalled``: tokens exist, but the org has no ConnectedApplication row for the app."""
OAuthFlow = Literal["jwt_bearer", "web_server", "client_credentials", "username_password"]


_USUAL = AppDetails()


@dataclass(frozen=True, slots=True)
class SimUser:
    """A user of the org."""

    user_id: str
    """18 characters."""
    username: str
    name: str
    profile: str
    """Name of the profile."""
    licence: str
    """Name of the user licence: ``Salesforce`` or ``Salesforce Integration``."""
    is_active: bool = True
    user_type: str = "Standard"
    permission_sets: tuple[str, ...] = ()
    """API names of the permission sets assigned."""

    @property
    def email(self) -> str:
        """The address that the username looks like."""
        return self.username


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """How long an app's refresh tokens live, in the words of ExtlClntAppOauthPlcyCnfg."""

    type: str = "Infinite"
    """``Infinite``, ``Zero``, ``SpecificLifetime`` or ``SpecificInactivity``."""
    period: int | None = None
    unit: str | None = None
    """``Hours``, ``Days`` or ``Months``."""


@dataclass(frozen=True, slots=True)
class SimApp:
    """A connected app, an External Client App, or one that was never installed."""

    kind: AppKind
    name: str
    developer_name: str
    app_id: str | None
    """18 characters: ``0H4…`` or ``0xI…``; None when not installed."""
    consumer_id: str
    """18 characters, ``888…``."""
    consumer_key: str
    scopes: tuple[str, ...]
    """OAuth scopes as a token response names them: ``api``, ``refresh_token``, ``full`` …"""
    pre_authorized_only: bool
    created_at: datetime
    flow: OAuthFlow = "jwt_bearer"
    enabled: bool = True
    namespace: str | None = None
    description: str | None = None
    approved_usernames: tuple[str, ...] = ()
    """Who may use the app: pre-authorized, or self-authorized with a grant."""
    permission_set: str | None = None
    """API name of the permission set that pre-authorizes, where one does."""
    refresh_policy: RefreshPolicy = RefreshPolicy()
    token_uses: int = 0
    """UseCount of its OauthToken rows; 0 for flows that leave none."""
    last_used_at: datetime | None = None
    """When it last got a token, for apps that nobody uses any more."""
    details: AppDetails = _USUAL

    def may_be_used_by(self, username: str) -> bool:
        """Whether that user is pre-authorized, or has approved the app."""
        return username.lower() in {name.lower() for name in self.approved_usernames}


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """What stays the same in the org, whatever the seed."""

    org_id: str
    """18 characters."""
    name: str
    edition: str
    """``Organization.OrganizationType``."""
    instance: str
    """``Organization.InstanceName``."""
    licences: int
    """Full Salesforce licences, the multiplier of the allocation formula."""
    created_at: datetime
    users: tuple[SimUser, ...]
    apps: tuple[SimApp, ...]
    console_app: SimApp
    """The External Client App that orgwatch itself logs in with."""
    console_user: SimUser
    fullest_limit_share: float = 1.0
    """How far the fullest of the other limits is usually used, the API pool aside."""

    @property
    def pool_max(self) -> int:
        """API calls in any 24 hours: Enterprise Edition gives 100,000 and 1,000 per licence."""
        return 100_000 + 1_000 * self.licences
