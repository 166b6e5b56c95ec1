"""One request to the token endpoint, and its answer read: a grant or a refusal.

Bodies as in Salesforce's samples of the JWT bearer flow: success holds access_token, scope,
instance_url, id and token_type, usually no ``expires_in``; refusals are status 400 with ``error``
and ``error_description``.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import jwt

from console.errors import LoginRefused, OrgUnreachable, UnreadableAnswer
from console.salesforce.deadlines import Deadlines
from console.salesforce.exchange import Answer, check_web_address, exchange, not_json, unexpected
from console.salesforce.http import is_loopback
from console.salesforce.values import as_integer, text_of
from console.secrets import Secret, redact

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_MAX_LIFETIME_S = 7 * 86_400
_MAX_WORDS = 1_000
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+/?")


@dataclass(frozen=True, slots=True)
class Grant:
    """The token endpoint said yes."""

    token: Secret
    instance_url: str
    identity_url: str | None
    scope: tuple[str, ...]
    expires_in_s: int | None
    """From ``expires_in``; no Salesforce flow is known to send it."""
    expires_at: datetime | None
    """The ``exp`` claim of a JWT-based access token, by the org's clock."""
    server_time: datetime | None
    """From the Date header: the org's clock when it granted."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The token endpoint said no."""

    status: int
    error: str
    description: str
    server_time: datetime | None
    """From the Date header: the org's clock when it refused."""


async def request_token(
    http: httpx.AsyncClient, login_url: str, assertion: Secret, deadlines: Deadlines
) -> Grant | Refusal:
    """Asks ``login_url`` for a token.

    Raises `OrgUnreachable` or `UnreadableAnswer` when neither a grant nor a refusal came.
    """
    check_web_address(login_url, "login_url")
    request = http.build_request(
        "POST",
        f"{login_url.rstrip('/')}/services/oauth2/token",
        data={"grant_type": GRANT_TYPE, "assertion": assertion.reveal()},
        headers={"Accept": "application/json"},
        timeout=deadlines.as_httpx(),
    )
    answer = await exchange(http, request, None, deadlines.login_s)
    if answer.status == httpx.codes.OK:
        return _grant(answer)
    return _refusal(answer)


def _refusal(answer: Answer) -> Refusal:
    body = answer.json_or_none()
    error = text_of(body, "error") if isinstance(body, dict) else None
    if error is None:
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise OrgUnreachable(
                "The login server is not available",
                f"{answer.address} answered with status {answer.status}.",
                "Nothing is to be done when this passes; the org's state is on "
                "status.salesforce.com.",
                retryable=True,
                code=str(answer.status),
            )
        raise not_json(answer)
    description = text_of(body, "error_description") if isinstance(body, dict) else None
    return Refusal(
        answer.status,
        redact(error)[:_MAX_WORDS],
        redact(description or "")[:_MAX_WORDS],
        answer.date(),
    )


def _grant(answer: Answer) -> Grant:
    body = answer.json()
    if not isinstance(body, dict) or not text_of(body, "access_token"):
        raise unexpected("the token endpoint", "an access_token")
    # From here on no local variable shows the token, whatever is raised.
    token = Secret(str(body.pop("access_token")))
    instance_url = text_of(body, "instance_url") or ""
    if not _ORIGIN.fullmatch(instance_url) or not _is_as_safe(answer.address, instance_url):
        raise UnreadableAnswer(
            "The org named no usable address for its API",
            f"{answer.address} granted a token but no safe instance_url with it, so the token "
            "was sent nowhere.",
            "Check login_url; My Domain in Setup shows the right address.",
        )
    token_type = text_of(body, "token_type") or "Bearer"
    if token_type.lower() != "bearer":
        raise LoginRefused(
            "The app issues tokens of a kind that orgwatch cannot use",
            "The token is bound to a key (DPoP); orgwatch uses plain bearer tokens.",
            "In the External Client App's OAuth settings switch DPoP off.",
            token_type,
            code="token_type",
        )
    expires_in_s = as_integer(body.get("expires_in"))
    if expires_in_s is not None and not 0 < expires_in_s <= _MAX_LIFETIME_S:
        expires_in_s = None
    return Grant(
        token=token,
        instance_url=instance_url.rstrip("/"),
        identity_url=text_of(body, "id"),
        scope=tuple(sorted((text_of(body, "scope") or "").split())),
        expires_in_s=expires_in_s,
        expires_at=_expiry_claim(token),
        server_time=answer.date(),
    )


def _is_as_safe(login_address: str, instance_url: str) -> bool:
    """Whether the token may travel there: over TLS, or without leaving this machine as before."""
    if instance_url.startswith("https://"):
        return True
    return is_loopback(login_address) and is_loopback(instance_url)


def _expiry_claim(token: Secret) -> datetime | None:
    """The ``exp`` of a JWT-based access token; opaque tokens begin ``00D``, JWTs ``eyJ``."""
    if not token.reveal().startswith("eyJ"):
        return None
    try:
        claims = jwt.decode(token.reveal(), options={"verify_signature": False})
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
