"""Who used which app as whom, from the logs, the logins and the tokens of the last 30 days."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.analysis.attribution import Attribution, CallerIdentity
from console.analysis.migration import app_key
from console.analysis.posture import succeeded
from console.answers.moment import Moment
from console.answers.names import KnownNames
from console.settings import IntegrationSettings
from store import apps, usage
from store.posture_records import LoginSum, PostureSnapshot, TokenSum
from store.records import AppRecord, UsageFacet, UsageRow

_BOTH_KINDS = frozenset({"ConnectedApplication", "ExternalClientApplication"})


@dataclass(frozen=True, slots=True)
class SeenApp:
    """An app as logs, logins or tokens name it."""

    name: str
    record: AppRecord | None
    """The inventory's; None where it knows none of that id, or not exactly one of that name."""
    shares_name: bool = False
    """Whether it is only known by a name that several apps have."""


@dataclass(slots=True)
class Use:
    """What came through one app, or as one user."""

    calls: int = 0
    last_at: datetime | None = None
    integrations: Counter[str] = field(default_factory=Counter)
    users: Counter[str] = field(default_factory=Counter)
    """User ids, 15 characters."""
    apps: Counter[str] = field(default_factory=Counter)
    """By their keys."""
    addresses: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    tokens: int = 0

    def see(self, at: datetime | None) -> None:
        """It was used at that time too."""
        if at is not None and (self.last_at is None or at > self.last_at):
            self.last_at = at


@dataclass(frozen=True, slots=True)
class AccessUse:
    """Use by user and by app, with the integrations on each API version."""

    by_user: dict[str, Use]
    """By user id, 15 characters."""
    by_app: dict[str, Use]
    """By the app's key in ``apps``."""
    by_version: dict[str, Use]
    apps: Mapping[str, SeenApp]


def access_use(
    connection: sqlite3.Connection,
    moment: Moment,
    names: KnownNames,
    configured: Sequence[IntegrationSettings],
    snapshot: PostureSnapshot,
) -> AccessUse:
    """Everything that used a credential within ``moment``."""
    by_name = _names(names.apps) if _sees_all_apps(connection, moment) else {}
    found = _Gathering(names, by_name, Attribution(configured, names))
    for row in usage.usage(connection, moment.since, moment.until):
        found.add_calls(row)
    for facet in usage.usage_facets(connection, moment.since, moment.until):
        found.add_facet(facet)
    for login in snapshot.logins:
        found.add_login(login)
    for token in snapshot.tokens:
        found.add_token(token)
    return AccessUse(found.by_user, found.by_app, found.by_version, found.apps)


def _sees_all_apps(connection: sqlite3.Connection, moment: Moment) -> bool:
    """Whether a name that one listed app has can be no other's: none is hidden from the reader."""
    inventory = apps.latest_snapshot(connection, moment.as_of)
    return inventory is not None and not _BOTH_KINDS & inventory.not_visible.keys()


def comes_through_app(login: LoginSum) -> bool:
    """Whether a login is an app's, by OAuth, and not a person's or a SOAP client's."""
    kind = login.login_type.lower().replace(" ", "")
    named = login.application.strip().lower() not in ("", "n/a", "browser")
    return named and kind.startswith(("remoteaccess", "oauth"))


class _Gathering:
    """Adds up, row by row; bounded by the callers, apps and users that the store knows."""

    def __init__(
        self,
        names: KnownNames,
        by_name: Mapping[str, tuple[AppRecord, ...]],
        attribution: Attribution,
    ) -> None:
        self._names = names
        self._by_name = by_name
        self._attribution = attribution
        self.by_user: dict[str, Use] = {}
        self.by_app: dict[str, Use] = {}
        self.by_version: dict[str, Use] = {}
        self.apps: dict[str, SeenApp] = {}

    def add_calls(self, row: UsageRow) -> None:
        """Calls of one caller."""
        integration = self._integration(row)
        for use in self._uses(row):
            use.calls += row.calls
            use.see(row.last_at)
            use.integrations[integration] += row.calls
        app = self._app_of(row)
        if app and row.user_id:
            self._met(row.user_id, app, row.calls)

    def add_facet(self, facet: UsageFacet) -> None:
        """Where one caller's calls came from, or by which version."""
        if not facet.value:
            return
        if facet.dimension == "source_ip":
            for use in self._uses(facet):
                use.addresses[facet.value] += facet.calls
        elif facet.dimension == "api_version":
            at_version = self.by_version.setdefault(facet.value, Use())
            at_version.calls += facet.calls
            at_version.integrations[self._integration(facet)] += facet.calls
            for use in self._uses(facet):
                use.versions[facet.value] += facet.calls

    def add_login(self, login: LoginSum) -> None:
        """Logins of one kind of one user; failed ones are attempts, and use nothing."""
        if not succeeded(login):
            return
        uses = [self._user(login.user_id)]
        if comes_through_app(login):
            app = self._app_named(login.application)
            self._met(login.user_id, app, 0)
            uses.append(self._app(app))
        for use in uses:
            use.see(login.last_at)
            if login.source_ip:
                use.addresses[login.source_ip] += 0

    def add_token(self, token: TokenSum) -> None:
        """The tokens of one user for one app."""
        app = self._app_named(token.app_name)
        self._met(token.user_id, app, 0)
        for use in (self._user(token.user_id), self._app(app)):
            use.tokens += token.tokens
            use.see(token.last_used_at)

    def _user(self, user_id: str) -> Use:
        return self.by_user.setdefault(user_id[:15], Use())

    def _app(self, key: str) -> Use:
        return self.by_app.setdefault(key, Use())

    def _met(self, user_id: str, app: str, calls: int) -> None:
        self._user(user_id).apps[app] += calls
        self._app(app).users[user_id[:15]] += calls

    def _integration(self, row: UsageRow | UsageFacet) -> str:
        caller = CallerIdentity(row.app_id, row.app_name, row.client, row.user_id, row.username)
        return self._attribution.integration_of(caller).name

    def _uses(self, row: UsageRow | UsageFacet) -> list[Use]:
        uses = [self._user(row.user_id)] if row.user_id else []
        app = self._app_of(row)
        return [*uses, self._app(app)] if app else uses

    def _app_of(self, row: UsageRow | UsageFacet) -> str | None:
        known = self._names.apps.get(row.app_id[:15]) if row.app_id else None
        if known is not None:
            return self._seen(known.name, known)
        return self._app_named(row.app_name) if row.app_name else None

    def _app_named(self, name: str) -> str:
        same = self._by_name.get(name.casefold(), ())
        return self._seen(name, same[0] if len(same) == 1 else None, shares_name=len(same) > 1)

    def _seen(self, name: str, record: AppRecord | None, *, shares_name: bool = False) -> str:
        key = f"named {name}" if record is None else app_key(record)
        self.apps.setdefault(key, SeenApp(name, record, shares_name))
        return key


def _names(apps: Mapping[str, AppRecord]) -> dict[str, tuple[AppRecord, ...]]:
    """The apps of each name, without regard to case: a pair that was migrated shares one."""
    by_name: dict[str, dict[str, AppRecord]] = {}
    for app in apps.values():
        by_name.setdefault(app.name.casefold(), {})[app_key(app)] = app
    return {name: tuple(same.values()) for name, same in by_name.items()}
