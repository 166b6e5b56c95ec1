"""SetupAuditTrail: 180 days of changes in Setup, newest first.

Columns and what may be done with them: object reference, SetupAuditTrail (``COUNT()`` works, other
aggregates fail; Display and Section are no filters). Actions, sections and the form of the
sentences are those of published audit trails. What the trail says of External Client Apps is
published nowhere, so nothing is said of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.simulator.dice import mixed, number_from
from console.simulator.ids import record_id
from console.simulator.life.acts import LoginAs, OrgAct, PermissionChange, SetupChange
from console.simulator.moments import DAY_MIN, DAY_MS, MINUTE_MS, from_ms, to_ms, weekday
from console.simulator.objects.apps import installed
from console.simulator.objects.declared import declared
from console.simulator.objects.sources import OrgSources
from console.simulator.objects.tables import Row, Table
from console.simulator.org import story_people as people
from console.simulator.org.story import OrgFacts, SimApp, SimUser

RETENTION = timedelta(days=180)
"""How far back the trail reaches at least (object reference, SetupAuditTrail)."""

_COLUMNS = (
    "Id:id/- Action:string/FS Section:string/S CreatedDate:datetime/FS CreatedById:reference/FS"
    " Display:string/S DelegateUser:string/FS ResponsibleNamespacePrefix:string/FS"
    " CreatedByContext:string/FS CreatedByIssuer:string/FS"
)
_FIRST_MIN, _LAST_MIN = 7 * 60, 16 * 60
"""Minutes of the UTC day between which administrators work."""


@dataclass(frozen=True, slots=True)
class _Change:
    at_ms: int
    by: SimUser
    action: str
    section: str
    display: str


def audit_tables(sources: OrgSources) -> tuple[Table, ...]:
    """SetupAuditTrail."""
    return (
        declared(
            "SetupAuditTrail",
            "0Ym",
            _COLUMNS,
            lambda: _rows(sources),
            {"CreatedBy": ("User", "CreatedById")},
            aggregatable=False,
        ),
    )


def _rows(sources: OrgSources) -> Iterator[Row]:
    now_ms = to_ms(sources.now())
    since_ms = now_ms - RETENTION // timedelta(milliseconds=1)
    found = [*_routine(sources, since_ms, now_ms), *_of_apps(sources.facts), *_of_acts(sources)]
    kept = [change for change in found if since_ms <= change.at_ms <= now_ms]
    for change in sorted(kept, key=lambda each: each.at_ms, reverse=True):
        yield {
            "Id": record_id("0Ym", change.at_ms, change.action, change.display),
            "Action": change.action,
            "Section": change.section,
            "CreatedDate": from_ms(change.at_ms - change.at_ms % 1000),
            "CreatedById": change.by.user_id,
            "Display": change.display,
        }


def _routine(sources: OrgSources, since_ms: int, now_ms: int) -> Iterator[_Change]:
    """What administrators do on any working day: none to three changes."""
    salt = number_from("setup", sources.seed)
    for day in range(since_ms // DAY_MS, now_ms // DAY_MS + 1):
        base = mixed(salt, day)
        for n in range(0 if weekday(day) >= 5 else base % 4):
            number = mixed(base, n)
            minute = _FIRST_MIN + number % (_LAST_MIN - _FIRST_MIN)
            at_ms = (day * DAY_MIN + minute) * MINUTE_MS + number % MINUTE_MS
            by = people.ADMIN if number % 3 else people.RELEASE_ENGINEER
            make = _ROUTINE[(number >> 16) % len(_ROUTINE)]
            yield _Change(at_ms, by, *make(sources.facts, number >> 24))


_Made = tuple[str, str, str]
"""Action, Section and Display."""


def _assigned(facts: OrgFacts, number: int) -> _Made:
    """One of the assignments that there are."""
    given = [(user, name) for user in facts.users for name in user.permission_sets]
    user, name = given[number % len(given)]
    said = f"Permission set {name.replace('_', ' ')}: assigned to user {user.name}"
    return "PermSetAssign", "Manage Users", said


def _reset(facts: OrgFacts, number: int) -> _Made:
    staff = [user for user in facts.users if user.licence == people.FULL_LICENCE]
    user = staff[number % len(staff)]
    return "resetpassword", "Manage Users", f"Reset password for user {user.username}"


def _regrouped(facts: OrgFacts, number: int) -> _Made:
    del facts
    group = ("Sales", "Support", "Finance")[number % 3]
    return "groupMembership", "Groups", f"Changed membership of Group {group}"


def _restyled(facts: OrgFacts, number: int) -> _Made:
    del facts
    name = ("logo", "styles", "priceList")[number % 3]
    return "changedStaticResource", "Static Resource", f"Changed Static Resource {name}"


_ROUTINE: tuple[Callable[[OrgFacts, int], _Made], ...] = (_assigned, _reset, _regrouped, _restyled)


def _of_apps(facts: OrgFacts) -> Iterator[_Change]:
    """How each connected app came to be, and one later change of its settings."""
    for app in installed(facts):
        made_ms = to_ms(app.created_at)
        if app.namespace is None:
            made = ("insertApplication", "Application", f"Created Connected App {app.name}")
        else:
            made = (
                "insertConnectedApplication",
                "Connected Apps",
                f"Installed Connected App {app.name} to Salesforce",
            )
        yield _Change(made_ms, people.ADMIN, *made)
        yield _Change(_changed_ms(facts, app), people.RELEASE_ENGINEER, *_policy_change(app))


def _changed_ms(facts: OrgFacts, app: SimApp) -> int:
    """A working hour of 2025 or early 2026, always the same for one app."""
    number = number_from("app change", facts.org_id, app.name)
    first = to_ms(datetime.fromisoformat("2025-10-06T09:00:00+00:00"))
    return first + number % 150 * DAY_MS + (number >> 16) % (7 * 60) * MINUTE_MS


def _policy_change(app: SimApp) -> _Made:
    """The last change that led to the app's present settings."""
    if app.pre_authorized_only:
        return (
            "changeUserRuntimeAccessPolicy",
            "Application",
            f"Changed connected app {app.name} Permitted Users setting from All users may"
            " self-authorize to Admin approved users are pre-authorized",
        )
    if app.details.ip_relaxation != "ENFORCE":
        return (
            "changeIpRelaxationPolicy",
            "Application",
            f"Changed connected app {app.name} IP relaxation setting from Enforce IP"
            " restrictions to Relax IP restrictions",
        )
    return (
        "changeOauthDefaultScope",
        "Application",
        f"Changed connected app {app.name} scopes from null to {', '.join(app.scopes)}",
    )


