"""Where each app stands on the way from connected app to External Client App.

States follow the rubric of what can be told from API data. This judgement uses the inventory and
the traffic in the store; consumer keys and metadata are not read, so a counterpart is found by
name alone and is called likely, never certain. End dates of flows and versions are Salesforce's
own: connected apps lose support in Summer '27 (Winter '27 release notes), API versions 31 to 40
retire in Summer '28 (Salesforce help 005321531).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.records import AppKind, AppRecord

BROAD_SCOPES = frozenset({"full", "web"})
"""Scopes that grant far more than data access through the API."""

STATE_TITLES = {
    "uninstalled": "Uninstalled, still used",
    "not_started": "Not started",
    "not_migratable_here": "Vendor must move it",
    "counterpart_unseen": "ECA exists, no log to tell",
    "counterpart_idle": "ECA exists, no traffic yet",
    "dual_running": "Both carry traffic",
    "traffic_moved": "Traffic moved to the ECA",
    "both_idle": "Both silent",
    "external_client_app": "External Client App",
}
"""Every state with the words that a person reads, in the order of the way."""

LAST_RETIRING_VERSION = 40.0
_CA_SUPPORT_END = ("Summer '27", "support for connected apps ends")
_OLD_VERSION_END = ("Summer '28", "API versions 31.0 to 40.0 retire")


@dataclass(frozen=True, slots=True)
class AppTraffic:
    """What the stored log rows say of one app in the window."""

    calls: int | None
    """None where log rows cannot be matched to the app, so that silence says nothing."""
    users: tuple[str, ...]
    api_versions: tuple[str, ...]
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class AppAssessment:
    """The state of one app with everything that led to it."""

    app: AppRecord
    state: str
    counterpart: str | None
    evidence: tuple[str, ...]
    blockers: tuple[str, ...]
    broad_scopes: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    traffic: AppTraffic


NO_TRAFFIC = AppTraffic(0, (), (), None)
UNMATCHED = AppTraffic(None, (), (), None)
"""Of an app that is not installed, which log rows name by an id that leads to nothing readable; and
of every app where there is no log."""


def assess(
    apps: Sequence[AppRecord], traffic: Mapping[str, AppTraffic] | None, logs_said: str
) -> tuple[AppAssessment, ...]:
    """Assess every app; ``traffic`` is keyed by `app_key`, ``logs_said`` names the logs' span.

    Without any log ``traffic`` is None: then nothing is known of anybody's calls.
    """
    twins = _twins(apps)
    return tuple(_assess_one(app, twins.get(app_key(app)), traffic, logs_said) for app in apps)


def app_key(app: AppRecord) -> str:
    """What identifies an app among the others: its id, or its name where it has none."""
    return app.app_id[:15] if app.app_id else f"{app.kind}:{app.name}"


def broad_scopes_of(scopes: Sequence[str] | None) -> tuple[str, ...]:
    """The scopes worth a warning: ``full``, ``web``, and ``refresh_token`` along with ``api``."""
    if scopes is None:
        return ()
    present = {scope.lower() for scope in scopes}
    broad = sorted(present & BROAD_SCOPES)
    if {"refresh_token", "api"} <= present:
        broad.append("refresh_token + api")
    return tuple(broad)


def _twins(apps: Sequence[AppRecord]) -> dict[str, AppRecord]:
    """For every app, the one of the other kind with the same name; none where names repeat."""
    by_name: dict[tuple[AppKind, str], list[AppRecord]] = {}
    for app in apps:
        for name in {_folded(app.name), _folded(app.developer_name or "")} - {""}:
            by_name.setdefault((app.kind, name), []).append(app)
    pairs: dict[str, AppRecord] = {}
    for app in apps:
        other = (
            AppKind.CONNECTED_APP
            if app.kind is AppKind.EXTERNAL_CLIENT_APP
            else AppKind.EXTERNAL_CLIENT_APP
        )
        names = {_folded(app.name), _folded(app.developer_name or "")} - {""}
        found = {app_key(twin): twin for name in names for twin in by_name.get((other, name), ())}
        if len(found) == 1:
            pairs[app_key(app)] = next(iter(found.values()))
    return pairs


def _folded(name: str) -> str:
    """Names compare without case, blanks and underscores: a developer name has none of them."""
    return "".join(name.split()).replace("_", "").casefold()


def _assess_one(
    app: AppRecord, twin: AppRecord | None, traffic: Mapping[str, AppTraffic] | None, logs_said: str
) -> AppAssessment:
    own = _traffic_of(app, traffic)
    other = _traffic_of(twin, traffic) if twin else None
    state = _state(app, own, other)
    broad = broad_scopes_of(app.scopes)
    return AppAssessment(
        app=app,
        state=state,
        counterpart=twin.name if twin else None,
        evidence=_evidence(app, own, twin, other, logs_said),
        blockers=_blockers(app, own),
        broad_scopes=broad,
        deadlines=_deadlines(app, own),
        traffic=own,
    )


def _traffic_of(app: AppRecord, traffic: Mapping[str, AppTraffic] | None) -> AppTraffic:
    if traffic is None:
        return UNMATCHED
    return traffic.get(app_key(app), UNMATCHED if app.kind is AppKind.UNINSTALLED else NO_TRAFFIC)


def _state(app: AppRecord, own: AppTraffic, other: AppTraffic | None) -> str:
    if app.kind is AppKind.EXTERNAL_CLIENT_APP:
        return "external_client_app"
    if app.kind is AppKind.UNINSTALLED:
        return "uninstalled"
    if other is not None:
        if own.calls is None or other.calls is None:
            return "counterpart_unseen"
        if own.calls and other.calls:
            return "dual_running"
        if other.calls:
            return "traffic_moved"
        return "counterpart_idle" if own.calls else "both_idle"
    return "not_migratable_here" if app.namespace else "not_started"


def _evidence(
    app: AppRecord,
    own: AppTraffic,
    twin: AppRecord | None,
    other: AppTraffic | None,
    logs_said: str,
) -> tuple[str, ...]:
    lines = [f"{name.replace('_', ' ')}: {fact}" for name, fact in app.evidence.items()]
    if own.calls is not None:
        lines.append(f"{own.calls:,} calls logged under it {logs_said}")
    elif app.kind is AppKind.UNINSTALLED:
        lines.append("log rows cannot be matched to an app that is not installed")
    else:
        lines.append(f"its calls are not known {logs_said}")
    if twin is not None and other is not None:
        calls = "calls not known" if other.calls is None else f"{other.calls:,} calls"
        lines.append(
            f"likely counterpart by name: {twin.name} ({twin.app_id}), {calls} {logs_said}"
        )
    if app.namespace:
        lines.append(f"installed from a package (namespace {app.namespace})")
    return tuple(lines)


def _blockers(app: AppRecord, own: AppTraffic) -> tuple[str, ...]:
    blockers = []
    if app.kind is AppKind.UNINSTALLED:
        blockers.append("not installed in this org: install it or block it, then decide")
    if app.kind is AppKind.CONNECTED_APP and app.namespace:
        blockers.append("its vendor must ship an External Client App")
    old = [version for version in own.api_versions if _retires(version)]
    if old:
        blockers.append(f"calls API {', '.join(old)}, which retires in Summer '28")
    return tuple(blockers)


def _deadlines(app: AppRecord, own: AppTraffic) -> tuple[tuple[str, str], ...]:
    deadlines = []
    if app.kind is not AppKind.EXTERNAL_CLIENT_APP:
        deadlines.append(_CA_SUPPORT_END)
    if any(map(_retires, own.api_versions)):
        deadlines.append(_OLD_VERSION_END)
    return tuple(deadlines)


def _retires(version: str) -> bool:
    try:
        return 0 < float(version) <= LAST_RETIRING_VERSION
    except ValueError:
        return False
