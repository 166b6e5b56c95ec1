"""What people do in the org on an ordinary day, what a scenario plants, and the steps of bulk jobs.

Like calls and logins a pure function of the minute, so that log files, events and stores that are
made again tell the same acts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from console.simulator.dice import fraction, mixed, number_from
from console.simulator.ids import record_id
from console.simulator.life.acts import (
    BulkJobStep,
    BulkStep,
    LoginAs,
    OrgAct,
    Performer,
    PermissionChange,
    ReportExport,
)
from console.simulator.life.logins import Login, Logins
from console.simulator.life.traffic import Call, Traffic, job_id_of
from console.simulator.moments import DAY_MIN, DAY_MS, MINUTE_MS
from console.simulator.org import story_people as people

_SOONEST_MS, _SPREAD_MS = 20 * MINUTE_MS, 240 * MINUTE_MS
"""How long after their login people do something."""
_EXPORT_CHANCE = 0.3
_LOGIN_AS_CHANCE = 0.1
_ASSIGNMENT_CHANCE = 0.15
_KEPT_DAYS = 64


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the org."""

    name: str
    entities: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[int, int]
    """Fewest and most rows."""

    @property
    def report_id(self) -> str:
        """18 characters, ``00O…``."""
        return record_id("00O", self.name)


REPORTS = (
    Report("Open opportunities", ("Opportunity",), ("NAME", "AMOUNT", "CLOSE_DATE"), (40, 380)),
    Report("My accounts", ("Account",), ("ACCOUNT_NAME", "INDUSTRY", "PHONE"), (15, 240)),
    Report("Cases by priority", ("Case",), ("CASE_NUMBER", "PRIORITY", "STATUS"), (30, 520)),
    Report("Orders of the week", ("Order",), ("ORDER_NUMBER", "STATUS", "TOTAL"), (90, 700)),
    Report("Leads without an owner", ("Lead",), ("FIRST_NAME", "LAST_NAME", "SOURCE"), (0, 60)),
)
"""What people at Acme export; none of it is large."""


class OrgActs:
    """Everything of `console.simulator.life.acts` that happens under one seed.

    Memory: the planted acts, and those of the last 64 days asked about.
    """

    def __init__(
        self, seed: int, traffic: Traffic, logins: Logins, planted: Iterable[OrgAct] = ()
    ) -> None:
        self._salt = number_from("acts", seed)
        self._traffic = traffic
        self._logins = logins
        self._planted: dict[int, list[OrgAct]] = {}
        for act in planted:
            self._planted.setdefault(act.at_ms // MINUTE_MS, []).append(act)
        self._day = lru_cache(maxsize=_KEPT_DAYS)(self._plan_day)

    def of_minute(self, minute: int) -> tuple[OrgAct, ...]:
        """All acts of a minute since 1970 but the steps of bulk jobs, in order of time."""
        found = [*self._day(minute // DAY_MIN).get(minute, ()), *self._planted.get(minute, ())]
        return tuple(sorted(found, key=lambda act: (act.at_ms, act.number)))

    def between(self, since_ms: int, until_ms: int) -> list[OrgAct]:
        """All acts at ``since_ms <= t < until_ms`` but the steps of bulk jobs, in no order."""
        days = range(since_ms // DAY_MS, -(-until_ms // DAY_MS))
        by_minute = [*(self._day(day) for day in days), self._planted]
        return [
            act
            for minutes in by_minute
            for acts in minutes.values()
            for act in acts
            if since_ms <= act.at_ms < until_ms
        ]

    def bulk_steps(self, minute: int) -> tuple[BulkJobStep, ...]:
        """What the Bulk API calls of a minute since 1970 did to jobs, in order of time."""
        calls = self._traffic.calls(minute)
        steps = (bulk_step_of(call) for call in calls if call.shape.family == "Bulk")
        return tuple(step for step in steps if step is not None)

    def _plan_day(self, day: int) -> dict[int, list[OrgAct]]:
        found: dict[int, list[OrgAct]] = {}
        for login in self._logins.desk_logins(day):
            for act in self._acts_after(login):
                found.setdefault(act.at_ms // MINUTE_MS, []).append(act)
        return found

    def _acts_after(self, login: Login) -> Iterator[OrgAct]:
        """What somebody does in the session that a browser login opened."""
        base = mixed(self._salt, login.number)
        if fraction(mixed(base, 1)) < _EXPORT_CHANCE:
            yield _export(login, mixed(base, 2))
        if login.user is not people.ADMIN:
            return
        if fraction(mixed(base, 3)) < _LOGIN_AS_CHANCE:
            number = mixed(base, 4)
            target = people.AGENTS[number % len(people.AGENTS)]
            at_ms = _moment_after(login, number)
            yield LoginAs(at_ms=at_ms, number=number, by=performer_of(login), target=target)
        if fraction(mixed(base, 5)) < _ASSIGNMENT_CHANCE:
            yield _assignment(login, mixed(base, 6))


def performer_of(login: Login) -> Performer:
    """Whoever logged in, in the session that the login opened."""
    return Performer(
        user=login.user,
        session=login.number,
        source_ip=login.source_ip,
        user_agent=login.user_agent,
        browser=login.browser,
        platform=login.platform,
    )


def export_of(report: Report, at_ms: int, number: int, by: Performer, rows: int) -> ReportExport:
    """The export of a report with so many rows."""
    return ReportExport(
        at_ms=at_ms,
        number=number,
        by=by,
        report_id=report.report_id,
        report_name=report.name,
        entities=report.entities,
        columns=report.columns,
        rows=rows,
    )


def bulk_step_of(call: Call) -> BulkJobStep | None:
    """What a call of the Bulk API did to a job; None where it failed."""
    if call.failed:
        return None
    shape = call.shape
    return BulkJobStep(
        at_ms=call.at_ms,
        number=call.number,
        by=Performer(call.user, call.session, call.client_ip, call.integration.user_agent),
        job_id=job_id_of(call.integration, call.variant),
        step=_step_of(shape.method, shape.resource),
        entity=shape.entity,
        query=shape.query,
        rows=call.rows,
    )


def _step_of(method: str, resource: str) -> BulkStep:
    """Bulk API 2.0: which request does what to a job (Bulk API developer guide)."""
    if method == "POST":
        return "created"
    if method == "DELETE":
        return "deleted"
    if method == "PATCH":
        return "aborted"
    if method == "PUT":
        return "uploaded"
    return "results_read" if resource.endswith("/results") else "polled"


def _export(login: Login, number: int) -> ReportExport:
    report = REPORTS[number % len(REPORTS)]
    least, most = report.rows
    rows = least + (number >> 24) % (most - least + 1)
    return export_of(report, _moment_after(login, number), number, performer_of(login), rows)


def _assignment(login: Login, number: int) -> PermissionChange:
    user = people.AGENTS[number % len(people.AGENTS)]
    return PermissionChange(
        at_ms=_moment_after(login, number),
        number=number,
        by=performer_of(login),
        operation="AssignedToUsers",
        permission_set_id=record_id("0PS", "Support_API"),
        permission_set="Support_API",
        permissions=("RunReports",),
        affected=(user,),
    )


def _moment_after(login: Login, number: int) -> int:
    at_ms = login.at_ms + _SOONEST_MS + (number >> 20) % _SPREAD_MS
    return at_ms + (at_ms % MINUTE_MS == 0)
