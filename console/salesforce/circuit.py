"""Leaves an org that is down alone, and asks now and then whether it is back.

After `FAILURES_TO_OPEN` failures in a row with no answer between them, nothing is sent for a while
that grows from 15 seconds to five minutes of the org's time. Then one request goes through as a
probe: any answer below status 500 closes the circuit, a failure doubles the wait.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.clock import Clock
from console.errors import OrgError, OrgUnreachable
from console.salesforce.backoff import CoolDown

FAILURES_TO_OPEN = 5
FIRST_WAIT_S = 15.0
WAIT_CAP_S = 300.0


@dataclass(frozen=True, slots=True)
class OrgReach:
    """Whether the org answers; both times are None while it does."""

    down_since: datetime | None = None
    """When the first of the failures came."""
    next_try_at: datetime | None = None
    reason: str = ""
    """The title of the last failure."""


class Circuit:
    """Decides whether a request may be sent; ``on_reach`` hears of every change.

    One circuit belongs to one org and one event loop.
    """

    def __init__(self, clock: Clock, on_reach: Callable[[OrgReach], None]) -> None:
        self._clock = clock
        self._on_reach = on_reach
        self._cool_down = CoolDown(FIRST_WAIT_S, WAIT_CAP_S)
        self._failures = 0
        self._since: datetime | None = None
        self._next_try_at: datetime | None = None
        self._fault: OrgError | None = None
        self._probing = False

    @contextmanager
    def attempt(self) -> Iterator["Attempt"]:
        """One request; its outcome is told to the `Attempt` inside.

        Raises `OrgUnreachable` with ``retry_after_s`` while the circuit is open, or while another
        request is the probe. An attempt that ends without a verdict changes nothing.
        """
        is_probe = self._next_try_at is not None
        if is_probe:
            self._refuse_unless_due()
            self._probing = True
        try:
            yield Attempt(self)
        finally:
            if is_probe:
                self._probing = False

    def answered(self) -> None:
        """The org is there: it answered with something else than its own trouble."""
        was_open = self._next_try_at is not None
        self._failures, self._since, self._fault = 0, None, None
        self._next_try_at = None
        self._cool_down.reset()
        if was_open:
            self._on_reach(OrgReach())

    def failed(self, fault: OrgError) -> None:
        """No answer came, or only the org's own trouble."""
        now = self._clock.now()
        self._since = self._since or now
        self._failures += 1
        self._fault = fault
        if self._failures < FAILURES_TO_OPEN:
            return
        if self._next_try_at is not None and now < self._next_try_at:
            # A request that was sent before the circuit opened.
            return
        wait_s = max(self._cool_down.next_s(), min(fault.retry_after_s or 0.0, WAIT_CAP_S))
        self._next_try_at = now + timedelta(seconds=wait_s)
        self._on_reach(OrgReach(self._since, self._next_try_at, fault.title))

    def _refuse_unless_due(self) -> None:
        now = self._clock.now()
        if self._next_try_at is None or (now >= self._next_try_at and not self._probing):
            return
        remaining_s = max((self._next_try_at - now).total_seconds(), 1.0)
        raise _open(self._since or now, self._next_try_at, remaining_s, self._fault)


class Attempt:
    """One request that passes through a circuit."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit

    def answered(self) -> None:
        """The org answered with a status below 500."""
        self._circuit.answered()

    def failed(self, fault: OrgError) -> None:
        """The org did not answer, or with trouble of its own."""
        self._circuit.failed(fault)


def _open(
    since: datetime, next_try_at: datetime, remaining_s: float, last: OrgError | None
) -> OrgUnreachable:
    return OrgUnreachable(
        "The org is down",
        f"It has not answered since {since:%H:%M:%S}Z; the next try is at {next_try_at:%H:%M:%S}Z. "
        "Until then nothing is sent.",
        last.next_step if last else "Nothing is to be done when this passes.",
        last.title if last else "",
        retryable=True,
        retry_after_s=remaining_s,
        code="org_down",
    )
