"""Acme's certificates and transaction security policies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrgCertificate:
    """A certificate of the org itself."""

    developer_name: str
    label: str
    days_left: int
    """Counted from the day on which the org opened; negative for one that has run out."""
    key_size: int = 2048
    ca_signed: bool = False
    exportable: bool = True


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """A transaction security policy made with Condition Builder."""

    developer_name: str
    label: str
    event: str
    """``ApiEvent``, ``LoginEvent`` …"""
    description: str
    enabled: bool
    blocks: bool = False
    block_message: str | None = None


CERTIFICATES = (
    OrgCertificate("Acme_Identity", "Acme Identity", 291),
    OrgCertificate("Partner_Gateway", "Partner Gateway", 12, ca_signed=True),
    OrgCertificate("Old_Single_Sign_On", "Old Single Sign-On", -40, key_size=4096),
)
POLICIES = (
    SecurityPolicy(
        "Large_API_Reads",
        "Large API Reads",
        "ApiEvent",
        "Tells the administrator when one call reads more than 50,000 rows",
        enabled=True,
    ),
    SecurityPolicy(
        "Report_Export_Guard",
        "Report Export Guard",
        "ReportEvent",
        "Blocks exports of more than 10,000 rows",
        enabled=True,
        blocks=True,
        block_message="Ask the data office before you export this many rows.",
    ),
    SecurityPolicy(
        "Logins_From_Elsewhere",
        "Logins From Elsewhere",
        "LoginEvent",
        "A draft that nobody has switched on",
        enabled=False,
    ),
)
