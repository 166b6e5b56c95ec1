"""The signed assertions: of the OAuth 2.0 JWT bearer flow, and of the app itself."""

import secrets
from datetime import datetime

import jwt

from console.salesforce.keys import PrivateKey
from console.secrets import Secret

ASSERTION_LIFETIME_S = 180
"""Salesforce help, "OAuth 2.0 JWT Bearer Flow": the expiry must be within three minutes."""


def signed_assertion(
    key: PrivateKey,
    consumer_key: str,
    username: str,
    audience: str,
    now: datetime,
    lifetime_s: int = ASSERTION_LIFETIME_S,
) -> Secret:
    """A JWT signed with RS256 that says: the app ``consumer_key`` asks for ``username``.

    Claims as the flow's help page lists them: iss, sub, aud, and exp in epoch seconds.
    """
    claims = {
        "iss": consumer_key,
        "sub": username,
        "aud": audience,
        "exp": int(now.timestamp()) + lifetime_s,
    }
    return Secret(jwt.encode(claims, key.signer, algorithm="RS256"))


def client_assertion(
    key: PrivateKey, consumer_key: str, audience: str, now: datetime, lifetime_s: int
) -> Secret:
    """A JWT signed with RS256 by which the app proves itself instead of by a secret.

    Claims as RFC 7523, section 3 wants them for client authentication.
    """
    claims = {
        "iss": consumer_key,
        "sub": consumer_key,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "exp": int(now.timestamp()) + lifetime_s,
    }
    return Secret(jwt.encode(claims, key.signer, algorithm="RS256"))
