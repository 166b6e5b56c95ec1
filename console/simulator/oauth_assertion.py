"""Whether a JWT bearer assertion gets a token, decided without any HTTP.

The order of the checks is not published; this one puts what is wrong with the client before what
is wrong with the user. Texts are those captured from real orgs (``audience is invalid``,
``expired authorization code``, ``user hasn't approved this consumer`` …).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.types import Options

from console.simulator.login_budget import LoginBudget
from console.simulator.story import SimApp, SimUser
from console.simulator.world import World

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
"""Audiences every org takes besides its own My Domain (help, OAuth 2.0 JWT bearer flow)."""

_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class TokenRefused(Exception):
    """The token endpoint's no: HTTP 400 with ``error`` and ``error_description``.

    ``login_status`` is the text that LoginHistory shows for the attempt, and ``username`` and
    ``app_name`` say whose it was; None and ``N/A`` where the attempt got too little far to tell.
    """

    def __init__(self, error: str, description: str, login_status: str = "Failed: Invalid Token"):
        super().__init__(description)
        self.error = error
        self.description = description
        self.login_status = login_status
        self.username: str | None = None
        self.app_name = "N/A"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A user and an app that may have a token together."""

    user: SimUser
    app: SimApp


@dataclass(frozen=True, slots=True)
class AssertionDesk:
    """Judges assertions for one org."""

    world: World
    app_keys: Mapping[str, RSAPublicKey]
    instance_url: str
    budget: LoginBudget

    def judge(self, assertion: str, now: datetime) -> Accepted:
        """Who the assertion speaks for; raises TokenRefused at the first check that fails."""
        claims = unverified_claims(assertion)
        try:
            return self._judge_claims(assertion, claims, now)
        except TokenRefused as refused:
            app = self.world.app_by_consumer_key(str(claims.get("iss")))
            refused.username = str(claims.get("sub", ""))
            refused.app_name = "N/A" if app is None else app.name
            raise

    def _judge_claims(
        self, assertion: str, claims: Mapping[str, object], now: datetime
    ) -> Accepted:
        app = self._app(claims.get("iss"))
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if not any(name in (*AUDIENCES, self.instance_url) for name in named):
            raise TokenRefused("invalid_grant", "audience is invalid")
        if not is_signed_by(assertion, self.app_keys.get(app.consumer_key)):
            raise TokenRefused("invalid_grant", "invalid assertion", "Failed: Signature Invalid")
        if not _is_current(claims.get("exp"), now):
            raise TokenRefused("invalid_grant", "expired authorization code")
        return Accepted(self._user(claims.get("sub"), app, now), app)

    def _app(self, consumer_key: object) -> SimApp:
        app = self.world.app_by_consumer_key(str(consumer_key))
        if app is None:
            raise TokenRefused(
                "invalid_client_id",
                "client identifier invalid",
                "Failed: Missing Consumer Key Parameter",
            )
        if app.kind == "external_client_app" and not app.enabled:
            raise TokenRefused("app_not_found", "External client app is not installed in this org")
        if not app.enabled:
            raise TokenRefused("app_blocked", "this app is blocked by admin")
        return app

    def _user(self, username: object, app: SimApp, now: datetime) -> SimUser:
        user = self.world.user_by_username(str(username))
        if user is None or not user.is_active:
            raise TokenRefused("invalid_grant", "inactive user", "User is inactive")
        if not self.budget.spend(user.username, now):
            raise TokenRefused("invalid_grant", "login rate exceeded", "Login rate exceeded")
        if not app.may_be_used_by(user.username):
            if app.pre_authorized_only:
                raise TokenRefused(
                    "invalid_app_access", "user is not admin approved to access this app"
                )
            raise TokenRefused("invalid_grant", "user hasn't approved this consumer")
        return user


def unverified_claims(assertion: str) -> Mapping[str, object]:
    """What an assertion claims, before anything is believed; raises TokenRefused if unreadable."""
    try:
        claims: Mapping[str, object] = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise TokenRefused("invalid_grant", "invalid assertion") from None
    return claims


def is_signed_by(assertion: str, key: RSAPublicKey | None) -> bool:
    """Whether ``assertion`` carries an RS256 signature that ``key`` confirms."""
    if key is None:
        return False
    try:
        jwt.decode(assertion, key, algorithms=["RS256"], options=_SIGNATURE_ONLY)
    except jwt.PyJWTError:
        return False
    return True


def _is_current(expires: object, now: datetime) -> bool:
    """Whether ``exp`` (epoch seconds) lies ahead, however far.

    The official command line sends one thousands of years ahead and gets its token.
    """
    return isinstance(expires, int | float) and expires > now.timestamp()
