"""What a user's approval is exchanged for: authorization codes and device codes."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.simulator.oauth.errors import TokenRefused
from console.simulator.org.story import SimApp, SimUser

MAX_CODES = 1_000
DEVICE_CODE_LIFE = timedelta(minutes=10)
DEVICE_INTERVAL_S = 5
"""Seconds between two polls of a device (help, OAuth 2.0 device flow); sooner is ``slow_down``."""


@dataclass(frozen=True, slots=True)
class CodePromise:
    """What an authorization code stands for."""

    user: SimUser
    app: SimApp
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    """PKCE code challenge (S256); empty when the client sent none."""
    made_at: datetime


class CodeBook:
    """Authorization codes in the hands of clients; each is good once."""

    def __init__(self, code_life: timedelta) -> None:
        self._life = code_life
        self._promises: dict[str, CodePromise] = {}

    def make(self, promise: CodePromise) -> str:
        """A new code."""
        while len(self._promises) >= MAX_CODES:
            del self._promises[next(iter(self._promises))]
        code = "aPrx" + secrets.token_urlsafe(42)
        self._promises[code] = promise
        return code

    def redeem(
        self, code: str, app: SimApp, redirect_uri: str, verifier: str, now: datetime
    ) -> CodePromise:
        """What ``code`` stands for, once.

        Raises TokenRefused: unknown or used before, too old, for another app or address, or
        without the verifier of its challenge.
        """
        promise = self._promises.pop(code, None)
        if promise is None or promise.app.consumer_key != app.consumer_key:
            raise TokenRefused("invalid_grant", "invalid authorization code")
        if now >= promise.made_at + self._life:
            raise TokenRefused("invalid_grant", "expired authorization code")
        if redirect_uri != promise.redirect_uri:
            raise TokenRefused(
                "redirect_uri_mismatch",
                "redirect_uri must match configuration",
            )
        if promise.challenge and challenge_of(verifier) != promise.challenge:
            raise TokenRefused("invalid_grant", "invalid code verifier")
        return promise


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(slots=True)
class DevicePromise:
    """A device that waits for its user."""

    app: SimApp
    user_code: str
    made_at: datetime
    username: str = ""
    """Whoever approved; empty while nobody has."""
    is_denied: bool = False
    polled_at: datetime | None = None


class DeviceBook:
    """Device codes in the hands of clients."""

    def __init__(self) -> None:
        self._promises: dict[str, DevicePromise] = {}

    def make(self, app: SimApp, now: datetime) -> tuple[str, str]:
        """A new device code, and the short code that the user types."""
        while len(self._promises) >= MAX_CODES:
            del self._promises[next(iter(self._promises))]
        code = secrets.token_urlsafe(64)
        user_code = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
        self._promises[code] = DevicePromise(app, user_code, now)
        return code, user_code

    def waiting(self, user_code: str) -> DevicePromise | None:
        """The device that showed ``user_code`` to its user."""
        return next((p for p in self._promises.values() if p.user_code == user_code), None)

    def redeem(self, code: str, app: SimApp, now: datetime) -> DevicePromise:
        """The approval behind a device code, once; raises TokenRefused while there is none."""
        promise = self._promises.get(code)
        if promise is None or promise.app.consumer_key != app.consumer_key:
            raise TokenRefused("invalid_grant", "invalid device code")
        if now >= promise.made_at + DEVICE_CODE_LIFE:
            del self._promises[code]
            raise TokenRefused("invalid_grant", "expired device code")
        if promise.is_denied:
            del self._promises[code]
            raise TokenRefused("access_denied", "end-user denied authorization")
        if not promise.username:
            before, promise.polled_at = promise.polled_at, now
            if before is not None and now < before + timedelta(seconds=DEVICE_INTERVAL_S):
                raise TokenRefused("slow_down", "polling too quickly")
            raise TokenRefused("authorization_pending", "authorization is pending")
        del self._promises[code]
        return promise
