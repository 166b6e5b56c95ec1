"""The life cycle of the one access token: asked for rarely, shared by all, never written down.

Rules, in the order in which they apply:

1. A token is reused until five minutes before its expiry.
2. It is then renewed ahead of time; while that fails or may not happen yet, the old one serves on,
   because its expiry is an estimate and the org alone decides.
3. Between two requests lie 20 minutes, unless the org refused the token. A process that was just
   started has none, and waits only until ten seconds after the last request of the one before.
4. A token refused once is replaced at once; if the replacement is refused within 20 minutes too,
   the wait grows from ten seconds to an hour.
5. A refused login is repeated after a wait that grows from a minute to an hour; an unreachable
   login server is asked again after five seconds, growing to five minutes.
6. However many wait for a token, one request goes out.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from console.clock import Clock
from console.errors import LoginRefused, OrgError, OrgUnreachable
from console.salesforce.assertion import ASSERTION_LIFETIME_S, signed_assertion
from console.salesforce.backoff import CoolDown
from console.salesforce.deadlines import Deadlines
from console.salesforce.keys import PrivateKey
from console.salesforce.login_faults import SKEW_WORTH_SAYING, is_about_time, login_fault
from console.salesforce.login_request import Grant, Refusal, request_token
from console.salesforce.types import AccessToken, LoginObservation
from console.settings import OrgSettings

RENEW_BEFORE_EXPIRY = timedelta(minutes=5)
MIN_BETWEEN_REQUESTS = timedelta(minutes=20)
MIN_AFTER_RESTART = timedelta(seconds=10)
MAX_COMPENSATED_SKEW = timedelta(minutes=90)
"""A clock that is off by more is a wrong date or zone; compensating would hide it."""

_NO_SKEW = timedelta()


class TokenKeeper:
    """Holds the one access token of an org and decides when the token endpoint is asked.

    ``on_observation`` is called after every request and refusal with what is now known;
    ``last_request_at`` is when an earlier process last asked, from its observations.
    All waits are in the org's time.
    """

    def __init__(
        self,
        settings: OrgSettings,
        http: httpx.AsyncClient,
        clock: Clock,
        key: PrivateKey,
        on_observation: Callable[[LoginObservation], None],
        last_request_at: datetime | None = None,
        *,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._key = key
        self._on_observation = on_observation
        self._deadlines = deadlines or Deadlines()
        self._last_request_at = last_request_at
        self._asked = False
        self._speed = _speed(settings)
        self._current: AccessToken | None = None
        self._skew = _NO_SKEW
        self._seen_skew = _NO_SKEW
        self._fault: OrgError | None = None
        self._not_before: datetime | None = None
        self._young_refusals = 0
        self._one_request = asyncio.Lock()
        self._after_refused_login = CoolDown(first_s=60, cap_s=3_600)
        self._after_unreachable = CoolDown(first_s=5, cap_s=300)
        self._after_refused_token = CoolDown(first_s=10, cap_s=3_600)

    async def token(self) -> AccessToken:
        """A token that the org is expected to accept.

        Raises `LoginRefused`, `OrgUnreachable` or `UnreadableAnswer`; while a cool-down runs the
        fault that began it is raised again without asking, with ``retry_after_s`` in org seconds.
        """
        current = self._current
        if current is not None and (not self._is_due(current) or self._one_request.locked()):
            return current
        async with self._one_request:
            current = self._current
            if current is None:
                return await self._first_or_replacement()
            if self._is_due(current):
                return await self._renewed(current)
            return current

    async def refused(self, token: AccessToken) -> None:
        """The org answered 401 to ``token``; later callers get another one.

        Only the very object that `token` gave out counts, so that late refusals of an older token
        do not cost the new one, even when the org issued the same text again.
        """
        if token is not self._current:
            return
        self._current = None
        now = self._clock.now()
        if now - token.obtained_at >= MIN_BETWEEN_REQUESTS:
            self._young_refusals = 0
            self._after_refused_token.reset()
        self._young_refusals += 1
        if self._young_refusals > 1:
            wait_s = self._after_refused_token.next_s()
            self._not_before = now + timedelta(seconds=wait_s)
            self._fault = _refused_again()
        self._observe()

    async def close(self) -> None:
        """Forgets the token. It is not revoked: orgwatch changes nothing in the org."""
        self._current = None

    def _is_due(self, token: AccessToken) -> bool:
        return self._clock.now() >= token.expires_at - RENEW_BEFORE_EXPIRY

    async def _renewed(self, current: AccessToken) -> AccessToken:
        now = self._clock.now()
        if now - current.obtained_at < MIN_BETWEEN_REQUESTS or self._is_held_back(now):
            return current
        try:
            return await self._requested()
        except OrgError:
            return current

    async def _first_or_replacement(self) -> AccessToken:
        now = self._clock.now()
        if self._is_held_back(now) and self._fault is not None and self._not_before is not None:
            raise _again(self._fault, (self._not_before - now).total_seconds())
        if not self._asked:
            await self._wait_out_restart(now)
        return await self._requested()

    def _is_held_back(self, now: datetime) -> bool:
        return self._not_before is not None and now < self._not_before

    async def _wait_out_restart(self, now: datetime) -> None:
        """Keeps a program that is restarted over and over from spending the user's logins."""
        since = now - self._last_request_at if self._last_request_at else None
        if since is not None and timedelta() <= since < MIN_AFTER_RESTART:
            wait_s = (MIN_AFTER_RESTART - since).total_seconds()
            await asyncio.sleep(self._clock.real_delay_s(wait_s))

    async def _requested(self) -> AccessToken:
        """Asks, and records what came of it."""
        try:
            grant = await self._granted()
        except OrgError as fault:
            self._cool_down(fault)
            self._observe()
            raise
        self._current = self._as_token(grant)
        self._fault = None
        self._not_before = None
        self._after_refused_login.reset()
        self._after_unreachable.reset()
        self._observe()
        return self._current

    async def _granted(self) -> Grant:
        """A grant, after a second try with the org's time when a wrong clock was the cause."""
        answer = await self._ask()
        skew = self._measured_skew(answer)
        if (
            isinstance(answer, Refusal)
            and is_about_time(answer)
            and skew is not None
            and self._is_off(skew - self._skew)
            and abs(skew) <= MAX_COMPENSATED_SKEW
        ):
            self._skew = skew
            answer = await self._ask()
            skew = self._measured_skew(answer)
        if isinstance(answer, Refusal):
            raise login_fault(answer, self._settings, skew)
        if skew is not None:
            self._seen_skew = skew if self._is_off(skew) else _NO_SKEW
            self._skew = self._seen_skew if abs(skew) <= MAX_COMPENSATED_SKEW else _NO_SKEW
        return answer

    def _is_off(self, difference: timedelta) -> bool:
        return abs(difference) > SKEW_WORTH_SAYING * self._speed

    async def _ask(self) -> Grant | Refusal:
        now = self._clock.now()
        self._asked = True
        self._last_request_at = now
        assertion = signed_assertion(
            self._key,
            self._settings.consumer_key,
            self._settings.username,
            self._settings.audience,
            now + self._skew,
            int(ASSERTION_LIFETIME_S * self._speed),
        )
        return await request_token(self._http, self._settings.login_url, assertion, self._deadlines)

    def _measured_skew(self, answer: Grant | Refusal) -> timedelta | None:
        if answer.server_time is None:
            return None
        return answer.server_time - self._clock.now()

    def _cool_down(self, fault: OrgError) -> None:
        unreachable = isinstance(fault, OrgUnreachable)
        cool_down = self._after_unreachable if unreachable else self._after_refused_login
        wait_s = max(cool_down.next_s(), fault.retry_after_s or 0.0)
        self._not_before = self._clock.now() + timedelta(seconds=wait_s)
        self._fault = fault

    def _as_token(self, grant: Grant) -> AccessToken:
        now = self._clock.now()
        if grant.expires_in_s is not None:
            expires_at, source = now + timedelta(seconds=grant.expires_in_s), "expires_in"
        elif grant.expires_at is not None and grant.expires_at - self._skew > now:
            expires_at, source = grant.expires_at - self._skew, "token exp claim"
        else:
            timeout = timedelta(minutes=self._settings.session_timeout_minutes)
            expires_at, source = now + timeout, "session timeout setting"
        return AccessToken(
            value=grant.token,
            instance_url=grant.instance_url,
            obtained_at=now,
            expires_at=expires_at,
            expiry_source=source,
            scope=grant.scope,
            identity_url=grant.identity_url,
        )

    def _observe(self) -> None:
        token = self._current
        self._on_observation(
            LoginObservation(
                username=self._settings.username,
                last_request_at=self._last_request_at,
                obtained_at=token.obtained_at if token else None,
                expires_at=token.expires_at if token else None,
                expiry_source=token.expiry_source if token else None,
                error=self._fault.title if self._fault else None,
                next_attempt_at=self._not_before,
                clock_skew_s=self._seen_skew.total_seconds() if self._seen_skew else None,
            )
        )


def _speed(settings: OrgSettings) -> float:
    """How much faster than real time the org's clock runs, at least 1.

    A request takes real time on its way, in which a fast clock goes far: what is measured against
    the assertion's age is stretched by this, or no login would arrive in time.
    """
    return max(settings.simulated_time.speed, 1.0) if settings.simulated_time else 1.0


def _refused_again() -> LoginRefused:
    return LoginRefused(
        "The org refuses every new token",
        "Logging in works, but the org then rejects the token, again and again.",
        "Check that the user has the permission API Enabled, that the app's session policies "
        "and IP restrictions admit this machine, and that no policy ends API sessions.",
        retryable=True,
        code="token_refused",
    )


def _again(fault: OrgError, remaining_s: float) -> OrgError:
    """``fault`` once more, as a fresh exception that says how long nothing will be asked."""
    return type(fault)(
        fault.title,
        fault.meaning,
        fault.next_step,
        fault.detail,
        retryable=fault.retryable,
        retry_after_s=max(remaining_s, 0.0),
        code=fault.code,
    )
