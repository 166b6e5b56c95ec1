"""Which apps hold tokens (object reference, OauthToken): users, uses and last use per app.

One row is one approval; ``Id`` is always null. A query gives at most 2,500 rows, so further ones
are asked for by creation time. Without the permission Customize Application only the asking
user's own rows come, and nothing in the answer says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from console.errors import OrgRefused
from console.salesforce.rest import RestClient
from console.salesforce.soql import datetime_literal
from console.salesforce.values import Record, integer_of, moment_of, text_of

ROWS_PER_QUERY = 2_500
MAX_QUERIES = 20
"""50,000 rows; with more, the counts are said to be partial."""

_FIELDS = "AppName, AppMenuItemId, UserId, UseCount, LastUsedDate, CreatedDate"


@dataclass(slots=True)
class TokenUse:
    """What the tokens of one app add up to."""

    app_name: str
    menu_item_id: str | None
    users: set[str] = field(default_factory=set)
    uses: int | None = 0
    """None once a row did not say."""
    last_used_at: datetime | None = None
    first_granted_at: datetime | None = None

    def merge(self, other: "TokenUse") -> None:
        """Counts in what ``other``, of the same app, adds up to."""
        self.users |= other.users
        self.uses = None if self.uses is None or other.uses is None else self.uses + other.uses
        self.last_used_at = max(filter(None, (self.last_used_at, other.last_used_at)), default=None)
        self.first_granted_at = min(
            filter(None, (self.first_granted_at, other.first_granted_at)), default=None
        )

    def add(self, row: Record) -> None:
        """Counts one OauthToken row in."""
        user_id, uses = text_of(row, "UserId"), integer_of(row, "UseCount")
        if user_id is not None:
            self.users.add(user_id)
        self.uses = None if uses is None or self.uses is None else self.uses + uses
        self.last_used_at = max(
            filter(None, (self.last_used_at, moment_of(row, "LastUsedDate"))), default=None
        )
        self.first_granted_at = min(
            filter(None, (self.first_granted_at, moment_of(row, "CreatedDate"))), default=None
        )


@dataclass(frozen=True, slots=True)
class TokenUses:
    """The tokens that could be seen, by app, and what is known to be missing."""

    by_app: tuple[TokenUse, ...]
    complete: bool
    """False: an app's counts are a lower bound, and an app that is not listed may have tokens."""
    reason: str
    """Why it is not complete; empty when it is."""


async def read_token_uses(client: RestClient, own_user_id: str | None, purpose: str) -> TokenUses:
    """The tokens of the org by app, as far as this user may see them.

    ``own_user_id`` tells whether other users' tokens were seen at all.
    """
    try:
        rows, cut_short = await _rows(client, purpose)
    except OrgRefused as refused:
        return TokenUses((), False, f"{refused.title} ({refused.code})")
    users = {user_id[:15] for row in rows if (user_id := text_of(row, "UserId"))}
    own = {own_user_id[:15]} if own_user_id else set()
    reason = ""
    if users <= own:
        reason = (
            "no other user's tokens were returned: there are none, or the permission Customize "
            "Application is missing"
        )
    elif cut_short:
        reason = f"only the oldest {len(rows):,} rows were read"
    return TokenUses(_by_app(rows), not reason, reason)


async def _rows(client: RestClient, purpose: str) -> tuple[list[Record], bool]:
    """Every row, oldest first, and whether some were left out."""
    rows: list[Record] = []
    since = ""
    for _ in range(MAX_QUERIES):
        soql = (
            f"SELECT {_FIELDS} FROM OauthToken{since} "  # noqa: S608  (times written by soql.py)
            f"ORDER BY CreatedDate LIMIT {ROWS_PER_QUERY}"
        )
        window = await client.query(soql, purpose=purpose, max_records=ROWS_PER_QUERY)
        if len(window) < ROWS_PER_QUERY:
            return rows + window, False
        newest = moment_of(window[-1], "CreatedDate")
        if newest is None:
            return rows + window, True
        # Rows of the newest second may go on behind the cut: they are read again as a whole.
        second = newest.replace(microsecond=0)
        settled = [row for row in window if _created_before(row, second)]
        if not settled:
            return rows + window, True
        rows += settled
        since = f" WHERE CreatedDate >= {datetime_literal(second)}"
    return rows, True


def _created_before(row: Record, moment: datetime) -> bool:
    created_at = moment_of(row, "CreatedDate")
    return created_at is None or created_at < moment


def _by_app(rows: Iterable[Record]) -> tuple[TokenUse, ...]:
    uses: dict[tuple[str, str | None], TokenUse] = {}
    for row in rows:
        name = text_of(row, "AppName")
        if name is None:
            continue
        menu_item_id = text_of(row, "AppMenuItemId")
        key = (name, menu_item_id[:15] if menu_item_id else None)
        uses.setdefault(key, TokenUse(name, menu_item_id)).add(row)
    return tuple(uses.values())
