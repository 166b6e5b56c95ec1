"""What an app's OAuth settings and policies say beyond what the story needs: metadata's elements.

Defaults are those of the metadata API guide (ConnectedApp, ExtlClntAppGlobalOauthSettings,
ExtlClntAppOauthConfigurablePolicies).
"""

from dataclasses import dataclass
from typing import Literal

IpRelaxation = Literal["ENFORCE", "BYPASS", "BYPASS_2FACTOR", "ENFORCE_RELAXREFRESH"]


@dataclass(frozen=True, slots=True)
class AppDetails:
    """Settings and policies of one app."""

    callback_url: str = "https://localhost/callback"
    certificate_days_left: int = 240
    """How long the certificate that verifies JWT bearer assertions is still good, counted from
    the day on which the org opened; negative for one that has run out."""
    is_vendors: bool = False
    """Whether its owner is another org, a vendor's: listed as metadata, but not readable."""
    ip_relaxation: IpRelaxation = "ENFORCE"
    pkce_required: bool = True
    secret_optional: bool = False
    secret_required_for_refresh: bool = True
    rotates_refresh_tokens: bool = False
    enforces_refresh_ttl: bool = False
    """Whether an idle refresh token expires after 30 days (types of v67)."""
    introspects_all_tokens: bool = False
    issues_jwt_access_tokens: bool = False
    allows_device_flow: bool = False
    is_canvas: bool = False
    session_timeout_min: int | None = None
    """The app's own session policy; None leaves it to profile and org."""
    allowed_networks: tuple[tuple[str, str], ...] = ()
    """First and last address of each range from which the app may be used."""
    contact_email: str = ""
    """Empty: the org's administrator."""
