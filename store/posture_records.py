"""How the org's integration users stand, as the store keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HeldPermission:
    """A permission of a user, and what gives it."""

    name: str
    """Its label in Setup."""
    through: str
    """``profile <name>`` or ``permission set <name>``."""


@dataclass(frozen=True, slots=True)
class IntegrationUser:
    """A user that programs log in as, as the org describes it. None: the org did not say."""

    user_id: str
    username: str
    name: str | None
    is_active: bool | None
    profile: str | None
    licence: str | None
    """The user licence: ``Salesforce``, ``Salesforce Integration``."""
    last_login_at: datetime | None
    is_frozen: bool | None
    permissions: tuple[HeldPermission, ...] | None
    """Those of the watched permissions that the user holds."""
    permission_set_licences: tuple[str, ...] | None
    """Developer names."""
    permissions_not_visible: tuple[str, ...] = ()
    """Watched permissions, by label, whose column the org does not show: nobody knows of them."""


@dataclass(frozen=True, slots=True)
class LoginSum:
    """Logins of one user in one way from one place, over the span that the snapshot looked at."""

    user_id: str
    application: str
    login_type: str
    login_sub_type: str
    source_ip: str
    status: str
    logins: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenSum:
    """The OAuth tokens of one user for one app."""

    user_id: str
    app_name: str
    tokens: int
    uses: int | None
    """None unless the org says it of each."""
    last_used_at: datetime | None
    oldest_use_at: datetime | None = None
    """When the one of them that was idle for longest was last used, as far as the org says."""


@dataclass(frozen=True, slots=True)
class AppGrant:
    """Who is pre-authorized for an app: everybody with a profile or a permission set."""

    app_id: str
    through: str


@dataclass(frozen=True, slots=True)
class OrgCertificate:
    """A certificate in the org's own key store."""

    name: str
    expires_at: datetime | None
    key_bits: int | None
    is_ca_signed: bool | None


@dataclass(frozen=True, slots=True)
class AppCertificate:
    """The certificate with whose key an app's logins are signed."""

    app: str
    """A connected app's label, an External Client App's developer name."""
    kind: str
    """``connected_app`` or ``external_client_app``."""
    expires_at: datetime | None
    """None: the certificate could not be read."""


@dataclass(frozen=True, slots=True)
class PostureSnapshot:
    """What one reading of the org's access found."""

    taken_at: datetime
    logins_since: datetime | None
    """Where the login history that was read begins; None when it could not be read."""
    users: tuple[IntegrationUser, ...]
    logins: tuple[LoginSum, ...]
    tokens: tuple[TokenSum, ...]
    grants: tuple[AppGrant, ...]
    certificates: tuple[OrgCertificate, ...]
    app_certificates: tuple[AppCertificate, ...] = ()
    not_visible: Mapping[str, str] = field(default_factory=dict)
    """What could not be read, by object, or only in part, each with the reason."""