def _of_acts(sources: OrgSources) -> Iterator[_Change]:
    now_ms = to_ms(sources.now())
    for minute in range(to_ms(sources.since) // MINUTE_MS, now_ms // MINUTE_MS + 1):
        for act in sources.acts.of_minute(minute):
            yield from _of_act(act)


def _of_act(act: OrgAct) -> Iterator[_Change]:
    match act:
        case SetupChange():
            yield _Change(act.at_ms, act.by.user, act.action, act.section, act.display)
        case LoginAs():
            said = f"Logged in using Login-As access for {act.target.name}"
            yield _Change(act.at_ms, act.by.user, "suOrgAdminLogin", "Manage Users", said)
        case PermissionChange(operation="AssignedToUsers" | "UnassignedFromUsers"):
            given = act.operation == "AssignedToUsers"
            action = "PermSetAssign" if given else "PermSetUnassign"
            word = "assigned to" if given else "unassigned from"
            for user in act.affected:
                said = f"Permission set {act.permission_set}: {word} user {user.name}"
                yield _Change(act.at_ms, act.by.user, action, "Manage Users", said)
        case PermissionChange():
            on = act.operation == "PermsEnabled"
            action = "PermSetEnableUserPerm" if on else "PermSetDisableUserPerm"
            for name in act.permissions:
                word = "enabled" if on else "disabled"
                said = f"Permission set {act.permission_set}: {word} permission {name}"
                yield _Change(act.at_ms, act.by.user, action, "Manage Users", said)
        case _:
            return
