"""What is read about the access of integration users. None: the org did not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HeldPermissionFact:
    """A watched permission of a user, and what gives it."""

    name: str
    through: str


@dataclass(frozen=True, slots=True)
class IntegrationUserFact:
    """A user that programs log in as."""

    user_id: str
    username: str
    name: str | None
    is_active: bool | None
    profile: str | None
    licence: str | None
    last_login_at: datetime | None
    is_frozen: bool | None
    permissions: tuple[HeldPermissionFact, ...] | None
    permission_set_licences: tuple[str, ...] | None
    permissions_not_visible: tuple[str, ...]
    """Watched permissions whose column the org does not show."""


@dataclass(frozen=True, slots=True)
class LoginSumFact:
    """Logins of one user in one way from one place."""

    user_id: str
    application: str
    login_type: str
    login_sub_type: str
    source_ip: str
    status: str
    logins: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenSumFact:
    """The OAuth tokens of one user for one app."""

    user_id: str
    app_name: str
    tokens: int
    uses: int | None
    last_used_at: datetime | None
    oldest_use_at: datetime | None
    """When the one of them that was idle for longest was last used."""


@dataclass(frozen=True, slots=True)
class AppGrantFact:
    """A profile or permission set that pre-authorizes its holders for an app."""

    app_id: str
    through: str


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """A certificate in the org's own key store."""

    name: str
    expires_at: datetime | None
    key_bits: int | None
    is_ca_signed: bool | None


@dataclass(frozen=True, slots=True)
class AppCertificateFact:
    """The certificate with whose key an app's logins are signed."""

    app: str
    """A connected app's label, an External Client App's developer name."""
    kind: str
    """``connected_app`` or ``external_client_app``."""
    expires_at: datetime | None
    """None: the certificate could not be read."""


@dataclass(frozen=True, slots=True)
class PostureFacts:
    """Everything that one reading found."""

    users: tuple[IntegrationUserFact, ...]
    logins: tuple[LoginSumFact, ...]
    logins_since: datetime | None
    """None where the login history could not be read."""
    tokens: tuple[TokenSumFact, ...]
    grants: tuple[AppGrantFact, ...]
    certificates: tuple[CertificateFact, ...]
    app_certificates: tuple[AppCertificateFact, ...]
    not_visible: Mapping[str, str]
