"""Tokens that the simulated org has issued: access tokens, and the refresh tokens behind some."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.simulator.oauth.options import TokenFormat
from console.simulator.oauth.refresh_life import refresh_token_ends
from console.simulator.org.story import SimApp, SimUser

SESSION_TIMEOUT = timedelta(hours=2)
"""Idle life of a session: the default of the org's session settings."""
MAX_TOKENS = 10_000
"""Issued tokens of each kind that are remembered; the longest unused one makes room."""
APPROVALS_PER_USER = 5
"""Refresh tokens of one user and app; a sixth evicts the oldest."""

_SECRET_BYTES = 72


@dataclass(slots=True)
class RefreshGrant:
    """A user's approval of an app that outlives sessions."""

    token: str
    token_id: str
    """18 characters, ``0CQ…``: names the approval without being the secret."""
    user: SimUser
    app: SimApp
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime
    use_count: int = 1
    """Access tokens issued from it, the first one included."""


@dataclass(slots=True)
class Grant:
    """Whom a token speaks for. ``last_used_at`` moves with every successful call.

    While ``held_connects`` is not 0 the session does not run out: a connected streaming client
    prolongs it (Streaming API guide, handling errors).
    """

    token: str
    user: SimUser
    app: SimApp | None
    """None for a session that a SOAP login opened."""
    issued_at: datetime
    last_used_at: datetime
    held_connects: int = 0
    timeout: timedelta = SESSION_TIMEOUT
    """Idle life of an opaque token's session, whole life of a JWT."""
    scopes: tuple[str, ...] = ()
    form: TokenFormat = "opaque"
    refresh: RefreshGrant | None = field(default=None, repr=False)

    @property
    def expires_at(self) -> datetime:
        """When the session ends if nothing more is called."""
        begins = self.issued_at if self.form == "jwt" else self.last_used_at
        return begins + self.timeout

    def is_over(self, now: datetime) -> bool:
        """Whether the session has run out at ``now``."""
        is_held = self.held_connects > 0 and self.form == "opaque"
        return not is_held and now >= self.expires_at


class TokenStore:
    """The tokens in force, least recently used first."""

    def __init__(self, org_id: str) -> None:
        self._prefix = org_id[:15]
        self._grants: dict[str, Grant] = {}
        self._refresh: dict[str, RefreshGrant] = {}
        self._listeners: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._grants)

    def issue(self, user: SimUser, app: SimApp, now: datetime) -> Grant:
        """A new opaque token ``00D<15 characters>!…`` for one user through one app."""
        return self.add(Grant(self._new_text(), user, app, now, now, scopes=app.scopes))

    def add(self, grant: Grant) -> Grant:
        """Put a grant in force; an empty ``token`` is replaced by a new opaque one."""
        while len(self._grants) >= MAX_TOKENS:
            del self._grants[next(iter(self._grants))]
        grant.token = grant.token or self._new_text()
        self._grants[grant.token] = grant
        return grant

    def same_session(self, user: SimUser, app: SimApp, now: datetime) -> Grant | None:
        """The opaque token that this user and app have in force already, if any."""
        for grant in self._grants.values():
            if (
                grant.user is user
                and grant.app is app
                and grant.form == "opaque"
                and not grant.is_over(now)
            ):
                return grant
        return None

    def find(self, token: str, now: datetime) -> Grant | None:
        """The grant behind ``token`` at ``now``, or None when unknown, revoked or run out."""
        grant = self._grants.get(token)
        if grant is not None and grant.is_over(now):
            del self._grants[token]
            return None
        return grant

    def use(self, grant: Grant, now: datetime) -> None:
        """Begin the idle time of ``grant`` again, as every successful call does."""
        grant.last_used_at = max(now, grant.last_used_at)
        if self._grants.pop(grant.token, None) is not None:
            self._grants[grant.token] = grant

    def approve(
        self, user: SimUser, app: SimApp, scopes: tuple[str, ...], now: datetime
    ) -> RefreshGrant:
        """A new refresh token; the user's oldest for that app makes room for a sixth."""
        own = [r for r in self._refresh.values() if r.user is user and r.app is app]
        if len(own) >= APPROVALS_PER_USER:
            self._end(own[0])
        while len(self._refresh) >= MAX_TOKENS:
            self._end(next(iter(self._refresh.values())))
        text = "5Aep" + secrets.token_urlsafe(_SECRET_BYTES).replace("-", ".")
        token_id = "0CQHs" + secrets.token_hex(5)
        approval = RefreshGrant(text, token_id, user, app, scopes, now, now)
        self._refresh[text] = approval
        return approval

    def find_refresh(self, token: str, now: datetime) -> RefreshGrant | None:
        """The approval behind a refresh token; None when unknown, revoked or out of its policy."""
        approval = self._refresh.get(token)
        if approval is None:
            return None
        ends = refresh_token_ends(
            approval.app.refresh_policy, approval.created_at, approval.last_used_at
        )
        if ends is not None and now >= ends:
            self._end(approval)
            return None
        return approval

    def approvals(self) -> Iterator[RefreshGrant]:
        """Every refresh token that is remembered, oldest first."""
        yield from tuple(self._refresh.values())

    def revoke(self, token: str) -> bool:
        """End one access token, or a refresh token with its access tokens; False when unknown."""
        approval = self._refresh.get(token)
        if approval is not None:
            self._end(approval)
        elif self._grants.pop(token, None) is None:
            return False
        self._tell()
        return True

    def revoke_where(self, concerns: Callable[[SimApp | None, SimUser], bool]) -> int:
        """End every token of the apps and users that ``concerns`` names; says how many."""
        approvals = [r for r in self._refresh.values() if concerns(r.app, r.user)]
        grants = [g for g in self._grants.values() if concerns(g.app, g.user)]
        for approval in approvals:
            self._end(approval)
        for grant in grants:
            self._grants.pop(grant.token, None)
        self._tell()
        return len(approvals) + len(grants)

    def revoke_all(self) -> int:
        """End every access token and say how many there were."""
        count = len(self._grants)
        self._grants.clear()
        self._tell()
        return count

    def on_revoked(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after tokens were revoked, for as long as the org lives."""
        self._listeners.append(listener)

    def _end(self, approval: RefreshGrant) -> None:
        """Forget a refresh token and every access token that came from it."""
        self._refresh.pop(approval.token, None)
        for grant in [g for g in self._grants.values() if g.refresh is approval]:
            del self._grants[grant.token]

    def _new_text(self) -> str:
        body = secrets.token_urlsafe(_SECRET_BYTES).replace("-", ".")
        return f"{self._prefix}!AQ{body}"

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
