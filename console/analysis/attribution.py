"""Whose call was it: the integration behind the identity that a log row names.

Most log rows of real orgs name no app (about 89 percent in one org), so the fallbacks matter more
than the rule: an owner's configured match, else the app id resolved to a name, else the client
name, else the user, else *unresolved*. Every row lands somewhere, so the parts always sum.
"""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.settings import IntegrationMatch, IntegrationSettings
from store.records import AppKind, AppRecord, UserRecord

UNKNOWN_CLIENTS = frozenset({"", "unknown", "n/a"})
"""Client names that Salesforce writes when the caller gave none."""


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Everything a log row says about who called."""

    app_id: str | None
    app_name: str | None
    client: str | None
    user_id: str | None
    username: str | None


@dataclass(frozen=True, slots=True)
class Integration:
    """The integration that a caller belongs to, and how that was found."""

    name: str
    kind: str
    """``external_client_app``, ``connected_app``, ``client``, ``user`` or ``unresolved``."""
    app_id: str | None
    owner: str | None
    budget_calls: int | None
    configured: bool = False
    """True when an ``[[org.….integration]]`` table names it."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names that the store holds for ids, each keyed by the id's first 15 characters."""

    apps: Mapping[str, AppRecord]
    users: Mapping[str, UserRecord]


def known_names(apps: Sequence[AppRecord], users: Mapping[str, UserRecord]) -> KnownNames:
    """`KnownNames` from an inventory: apps by their own id and by their consumer's."""
    by_id: dict[str, AppRecord] = {}
    for app in apps:
        for identifier in (app.app_id, app.consumer_id):
            if identifier:
                by_id[identifier[:15]] = app
    return KnownNames(by_id, users)


class Attribution:
    """Finds the integration of each caller; remembers what it found, as callers repeat.

    The memory is bounded by the number of distinct callers in the rows that it is asked about.
    """

    def __init__(self, configured: Sequence[IntegrationSettings], names: KnownNames) -> None:
        self._configured = tuple(configured)
        self._names = names
        self._found: dict[CallerIdentity, Integration] = {}

    def integration_of(self, caller: CallerIdentity) -> Integration:
        """The integration that ``caller`` belongs to; the same object for the same caller."""
        found = self._found.get(caller)
        if found is None:
            found = self._found[caller] = self._find(caller)
        return found

    def username_of(self, caller: CallerIdentity) -> str | None:
        """The caller's login name, resolved from the user id where the row has none."""
        if caller.username:
            return caller.username
        user = self._names.users.get(caller.user_id[:15]) if caller.user_id else None
        return user.username if user else caller.user_id

    def _find(self, caller: CallerIdentity) -> Integration:
        app = self._names.apps.get(caller.app_id[:15]) if caller.app_id else None
        app_name = app.name if app else caller.app_name
        username = self.username_of(caller)
        for configured in self._configured:
            if _matches(configured.match, app_name, username, caller.client):
                return Integration(
                    name=configured.name,
                    kind=_kind(app, app_name, caller.client, username),
                    app_id=caller.app_id,
                    owner=configured.owner,
                    budget_calls=configured.budget_calls_24h,
                    configured=True,
                )
        return self._by_fallback(caller, app, app_name, username)

    def _by_fallback(
        self,
        caller: CallerIdentity,
        app: AppRecord | None,
        app_name: str | None,
        username: str | None,
    ) -> Integration:
        kind = _kind(app, app_name, caller.client, username)
        if app_name:
            return Integration(app_name, kind, caller.app_id, None, None)
        if caller.client and caller.client.lower() not in UNKNOWN_CLIENTS:
            return Integration(caller.client, kind, caller.app_id, None, None)
        if username:
            return Integration(username, kind, caller.app_id, None, None)
        if caller.app_id:
            return Integration(
                f"unresolved {caller.app_id}", "unresolved", caller.app_id, None, None
            )
        return Integration("unresolved", "unresolved", None, None, None)


def _kind(
    app: AppRecord | None, app_name: str | None, client: str | None, username: str | None
) -> str:
    if app is not None:
        return "external_client_app" if app.kind is AppKind.EXTERNAL_CLIENT_APP else "connected_app"
    if app_name:
        return "connected_app"
    if client and client.lower() not in UNKNOWN_CLIENTS:
        return "client"
    return "user" if username else "unresolved"


def _matches(
    match: IntegrationMatch, app: str | None, user: str | None, client: str | None
) -> bool:
    """Whether every given pattern fits, without regard to case."""
    wanted = ((match.app, app), (match.user, user), (match.client, client))
    return all(
        pattern is None
        or (value is not None and fnmatch.fnmatchcase(value.lower(), pattern.lower()))
        for pattern, value in wanted
    )
