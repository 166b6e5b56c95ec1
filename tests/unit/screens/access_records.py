"""Records of users, sources and logins for the access room, on top of a filled store."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

from store import console_state, posture, source_access
from store.access_records import AccessProbe, Readable, SourceAccess
from store.posture_records import (
    HeldPermission,
    IntegrationUser,
    LoginSum,
    OrgCertificate,
    PostureSnapshot,
    TokenSum,
)
from store.records import LoginState
from tests.unit.screens.filled_store import NOW

HOSTILE = "[bold]Odd\x1b[31m\u202e"
VIEW_SETUP = "the permission View Setup and Configuration"

SOURCES = {
    "limits": "Limits of the org",
    "log_files": "Event log files",
    "login_history": "Login history of others",
    "oauth_tokens": "OAuth tokens of others",
    "stream:LoginEventStream": "Stream LoginEventStream",
}


def probe(*refused: str, missing: str | None = VIEW_SETUP) -> AccessProbe:
    """All of `SOURCES` readable but the ``refused``."""
    return AccessProbe(
        taken_at=NOW - timedelta(minutes=20),
        username="watch@acme.example",
        sources=tuple(
            SourceAccess(name, title, Readable.NO, missing, "INSUFFICIENT_ACCESS")
            if name in refused
            else SourceAccess(name, title, Readable.YES, None, "the org answered")
            for name, title in SOURCES.items()
        ),
        permissions=(("API Enabled", True), ("View Setup and Configuration", False)),
        licences=(("Salesforce", 15, 11),),
    )


def integration_user(number: int, username: str, **changes: object) -> IntegrationUser:
    """A user that logs in for one of the three integrations of the filled store."""
    values: dict[str, object] = {
        "user_id": f"00500000000000{number}",
        "username": username,
        "name": username.partition("@")[0],
        "is_active": True,
        "profile": "Bots",
        "licence": "Salesforce Integration",
        "last_login_at": NOW - timedelta(hours=2),
        "is_frozen": False,
        "permissions": (HeldPermission("API Only User", "profile Bots"),),
        "permission_set_licences": (),
    }
    return IntegrationUser(**(values | changes))  # type: ignore[arg-type]


USERS = (
    integration_user(0, "svc0@acme.example", licence="Salesforce", permissions=()),
    integration_user(1, "svc1@acme.example"),
    integration_user(2, HOSTILE, name=HOSTILE, profile=None, permissions=None),
)


def snapshot(*users: IntegrationUser) -> PostureSnapshot:
    """A reading that found ``users``."""
    token = TokenSum("005000000000000", "MuleSoft ERP", 2, 40, NOW - timedelta(hours=3))
    login = LoginSum(
        "005000000000000", "MuleSoft ERP", "Remote Access 2.0", "OAuthJwtBearer",
        "203.0.113.0", "Success", 12, NOW - timedelta(hours=2),
    )  # fmt: skip
    return PostureSnapshot(
        taken_at=NOW - timedelta(minutes=15),
        logins_since=NOW - timedelta(days=30),
        users=users,
        logins=(login,),
        tokens=(token,),
        grants=(),
        certificates=(OrgCertificate("Single Sign-On", NOW + timedelta(days=9), 2_048, False),),
        not_visible={"SetupEntityAccess": "needs View Setup and Configuration"},
    )


LOGIN = LoginState(
    username="watch@acme.example",
    last_request_at=NOW - timedelta(minutes=34),
    obtained_at=NOW - timedelta(minutes=34),
    expires_at=NOW + timedelta(minutes=86),
    expiry_source="introspection",
    error=None,
    certificate_until=NOW + timedelta(days=12, hours=1),
)
REFUSED = replace(
    LOGIN,
    obtained_at=None,
    expires_at=None,
    error="The app is not approved for this user",
    error_next_step="Add the permission set to the app.",
    next_attempt_at=NOW + timedelta(minutes=6),
)


def write_access(connection: sqlite3.Connection) -> None:
    """The usual: everything readable, three users, a login in order."""
    source_access.record_probe(connection, probe())
    posture.record_posture(connection, snapshot(*USERS))
    console_state.record_login(connection, LOGIN)
