"""One login: a signed request, repeated where a wrong clock or an old key was the cause."""

from datetime import datetime, timedelta

import httpx

from console.clock import Clock
from console.errors import LoginRefused
from console.salesforce.assertion import ASSERTION_LIFETIME_S, signed_assertion
from console.salesforce.deadlines import Deadlines
from console.salesforce.login_faults import (
    SKEW_WORTH_SAYING,
    doubts_key,
    is_about_time,
    login_fault,
)
from console.salesforce.login_pace import LoginPace
from console.salesforce.login_request import Grant, Refusal, request_token
from console.salesforce.signing_keys import Credential, LoginKeys
from console.settings import OrgSettings

MAX_COMPENSATED_SKEW = timedelta(minutes=90)
"""A clock that is off by more is a wrong date or zone; compensating would hide it."""

_NO_SKEW = timedelta()


class LoginAttempt:
    """Asks for a token with what earlier attempts taught: the clock's error and the right key.

    ``key_in_use`` names the key that an earlier process found accepted. Every request is
    reported to ``pace``.
    """

    def __init__(
        self,
        settings: OrgSettings,
        http: httpx.AsyncClient,
        clock: Clock,
        keys: LoginKeys,
        deadlines: Deadlines,
        pace: LoginPace,
        key_in_use: str | None = None,
        key_switched_at: datetime | None = None,
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._keys = keys
        self._deadlines = deadlines
        self._pace = pace
        self._speed = clock_speed(settings)
        self.credential = keys.named(key_in_use)
        self.key_switched_at = key_switched_at
        self.skew = _NO_SKEW
        """What is compensated: the org's time minus this machine's."""
        self.seen_skew = _NO_SKEW
        """What was measured, and is worth saying."""

    async def grant(self) -> Grant:
        """A grant; raises `LoginRefused`, `OrgUnreachable` or `UnreadableAnswer`."""
        credential = self.credential
        answer, skew = await self._asked_in_time(credential)
        other = self._keys.other(credential)
        if isinstance(answer, Refusal) and other is not None and doubts_key(answer):
            second, second_skew = await self._asked_in_time(other)
            if isinstance(second, Refusal):
                raise self._both_refused(credential, answer, other, second, skew)
            answer, skew = second, second_skew
            self.credential = other
            self.key_switched_at = self._clock.now()
        if isinstance(answer, Refusal):
            raise login_fault(answer, self._settings, skew)
        if skew is not None:
            self.seen_skew = skew if self._is_off(skew) else _NO_SKEW
            self.skew = self.seen_skew if abs(skew) <= MAX_COMPENSATED_SKEW else _NO_SKEW
        return answer

    async def _asked_in_time(
        self, credential: Credential
    ) -> tuple[Grant | Refusal, timedelta | None]:
        """The answer and the skew it shows, after a second try with the org's time if needed."""
        answer = await self._ask(credential)
        skew = self._measured_skew(answer)
        if (
            isinstance(answer, Refusal)
            and is_about_time(answer)
            and skew is not None
            and self._is_off(skew - self.skew)
            and abs(skew) <= MAX_COMPENSATED_SKEW
        ):
            self.skew = skew
            answer = await self._ask(credential)
            skew = self._measured_skew(answer)
        return answer, skew

    async def _ask(self, credential: Credential) -> Grant | Refusal:
        self._pace.asking()
        assertion = signed_assertion(
            credential.key,
            credential.consumer_key,
            self._settings.username,
            self._settings.audience,
            self._clock.now() + self.skew,
            int(ASSERTION_LIFETIME_S * self._speed),
        )
        answer = await request_token(
            self._http, self._settings.login_url, assertion, self._deadlines
        )
        self._pace.answered()
        return answer

    def _both_refused(
        self,
        credential: Credential,
        answer: Refusal,
        other: Credential,
        second: Refusal,
        skew: timedelta | None,
    ) -> LoginRefused:
        """The fault of the key in use, with the org's words about both."""
        fault = login_fault(answer, self._settings, skew)
        words = login_fault(second, self._settings, skew).detail
        fault.meaning += f" The {other.name} key was tried too and refused."
        fault.detail += f" ({credential.name} key); {words} ({other.name} key)"
        return fault

    def _is_off(self, difference: timedelta) -> bool:
        return abs(difference) > SKEW_WORTH_SAYING * self._speed

    def _measured_skew(self, answer: Grant | Refusal) -> timedelta | None:
        if answer.server_time is None:
            return None
        return answer.server_time - self._clock.now()


def clock_speed(settings: OrgSettings) -> float:
    """How much faster than real time the org's clock runs, at least 1.

    A request takes real time on its way, in which a fast clock goes far: what is measured against
    the assertion's age is stretched by this, or no login would arrive in time.
    """
    return max(settings.simulated_time.speed, 1.0) if settings.simulated_time else 1.0
