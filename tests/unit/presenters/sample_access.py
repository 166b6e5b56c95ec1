"""An answer about access as the store could give it."""

from datetime import UTC, datetime, timedelta

from console.analysis.api_versions import fate_of
from console.analysis.posture import PostureCheck, Verdict
from console.answers.access import (
    AccessAnswer,
    CertificateLife,
    CredentialUse,
    UserAccess,
    VersionUse,
)
from console.answers.coverage import Completeness
from console.answers.sources import SourcesAnswer
from store.access_records import Readable, SourceAccess
from store.posture_records import TokenSum
from store.records import LoginState

NOW = datetime(2026, 11, 16, 17, 4, 31, tzinfo=UTC)
HOSTILE = "ERP\x1b]0;owned\x07\u2066[bold]"
LOGIN = LoginState(
    username="watch@acme.example",
    last_request_at=NOW - timedelta(minutes=34),
    obtained_at=NOW - timedelta(minutes=34),
    expires_at=NOW + timedelta(minutes=86),
    expiry_source="introspection",
    error=None,
)

PASSED = PostureCheck("api_only", "API only", Verdict.PASS, "API Only User through profile Bots")
UNSEEN = PostureCheck("tokens", "Tokens in use", Verdict.UNKNOWN, "tokens are not visible")
FAILED = PostureCheck(
    "licence", "Integration licence", Verdict.FAIL, "a full user licence: Salesforce", "Move it."
)


def user(login: str = "svc-erp", **changes: object) -> UserAccess:
    """An integration user with one check of each kind."""
    values: dict[str, object] = {
        "user_id": f"005{login:0<15.15}",
        "username": f"{login}@acme.example",
        "name": "ERP",
        "is_active": True,
        "is_frozen": False,
        "profile": "Bots",
        "licence": "Salesforce",
        "checks": (PASSED, UNSEEN, FAILED),
        "apps": ("MuleSoft ERP",),
        "last_login_at": NOW - timedelta(hours=2),
        "sources": ("203.0.113.11",),
        "api_versions": ("35.0", "58.0"),
        "tokens": (TokenSum(f"005{login:0<15.15}", "MuleSoft ERP", 2, 40, NOW),),
        "calls": 31_204,
        "integrations": ("MuleSoft ERP", "Billing Sync", "Order Sync", "HR Feed", "Web Shop"),
    }
    return UserAccess(**(values | changes))  # type: ignore[arg-type]


def credential(app: str = "MuleSoft ERP", **changes: object) -> CredentialUse:
    """An app whose key, certificate or secret may change."""
    values: dict[str, object] = {
        "app": app,
        "kind": "connected_app",
        "shares_name": False,
        "integrations": (app,),
        "users": ("svc-erp@acme.example",),
        "addresses": ("203.0.113.11",),
        "calls": 31_204,
        "tokens": 2,
        "last_used_at": NOW - timedelta(hours=2),
        "certificate_until": None,
        "certificate_days_left": None,
    }
    return CredentialUse(**(values | changes))  # type: ignore[arg-type]


def source(
    name: str, readable: Readable = Readable.YES, missing: str | None = None, title: str = ""
) -> SourceAccess:
    """One source as a probe found it."""
    said = {Readable.YES: "the org answered", Readable.NO: "INSUFFICIENT_ACCESS"}
    return SourceAccess(name, title or name, readable, missing, said.get(readable, "no word of it"))


SOURCES = SourcesAnswer(
    taken_at=NOW - timedelta(hours=1),
    username="watch@acme.example",
    sources=(
        source("limits", title="Limits of the org"),
        source("log_files", Readable.NO, "the permission View Event Log Files", "Event log files"),
        source("oauth_tokens", title="OAuth tokens of others"),
        source("login_history", Readable.UNKNOWN, title="Login history of others"),
    ),
    permissions=(("API Enabled", True), ("View Event Log Files", False)),
    licences=(("Salesforce", 15, 11),),
)


def access_answer(**changes: object) -> AccessAnswer:
    """Two users, three credentials, two certificates, three versions."""
    values: dict[str, object] = {
        "as_of": NOW,
        "since": NOW - timedelta(days=30),
        "taken_at": NOW - timedelta(minutes=50),
        "login": LOGIN,
        "sources": SOURCES,
        "users": (user(), user("svc-dwh", checks=(PASSED,), integrations=())),
        "credentials": (
            credential(),
            credential(
                "Billing Sync", kind=None, shares_name=True, integrations=(), calls=0, tokens=1
            ),
            credential("HR Feed", kind=None, integrations=(), calls=0, tokens=3),
        ),
        "certificates": (
            CertificateLife("Old", None, NOW - timedelta(days=41), -41, 2_048),
            CertificateLife("Good", None, NOW + timedelta(days=400), 400, 4_096),
        ),
        "versions": tuple(
            VersionUse(fate_of(version, NOW.date()), calls, ("MuleSoft ERP",))
            for version, calls in (("29.0", 4), ("35.0", 5_098), ("62.0", 8_997))
        ),
        "not_visible": (),
        "completeness": Completeness("partial", (), "logs to 13:00, 4 h behind"),
    }
    return AccessAnswer(**(values | changes))  # type: ignore[arg-type]


NEVER = access_answer(
    taken_at=None,
    login=None,
    sources=SourcesAnswer(None, None, (), (), ()),
    users=(),
    credentials=(),
    certificates=(),
    versions=(),
    completeness=Completeness("blind", (), "nothing is stored"),
)
"""Of a store into which nobody has written about access."""
