"""The life cycle of the one access token: asked for rarely, shared by all, never written down.

Rules, in the order in which they apply:

1. A token is reused until five minutes before its expiry.
2. It is then renewed ahead of time; while that fails or may not happen yet, the old one serves on,
   because its expiry is an estimate and the org alone decides.
3. Between two requests lie 20 minutes, unless the org refused the token or the process is new;
   `console.salesforce.login_pace` has the rule for both.
4. A token refused once is replaced at once; if the replacement is refused within 20 minutes too,
   the wait grows from ten seconds to an hour.
5. A refused login is repeated after a wait that grows from a minute to an hour; an unreachable
   login server is asked again after five seconds, growing to five minutes.
6. However many wait for a token, one request goes out, also when some of them stop waiting.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import httpx

from console.clock import Clock
from console.errors import OrgError
from console.salesforce.deadlines import Deadlines
from console.salesforce.introspection import Introspector
from console.salesforce.login_attempt import LoginAttempt
from console.salesforce.login_pace import (
    MIN_AFTER_RESTART,
    MIN_BETWEEN_REQUESTS,
    LoginPace,
    again,
    waiting,
)
from console.salesforce.login_request import Grant
from console.salesforce.signing_keys import LoginKeys, login_fingerprint
from console.salesforce.token_lifetime import Expiry, TokenLifetime
from console.salesforce.types import AccessToken, LoginObservation
from console.settings import OrgSettings

RENEW_BEFORE_EXPIRY = timedelta(minutes=5)


class TokenKeeper:
    """Holds the one access token of an org and decides when the token endpoint is asked.

    ``on_observation`` is called after every request and refusal with what is now known;
    ``remembered`` is the last such observation that an earlier process stored. All waits are in
    the org's time.
    """

    def __init__(
        self,
        settings: OrgSettings,
        http: httpx.AsyncClient,
        clock: Clock,
        keys: LoginKeys,
        on_observation: Callable[[LoginObservation], None],
        remembered: LoginObservation | None = None,
        *,
        deadlines: Deadlines | None = None,
    ) -> None:
        deadlines = deadlines or Deadlines()
        self._settings = settings
        self._clock = clock
        self._on_observation = on_observation
        self._fingerprint = login_fingerprint(settings, keys)
        same = remembered is not None and remembered.fingerprint == self._fingerprint
        known = remembered if same else None
        timeout = timedelta(minutes=settings.session_timeout_minutes)
        self._pace = LoginPace(clock, remembered, self._fingerprint)
        self._lifetime = TokenLifetime(timeout, known)
        self._introspector = Introspector(settings, http, clock, deadlines, known)
        self._attempt = LoginAttempt(
            settings,
            http,
            clock,
            keys,
            deadlines,
            self._pace,
            known.key_in_use if known else None,
            known.key_switched_at if known else None,
        )
        self._current: AccessToken | None = None
        self._request: asyncio.Task[AccessToken | OrgError] | None = None

    async def token(self) -> AccessToken:
        """A token that the org is expected to accept.

        Raises `LoginRefused`, `OrgUnreachable` or `UnreadableAnswer`; while a cool-down runs the
        fault that began it is raised again without asking, with ``retry_after_s`` in org seconds.
        """
        current = self._current
        asking = self._request is not None
        if current is not None and (asking or not self._is_renewable(current)):
            return current
        if self._request is None:
            self._request = asyncio.create_task(self._requested(), name="token request")
            self._request.add_done_callback(self._request_is_over)
        outcome = await asyncio.shield(self._request)
        if isinstance(outcome, AccessToken):
            return outcome
        if current is not None and self._current is current:
            return current
        raise again(outcome, outcome.retry_after_s)

    async def refused(self, token: AccessToken) -> None:
        """The org answered 401 to ``token``; later callers get another one.

        Only the very object that `token` gave out counts, so that late refusals of an older token
        do not cost the new one, even when the org issued the same text again.
        """
        if token is not self._current:
            return
        self._current = None
        age = self._clock.now() - token.obtained_at
        self._lifetime.refused_at(age, token.expires_at - token.obtained_at)
        self._pace.token_refused(age)
        self._observe()

    async def close(self) -> None:
        """Forgets the token. It is not revoked: orgwatch changes nothing in the org."""
        request = self._request
        if request is not None:
            request.cancel()
            with suppress(asyncio.CancelledError):
                await request
        self._current = None

    def _is_renewable(self, token: AccessToken) -> bool:
        """Whether ``token`` is due for renewal, and asking for another is allowed now."""
        now = self._clock.now()
        return (
            now >= token.expires_at - RENEW_BEFORE_EXPIRY
            and now - token.obtained_at >= MIN_BETWEEN_REQUESTS
            and not self._pace.is_held_back()
        )

    def _request_is_over(self, request: asyncio.Task[AccessToken | OrgError]) -> None:
        self._request = None
        if not request.cancelled():
            # Asked for here, so that one that nobody awaits any more is no warning.
            request.exception()

    async def _requested(self) -> AccessToken | OrgError:
        """Asks unless it must wait, and records what came of it; a fault is for every waiter."""
        try:
            self._pace.raise_if_held_back()
            await self._wait_out_restart()
        except OrgError as fault:
            return fault
        try:
            grant = await self._attempt.grant()
        except OrgError as fault:
            self._pace.failed(fault)
            self._observe()
            return fault
        if self._current is not None:
            self._lifetime.lived()
            self._pace.token_lived()
        self._current = self._as_token(grant, await self._expiry(grant))
        self._pace.granted()
        self._observe()
        return self._current

    async def _wait_out_restart(self) -> None:
        """Keeps a program that is restarted over and over from spending the user's logins."""
        wait = self._pace.wait_after_restart()
        if wait > MIN_AFTER_RESTART:
            raise waiting(len(self._pace.recent()), wait)
        if wait > timedelta():
            await asyncio.sleep(self._clock.real_delay_s(wait.total_seconds()))

    async def _expiry(self, grant: Grant) -> Expiry:
        attempt = self._attempt
        introspected = None
        if grant.expires_in_s is None and grant.expires_at is None:
            introspected = await self._introspector.end_of(
                grant.token, attempt.credential, attempt.skew
            )
        return self._lifetime.expiry(grant, self._clock.now(), attempt.skew, introspected)

    def _as_token(self, grant: Grant, expiry: Expiry) -> AccessToken:
        return AccessToken(
            value=grant.token,
            instance_url=grant.instance_url,
            obtained_at=self._clock.now(),
            expires_at=expiry.at,
            expiry_source=expiry.source,
            scope=grant.scope,
            identity_url=grant.identity_url,
        )

    def _observe(self) -> None:
        token, pace, attempt = self._current, self._pace, self._attempt
        fault, skew = pace.fault, attempt.seen_skew
        self._on_observation(
            LoginObservation(
                username=self._settings.username,
                last_request_at=pace.last_request_at,
                obtained_at=token.obtained_at if token else None,
                expires_at=token.expires_at if token else None,
                expiry_source=token.expiry_source if token else None,
                error=fault.title if fault else None,
                next_attempt_at=pace.not_before,
                clock_skew_s=skew.total_seconds() if skew else None,
                error_code=fault.code if fault else None,
                error_meaning=fault.meaning if fault else None,
                error_next_step=fault.next_step if fault else None,
                error_detail=fault.detail if fault else None,
                error_retryable=fault.retryable if fault else False,
                requests=pace.recent(),
                refusals=pace.refusals,
                token_refusals=pace.token_refusals,
                learned_lifetime_s=self._lifetime.learned_s,
                refused_age_s=self._lifetime.refused_age_s,
                introspection=self._introspector.refusal,
                introspection_refused_at=self._introspector.refused_at,
                key_in_use=attempt.credential.name,
                key_switched_at=attempt.key_switched_at,
                fingerprint=self._fingerprint,
            )
        )
