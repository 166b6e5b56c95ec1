"""Every connected app and External Client App, with its kind, state and evidence."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from console.analysis.attribution import Attribution, CallerIdentity, KnownNames, known_names
from console.analysis.migration import (
    STATE_TITLES,
    AppAssessment,
    AppTraffic,
    app_key,
    assess,
)
from console.answers.coverage import USAGE_SOURCES, Completeness, completeness_of
from console.answers.moment import Moment
from store import apps as store_apps
from store import usage
from store.records import AppKind, AppRecord, AppSnapshot


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """One app on the way to an External Client App."""

    name: str
    kind: str
    app_id: str | None
    state: str
    """A key of `console.analysis.migration.STATE_TITLES`, which holds the words for it."""
    state_title: str
    evidence: tuple[str, ...]
    blockers: tuple[str, ...]
    scopes: tuple[str, ...] | None
    broad_scopes: tuple[str, ...]
    users: tuple[str, ...]
    calls_window: int | None
    """None where log rows cannot be matched to the app."""
    counterpart: str | None
    last_used: datetime | None
    api_versions: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    """(date or season, what ends then)."""
    pre_authorized_only: bool | None


@dataclass(frozen=True, slots=True)
class AppsAnswer:
    """The migration screen and ``orgwatch apps``."""

    as_of: datetime
    taken_at: datetime | None
    """When the inventory was last read; None when never."""
    apps: tuple[AppAnswer, ...]
    summary: tuple[tuple[str, int], ...]
    """State and how many apps are in it, in the rubric's order."""
    org_blockers: tuple[str, ...]
    not_visible: tuple[tuple[str, str], ...]
    completeness: Completeness


def answer_apps(connection: sqlite3.Connection, moment: Moment) -> AppsAnswer:
    """Every app of the newest inventory before ``moment``, assessed by the window's traffic."""
    snapshot = store_apps.latest_snapshot(connection, moment.as_of)
    completeness = completeness_of(connection, moment, USAGE_SOURCES)
    if snapshot is None:
        return AppsAnswer(moment.as_of, None, (), (), (), (), completeness)
    logs_until = usage.logs_until(connection, moment.until)
    traffic = _traffic(connection, moment, snapshot) if logs_until else None
    said = (
        f"from {moment.since:%Y-%m-%d %H:%M} to {logs_until:%Y-%m-%d %H:%M} UTC"
        if logs_until
        else "because no log file is stored"
    )
    assessed = assess(snapshot.apps, traffic, said)
    states = Counter(one.state for one in assessed)
    return AppsAnswer(
        as_of=moment.as_of,
        taken_at=snapshot.taken_at,
        apps=tuple(_app(one) for one in sorted(assessed, key=_by_state_and_traffic)),
        summary=tuple((state, states[state]) for state in STATE_TITLES if states[state]),
        org_blockers=_org_blockers(assessed),
        not_visible=tuple(sorted(snapshot.not_visible.items())),
        completeness=completeness,
    )


def _by_state_and_traffic(one: AppAssessment) -> tuple[int, int, str]:
    return (list(STATE_TITLES).index(one.state), -(one.traffic.calls or 0), one.app.name.casefold())


def _app(one: AppAssessment) -> AppAnswer:
    seen = [at for at in (one.app.last_used_at, one.traffic.last_at) if at is not None]
    return AppAnswer(
        name=one.app.name,
        kind=str(one.app.kind),
        app_id=one.app.app_id,
        state=one.state,
        state_title=STATE_TITLES[one.state],
        evidence=one.evidence,
        blockers=one.blockers,
        scopes=one.app.scopes,
        broad_scopes=one.broad_scopes,
        users=one.traffic.users,
        calls_window=one.traffic.calls,
        counterpart=one.counterpart,
        last_used=max(seen, default=None),
        api_versions=one.traffic.api_versions,
        deadlines=one.deadlines,
        pre_authorized_only=one.app.pre_authorized_only,
    )


def _org_blockers(assessed: tuple[AppAssessment, ...]) -> tuple[str, ...]:
    """What concerns the whole org rather than one app."""
    uninstalled = [one.app.name for one in assessed if one.app.kind is AppKind.UNINSTALLED]
    if not uninstalled:
        return ()
    return (f"tokens of apps that are not installed: {', '.join(sorted(uninstalled))}",)


@dataclass(slots=True)
class _Seen:
    calls: int = 0
    users: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    last_at: datetime | None = None


def _traffic(
    connection: sqlite3.Connection, moment: Moment, snapshot: AppSnapshot
) -> dict[str, AppTraffic]:
    """Calls per app, found by the id or the name that the log rows carry."""
    names = known_names(snapshot.apps, store_apps.users(connection))
    attribution = Attribution((), names)
    seen: dict[str, _Seen] = {}
    for row in usage.usage(connection, moment.since, moment.until):
        app = _app_of(row.app_id, row.app_name, names, snapshot)
        if app is None:
            continue
        one = seen.setdefault(app_key(app), _Seen())
        one.calls += row.calls
        caller = CallerIdentity(row.app_id, row.app_name, row.client, row.user_id, row.username)
        username = attribution.username_of(caller)
        if username:
            one.users[username] += row.calls
        one.last_at = max(filter(None, (one.last_at, row.last_at)))
    for facet in usage.usage_facets(connection, moment.since, moment.until):
        app = _app_of(facet.app_id, facet.app_name, names, snapshot)
        if app is not None and facet.dimension == "api_version":
            seen.setdefault(app_key(app), _Seen()).versions[facet.value] += facet.calls
    return {
        key: AppTraffic(
            one.calls,
            tuple(user for user, _ in one.users.most_common()),
            tuple(sorted(one.versions, key=_version_number)),
            one.last_at,
        )
        for key, one in seen.items()
    }


def _app_of(
    app_id: str | None, app_name: str | None, names: KnownNames, snapshot: AppSnapshot
) -> AppRecord | None:
    if app_id:
        return names.apps.get(app_id[:15])
    if not app_name:
        return None
    named = [app for app in snapshot.apps if app.name.casefold() == app_name.casefold()]
    return named[0] if len(named) == 1 else None


def _version_number(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return 0.0
