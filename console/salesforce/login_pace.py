"""When the token endpoint may be asked: the guard of the user's login budget.

Salesforce blocks a user after 3,600 logins in an hour (help 000381578). Within one process two
requests lie 20 minutes apart unless a token was refused. A process that was just started holds
no token, so it may ask sooner, but the wait since the last request doubles with every request of
the last hour: 10 seconds after one, 20 after two, up to 20 minutes. After refusals the wait grows
from seconds or a minute to an hour, and goes on growing after a restart.
"""

from collections import deque
from datetime import datetime, timedelta

from console.clock import Clock
from console.errors import LoginRefused, OrgError, OrgUnreachable
from console.salesforce.backoff import CoolDown
from console.salesforce.types import LoginObservation

MIN_BETWEEN_REQUESTS = timedelta(minutes=20)
MIN_AFTER_RESTART = timedelta(seconds=10)
MAX_REQUESTS_PER_HOUR = 30
"""Whatever the reasons are: more is never right, and a hundredth of what Salesforce allows."""

_HOUR = timedelta(hours=1)
_LONGEST_COOL_DOWN = timedelta(hours=1)


class LoginPace:
    """Remembers requests and refusals, across restarts too, and says how long to wait.

    ``remembered`` is what an earlier process stored; its cool-down holds only while the settings
    of the login are the same (``fingerprint``), so that a corrected setting is tried at once.
    """

    def __init__(self, clock: Clock, remembered: LoginObservation | None, fingerprint: str) -> None:
        self._clock = clock
        now = clock.now()
        past = remembered
        self.last_request_at = past.last_request_at if past else None
        self.requests: deque[datetime] = deque(
            (at for at in (past.requests if past else ()) if now - _HOUR < at <= now),
            maxlen=10 * MAX_REQUESTS_PER_HOUR,
        )
        same = past is not None and past.fingerprint == fingerprint and _is_past(past, now)
        self.refusals = past.refusals if past and same else 0
        self.token_refusals = past.token_refusals if past and same else 0
        self.fault = _remembered_fault(past) if past and same else None
        self.not_before: datetime | None = None
        if past and same and self.fault is not None and past.next_attempt_at is not None:
            self.not_before = min(past.next_attempt_at, now + _LONGEST_COOL_DOWN)
        self._asked = False
        self._after_refused_login = CoolDown(60, 3_600, failures=self.refusals)
        self._after_unreachable = CoolDown(5, 300)
        self._after_refused_token = CoolDown(10, 3_600, failures=max(self.token_refusals - 1, 0))

    def is_held_back(self) -> bool:
        """Whether a cool-down runs."""
        return self.not_before is not None and self._clock.now() < self.not_before

    def raise_if_held_back(self) -> None:
        """Raises the fault whose cool-down runs, with the seconds that are left of it."""
        if self.is_held_back() and self.fault is not None and self.not_before is not None:
            raise again(self.fault, (self.not_before - self._clock.now()).total_seconds())
        self._raise_if_too_many()

    def wait_after_restart(self) -> timedelta:
        """How long a process that has not asked yet has to wait."""
        if self._asked or self.last_request_at is None:
            return timedelta()
        now = self._clock.now()
        since = now - self.last_request_at
        if since < timedelta():
            return timedelta()
        self._forget_old(now)
        doublings = max(len(self.requests) - 1, 0)
        wait = min(MIN_AFTER_RESTART * (1 << min(doublings, 10)), MIN_BETWEEN_REQUESTS)
        return max(wait - since, timedelta())

    def asking(self) -> None:
        """A request goes out now."""
        self._asked = True
        self.last_request_at = self._clock.now()

    def answered(self) -> None:
        """The token endpoint answered, with a grant or a refusal: the login counts."""
        now = self._clock.now()
        self._forget_old(now)
        self.requests.append(now)

    def granted(self) -> None:
        """The org gave a token."""
        self.fault = None
        self.not_before = None
        self.refusals = 0
        self._after_refused_login.reset()
        self._after_unreachable.reset()

    def failed(self, fault: OrgError) -> None:
        """No token came, because of ``fault``."""
        unreachable = isinstance(fault, OrgUnreachable)
        cool_down = self._after_unreachable if unreachable else self._after_refused_login
        if not unreachable:
            self.refusals += 1
        self._hold_back(max(cool_down.next_s(), fault.retry_after_s or 0.0), fault)

    def token_refused(self, age: timedelta) -> None:
        """The org refused a token that it had given ``age`` ago."""
        if age >= MIN_BETWEEN_REQUESTS:
            self.token_lived()
        self.token_refusals += 1
        if self.token_refusals > 1:
            self._hold_back(self._after_refused_token.next_s(), _refused_again())

    def token_lived(self) -> None:
        """A token served for 20 minutes or more: refusals before it were single events."""
        self.token_refusals = 0
        self._after_refused_token.reset()

    def recent(self) -> tuple[datetime, ...]:
        """The answered requests of the last hour, oldest first."""
        self._forget_old(self._clock.now())
        return tuple(self.requests)

    def _hold_back(self, wait_s: float, fault: OrgError) -> None:
        self.not_before = self._clock.now() + timedelta(seconds=wait_s)
        self.fault = fault

    def _raise_if_too_many(self) -> None:
        now = self._clock.now()
        self._forget_old(now)
        if len(self.requests) >= MAX_REQUESTS_PER_HOUR:
            wait = self.requests[-MAX_REQUESTS_PER_HOUR] + _HOUR - now
            raise waiting(len(self.requests), wait)

    def _forget_old(self, now: datetime) -> None:
        while self.requests and self.requests[0] <= now - _HOUR:
            self.requests.popleft()


def _is_past(seen: LoginObservation, now: datetime) -> bool:
    """Whether it was seen before ``now``; a clock that was set back makes all of it void."""
    return seen.last_request_at is None or seen.last_request_at <= now


def waiting(requests: int, wait: timedelta) -> LoginRefused:
    """The sentences for a login that is put off because there were several lately."""
    return LoginRefused(
        "Waiting before the next login",
        f"{requests} logins were made in the last hour, each by a process that was started anew; "
        "orgwatch spaces them so that it never locks the user out.",
        "Nothing is to be done. If orgwatch is restarted again and again, see why it ends.",
        retryable=True,
        retry_after_s=max(wait.total_seconds(), 0.0),
        code="login_spacing",
    )


def again(fault: OrgError, retry_after_s: float | None) -> OrgError:
    """``fault`` as a fresh exception, for one more who is to be told of it."""
    return type(fault)(
        fault.title,
        fault.meaning,
        fault.next_step,
        fault.detail,
        retryable=fault.retryable,
        retry_after_s=None if retry_after_s is None else max(retry_after_s, 0.0),
        code=fault.code,
    )


def _refused_again() -> LoginRefused:
    return LoginRefused(
        "The org refuses every new token",
        "Logging in works, but the org then rejects the token, again and again.",
        "Check that the user has the permission API Enabled, that the app's session policies "
        "and IP restrictions admit this machine, and that no policy ends API sessions.",
        retryable=True,
        code="token_refused",
    )


def _remembered_fault(past: LoginObservation) -> OrgError | None:
    """The refusal that an earlier process met; an unreachable org is simply asked again."""
    if past.error is None or not past.error_code or not (past.refusals or past.token_refusals):
        return None
    return LoginRefused(
        past.error,
        past.error_meaning or "",
        past.error_next_step or "",
        past.error_detail or "",
        retryable=past.error_retryable,
        code=past.error_code,
    )
