"""Access tokens that the simulated org has issued: opaque, idle-limited, revocable."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.simulator.story import SimApp, SimUser

SESSION_TIMEOUT = timedelta(hours=2)
"""Idle life of a session: the default of the org's session settings."""
MAX_TOKENS = 10_000
"""Issued tokens that are remembered; the longest unused one makes room."""

_SECRET_BYTES = 72


@dataclass(slots=True)
class Grant:
    """Whom a token speaks for. ``last_used_at`` moves with every successful call.

    While ``held_connects`` is not 0 the session does not run out: a connected streaming client
    prolongs it (Streaming API guide, handling errors).
    """

    token: str
    user: SimUser
    app: SimApp
    issued_at: datetime
    last_used_at: datetime
    held_connects: int = 0

    @property
    def expires_at(self) -> datetime:
        """When the session ends if nothing more is called."""
        return self.last_used_at + SESSION_TIMEOUT


class TokenStore:
    """The tokens in force, least recently used first."""

    def __init__(self, org_id: str) -> None:
        self._prefix = org_id[:15]
        self._grants: dict[str, Grant] = {}
        self._listeners: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._grants)

    def issue(self, user: SimUser, app: SimApp, now: datetime) -> Grant:
        """A new token ``00D<15 characters>!…`` for one user through one app."""
        while len(self._grants) >= MAX_TOKENS:
            del self._grants[next(iter(self._grants))]
        body = secrets.token_urlsafe(_SECRET_BYTES).replace("-", ".")
        grant = Grant(f"{self._prefix}!AQ{body}", user, app, now, now)
        self._grants[grant.token] = grant
        return grant

    def find(self, token: str, now: datetime) -> Grant | None:
        """The grant behind ``token`` at ``now``, or None when unknown, revoked or idle too long."""
        grant = self._grants.get(token)
        if grant is not None and grant.held_connects == 0 and now >= grant.expires_at:
            del self._grants[token]
            return None
        return grant

    def use(self, grant: Grant, now: datetime) -> None:
        """Begin the idle time of ``grant`` again, as every successful call does."""
        grant.last_used_at = max(now, grant.last_used_at)
        if self._grants.pop(grant.token, None) is not None:
            self._grants[grant.token] = grant

    def revoke(self, token: str) -> bool:
        """End one token; False when there is none such."""
        if self._grants.pop(token, None) is None:
            return False
        self._tell()
        return True

    def revoke_all(self) -> int:
        """End every token and say how many there were."""
        count = len(self._grants)
        self._grants.clear()
        self._tell()
        return count

    def on_revoked(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after tokens were revoked, for as long as the org lives."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
