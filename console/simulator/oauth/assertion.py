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

from console.simulator.oauth.errors import TokenRefused
from console.simulator.oauth.login_desk import LoginDesk
from console.simulator.oauth.used_jtis import UsedJtis
from console.simulator.org.story import SimApp, SimUser

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


@dataclass(frozen=True, slots=True)
class AssertionDesk:
    """Judges assertions for one org."""

    desk: LoginDesk
    app_keys: Mapping[str, RSAPublicKey]
    instance_url: str
    used_jtis: UsedJtis

    def judge(self, assertion: str, now: datetime, address: str) -> tuple[SimUser, SimApp]:
        """Who the assertion speaks for; raises TokenRefused at the first check that fails."""
        claims = unverified_claims(assertion)
        try:
            return self._judge_claims(assertion, claims, now, address)
        except TokenRefused as refused:
            app = self.desk.world.app_by_consumer_key(str(claims.get("iss")))
            refused.username = str(claims.get("sub", ""))
            refused.app_name = "N/A" if app is None else app.name
            raise

    def _judge_claims(
        self, assertion: str, claims: Mapping[str, object], now: datetime, address: str
    ) -> tuple[SimUser, SimApp]:
        app = self.desk.app_with_flow(claims.get("iss"), JWT_BEARER)
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if not any(self._is_addressed_as(name) for name in named):
            raise TokenRefused("invalid_grant", self.desk.options.audience_text)
        if not is_signed_by(assertion, self.app_keys.get(app.consumer_key)):
            raise TokenRefused("invalid_grant", "invalid assertion", "Failed: Signature Invalid")
        self._check_life(claims, now)
        user = self.desk.user(str(claims.get("sub")), now, address)
        self.desk.check_approval(user, app)
        return user, app

    def _is_addressed_as(self, name: object) -> bool:
        """Whether this org answers to an audience: an address, with or without what surrounds it.

        A slash at the end (restforce 8) and the bare host name (restforce up to 7, its issue
        674) get tokens from real orgs too.
        """
        if not isinstance(name, str):
            return False
        known = (*AUDIENCES, self.instance_url)
        return name.removesuffix("/") in {*known, *(url.partition("://")[2] for url in known)}

    def _check_life(self, claims: Mapping[str, object], now: datetime) -> None:
        """Refuse what has expired; where the org is strict, what lives too long or came before.

        Without the strict switch ``exp`` may lie however far ahead: the official command line
        sends one thousands of years away and gets its token.
        """
        options = self.desk.options
        ends_s = _epoch_seconds(claims.get("exp"))
        leeway_s = options.assertion_leeway.total_seconds()
        if ends_s is None or ends_s + leeway_s <= now.timestamp():
            raise TokenRefused("invalid_grant", "expired authorization code")
        longest = options.most_assertion_life
        if longest is not None and ends_s > now.timestamp() + longest.total_seconds():
            raise TokenRefused("invalid_grant", "invalid assertion")
        jti = claims.get("jti")
        if options.refuses_repeated_jti and jti is not None:
            issuer = str(claims.get("iss"))
            if not self.used_jtis.note(f"{issuer} {jti}", ends_s, now.timestamp()):
                raise TokenRefused("bad_jti_claim", "jti claim was used before")


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


def _epoch_seconds(expires: object) -> float | None:
    """``exp`` as a number; some libraries send it as a text of digits."""
    if isinstance(expires, str) and expires.isascii() and expires.isdigit():
        return float(expires)
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        return None
    return float(expires)
