"""What the stream does next: a state machine without network, clock or sleep."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from console.errors import OrgError, OrgUnreachable, OrgwatchError
from console.streaming.backoff import Backoff
from console.streaming.faults import EndKind, SessionEnd
from console.streaming.types import StreamPhase, StreamState, StreamTimings

_ROUTINE = frozenset({EndKind.UNKNOWN_CLIENT, EndKind.SERVER_LEFT})
_PATIENT = frozenset({EndKind.BUSY, EndKind.DENIED})


class StreamMachine:
    """Counts failures and keeps the `StreamState`.

    Each method that ends an attempt returns the pause before the next one, in seconds of the
    org's clock. ``random`` gives numbers in [0, 1).
    """

    def __init__(self, now: datetime, timings: StreamTimings, random: Callable[[], float]) -> None:
        self.state = StreamState(StreamPhase.IDLE, "not started", now)
        self._timings = timings
        self._random = random
        self._retry = Backoff(timings.backoff_base_s, timings.backoff_cap_s)
        self._login_retry = Backoff(timings.login_base_s, timings.login_cap_s, floor=0.5)
        self._failures = 0
        self._login_failures = 0

    def connecting(self, now: datetime) -> None:
        """An attempt begins."""
        self._enter(StreamPhase.CONNECTING, "opening a session", now, None)

    def streaming(self, now: datetime, live: tuple[str, ...], refused: Mapping[str, str]) -> None:
        """Channels are subscribed."""
        reason = f"{len(live)} of {len(live) + len(refused)} channels"
        since = self.state.since if self.state.phase is StreamPhase.STREAMING else now
        self.state = StreamState(
            StreamPhase.STREAMING, reason, since, refused=dict(refused), live=live
        )

    def ended(self, end: SessionEnd, now: datetime, *, healthy: bool) -> float:
        """A session is over; ``healthy`` says that it delivered something or lived long."""
        if healthy:
            self._failures = self._login_failures = 0
        if end.kind is EndKind.AUTHENTICATION:
            return self._authentication_ended(end, now)
        delay_s = self._delay_after(end)
        self._failures += 1
        self._enter(StreamPhase.BACKING_OFF, _sentence(end), now, delay_s)
        return delay_s

    def token_failed(self, failure: OrgwatchError, now: datetime) -> float:
        """No token could be had; a refusal is a failed login, everything else a pause."""
        retryable = isinstance(failure, OrgUnreachable) or (
            isinstance(failure, OrgError) and failure.retryable
        )
        wish_s = failure.retry_after_s if isinstance(failure, OrgError) else None
        if retryable:
            delay_s = max(self._retry.delay_s(self._failures, self._random), wish_s or 0.0)
            self._failures += 1
            self._enter(StreamPhase.BACKING_OFF, failure.title, now, delay_s)
            return delay_s
        delay_s = max(self._login_retry.delay_s(self._login_failures, self._random), wish_s or 0.0)
        self._login_failures += 1
        self._enter(StreamPhase.LOGIN_FAILED, failure.title, now, delay_s)
        return delay_s

    def all_refused(self, now: datetime, refused: Mapping[str, str]) -> float:
        """The org refused every channel; there is nothing to hold a session for."""
        delay_s = self._timings.refused_retry_s * (0.9 + 0.1 * self._random())
        self.state = StreamState(
            StreamPhase.BACKING_OFF,
            "the org refused every channel",
            now,
            next_attempt_at=now + timedelta(seconds=delay_s),
            refused=dict(refused),
        )
        return delay_s

    def stopped(self, now: datetime) -> None:
        """The stream was told to stop."""
        self._enter(StreamPhase.STOPPED, "stopped", now, None)

    def _authentication_ended(self, end: SessionEnd, now: datetime) -> float:
        if self._login_failures == 0:
            self._login_failures = 1
            self._enter(StreamPhase.BACKING_OFF, _sentence(end), now, 0.0)
            return 0.0
        delay_s = self._login_retry.delay_s(self._login_failures - 1, self._random)
        self._login_failures += 1
        self._enter(StreamPhase.LOGIN_FAILED, _sentence(end), now, delay_s)
        return delay_s

    def _delay_after(self, end: SessionEnd) -> float:
        if end.kind in _ROUTINE and self._failures == 0:
            return 0.0
        delay_s = max(self._retry.delay_s(self._failures, self._random), end.retry_after_s or 0.0)
        if end.kind in _PATIENT:
            return max(delay_s, self._timings.busy_s * (0.75 + 0.25 * self._random()))
        return delay_s

    def _enter(self, phase: StreamPhase, reason: str, now: datetime, delay_s: float | None) -> None:
        next_attempt_at = None if delay_s is None else now + timedelta(seconds=delay_s)
        self.state = StreamState(phase, reason, now, next_attempt_at, refused=self.state.refused)


def _sentence(end: SessionEnd) -> str:
    return f"{end.reason} ({end.detail})" if end.detail else end.reason
