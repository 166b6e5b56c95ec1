"""Asks the org when a token ends (Salesforce help, "OpenID Connect Token Introspection").

The documented way needs the app's client secret. Without one, the app proves itself by a signed
client assertion (``private_key_jwt``), which orgs advertise in their discovery document; whether
they take it here is not documented, so a no is remembered for a day and nothing depends on a yes.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx

from console.clock import Clock
from console.errors import OrgError
from console.salesforce.assertion import ASSERTION_LIFETIME_S, client_assertion
from console.salesforce.deadlines import Deadlines
from console.salesforce.exchange import exchange
from console.salesforce.login_attempt import clock_speed
from console.salesforce.signing_keys import Credential
from console.salesforce.types import LoginObservation
from console.salesforce.values import as_integer, text_of
from console.secrets import Secret, redact
from console.settings import OrgSettings

ASK_AGAIN_AFTER = timedelta(days=1)
CLIENT_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_MAX_WORDS = 200
_log = logging.getLogger(__name__)


class Introspector:
    """Asks once per token, and not at all while the org says no or the settings say ``off``."""

    def __init__(
        self,
        settings: OrgSettings,
        http: httpx.AsyncClient,
        clock: Clock,
        deadlines: Deadlines,
        remembered: LoginObservation | None = None,
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._deadlines = deadlines
        self.refusal = remembered.introspection if remembered else None
        self.refused_at = remembered.introspection_refused_at if remembered else None

    async def end_of(
        self, token: Secret, credential: Credential, skew: timedelta
    ) -> datetime | None:
        """When ``token`` ends by the org's clock; None when the org does not tell."""
        if self._settings.introspection == "off" or self._was_refused_lately():
            return None
        try:
            return await self._asked(token, credential, skew)
        except OrgError as fault:
            _log.info("the org was not asked when the token ends: %s", fault.title)
            return None

    def _was_refused_lately(self) -> bool:
        if self.refused_at is None:
            return False
        since = self._clock.now() - self.refused_at
        return timedelta() <= since < ASK_AGAIN_AFTER

    async def _asked(
        self, token: Secret, credential: Credential, skew: timedelta
    ) -> datetime | None:
        request = self._http.build_request(
            "POST",
            f"{self._settings.login_url.rstrip('/')}/services/oauth2/introspect",
            data={
                "token": token.reveal(),
                "token_type_hint": "access_token",
                **self._proof(credential, skew),
            },
            headers={"Accept": "application/json"},
            timeout=self._deadlines.as_httpx(),
        )
        answer = await exchange(self._http, request, None, self._deadlines.login_s)
        body = answer.json_or_none()
        known = body if isinstance(body, dict) else {}
        expires_s = as_integer(known.get("exp"))
        if answer.status == httpx.codes.OK and known.get("active") is True and expires_s:
            self.refusal = self.refused_at = None
            return _moment(expires_s)
        self._remember(answer.status, known)
        return None

    def _proof(self, credential: Credential, skew: timedelta) -> dict[str, str]:
        secret = self._settings.client_secret
        if secret is not None:
            return {"client_id": credential.consumer_key, "client_secret": secret.reveal()}
        assertion = client_assertion(
            credential.key,
            credential.consumer_key,
            f"{self._settings.login_url.rstrip('/')}/services/oauth2/token",
            self._clock.now() + skew,
            int(ASSERTION_LIFETIME_S * clock_speed(self._settings)),
        )
        return {
            "client_id": credential.consumer_key,
            "client_assertion_type": CLIENT_ASSERTION_TYPE,
            "client_assertion": assertion.reveal(),
        }

    def _remember(self, status: int, body: Mapping[str, object]) -> None:
        words = " ".join(filter(None, (text_of(body, "error"), text_of(body, "error_description"))))
        if not words and body.get("active") is False:
            words = "the org calls its own new token inactive"
        self.refusal = redact(words)[:_MAX_WORDS] or f"status {status}"
        self.refused_at = self._clock.now()


def _moment(epoch_s: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(epoch_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None
