"""When a token will end: the best of what the org said, and what refusals taught."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.salesforce.login_request import Grant
from console.salesforce.types import LoginObservation

SHORTEST = timedelta(minutes=25)
"""Renewal comes five minutes before the end and never within 20 minutes of the last request."""

LONGEST = timedelta(hours=24)
"""The longest session timeout that an org can set."""

_FURTHEST = timedelta(days=7)
"""A token that is said to live longer is one whose end nobody knows."""

_AGREEMENT = 0.25
"""Two ages that differ by more than this share have different causes, such as a revocation."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """The moment, and how it is known."""

    at: datetime
    source: str


class TokenLifetime:
    """How long tokens live in this org, corrected by the ones that were refused too early.

    One early refusal teaches nothing, because somebody may have revoked the token; two in a row
    at about the same age do. What was learned is kept until the settings change.
    """

    def __init__(self, timeout: timedelta, remembered: LoginObservation | None = None) -> None:
        self._timeout = timeout
        self.learned_s = remembered.learned_lifetime_s if remembered else None
        self.refused_age_s = remembered.refused_age_s if remembered else None

    def expiry(
        self,
        grant: Grant,
        now: datetime,
        skew: timedelta,
        introspected: datetime | None,
    ) -> Expiry:
        """When the token of ``grant`` ends, by this machine's clock.

        ``skew`` is the org's time minus this machine's; ``introspected`` is the end that the org
        named when it was asked, by its own clock.
        """
        if grant.expires_in_s is not None:
            return Expiry(now + timedelta(seconds=grant.expires_in_s), "expires_in")
        for moment, source in (
            (introspected, "introspection"),
            (grant.expires_at, "token exp claim"),
        ):
            left = moment - now - skew if moment is not None else timedelta()
            if timedelta() < left <= _FURTHEST:
                return Expiry(now + left, source)
        if self.learned_s is not None:
            return Expiry(now + timedelta(seconds=self.learned_s), "learned from the org")
        return Expiry(now + self._timeout, "session timeout setting")

    def refused_at(self, age: timedelta, expected: timedelta) -> None:
        """A token was refused at ``age``; it was ``expected`` to live longer than that."""
        if not SHORTEST <= age < min(expected, LONGEST):
            return
        age_s, before_s = age.total_seconds(), self.refused_age_s
        self.refused_age_s = age_s
        if before_s is not None and abs(age_s - before_s) <= _AGREEMENT * max(age_s, before_s):
            self.learned_s = min(age_s, before_s)

    def lived(self) -> None:
        """A token served until its renewal: an early refusal before it was a single event."""
        self.refused_age_s = None
