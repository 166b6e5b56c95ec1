"""The whole list: every check in the order in which a person would make them."""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from console.answers.coverage import Completeness, completeness_of
from console.answers.health import HealthAnswer, answer_health, heartbeat_grace
from console.answers.moment import Moment
from console.clock import Clock
from console.collector.writer_when_free import is_collecting
from console.doctor.access import check_access
from console.doctor.check import CONFIGURATION, STORE, Check, Result
from console.doctor.configuration import check_configuration
from console.doctor.deadline import within
from console.doctor.org import OrgFindings, check_beside_collector, check_org
from console.doctor.sources import check_sources
from console.doctor.store import check_collecting, check_store
from console.doctor.terminal import check_terminal
from console.settings import OrgSettings, Settings
from store.database import is_present, open_reader
from store.errors import StoreError

STORE_S = 2.0
"""The longest that reading the collector's state may take, in real seconds."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was found."""

    checks: tuple[Check, ...]
    completeness: Completeness
    """Of what the store holds for the last 24 hours."""


def examine(
    settings: Settings, org: OrgSettings | None, store_file: Path, clock: Clock, moment: Moment
) -> Examination:
    """Make every check; takes at most 15 s and changes nothing in the org."""
    checks: list[Check] = []
    grace = heartbeat_grace(clock)
    if org is None:
        checks.append(_no_org(settings))
        findings = OrgFindings([])
    else:
        configured = check_configuration(settings, org, clock.now())
        checks += configured.checks
        if is_collecting(store_file, clock):
            findings = check_beside_collector(store_file, clock.now())
        elif configured.keys is not None:
            findings = check_org(org, configured.keys, store_file, clock)
        else:
            findings = OrgFindings([])
    checks += findings.checks
    checks += check_sources(findings.sources, findings.asked_before)
    checks += check_access(store_file, moment.as_of, org.integrations if org else ())
    checks += check_store(store_file)
    health, completeness = _from_store_in_time(store_file, moment, org, grace)
    if health is not None:
        checks += check_collecting(health, grace)
        checks.append(_own_calls(health))
        checks.append(_coverage(completeness))
    checks += check_terminal()
    return Examination(tuple(checks), completeness)


def _no_org(settings: Settings) -> Check:
    found = "names no org" if settings.config_file_exists else "does not exist"
    return Check(
        "config.org", CONFIGURATION, "Org", Result.FAULT, f"{settings.config_file} {found}",
        "Write the settings with `orgwatch config init`.",
    )  # fmt: skip


def _from_store_in_time(
    store_file: Path, moment: Moment, org: OrgSettings | None, grace: timedelta
) -> tuple[HealthAnswer | None, Completeness]:
    try:
        return within(STORE_S, lambda: _from_store(store_file, moment, org, grace))
    except TimeoutError:
        return None, Completeness("blind", (), f"the store did not answer within {STORE_S:g} s")


def _from_store(
    store_file: Path, moment: Moment, org: OrgSettings | None, grace: timedelta
) -> tuple[HealthAnswer | None, Completeness]:
    nothing = Completeness("blind", (), "nothing is stored")
    try:
        if not is_present(store_file):
            return None, nothing
        with open_reader(store_file) as reader:
            connection = reader.connection
            fraction = org.own_calls_fraction if org is not None else 0.01
            health = answer_health(connection, moment, fraction, grace)
            return health, completeness_of(connection, moment, ("stream:", "log:"))
    except (StoreError, sqlite3.Error):
        # The store's own check has said it already.
        return None, nothing


def _own_calls(health: HealthAnswer) -> Check:
    used, budget = health.own_calls_24h, health.own_calls_budget
    if budget is None:
        said = f"{used:,} in 24 h; the org's pool is not known yet"
        return Check("own_calls", STORE, "Own calls", Result.UNKNOWN, said)
    said = f"{used:,} of {budget:,} that orgwatch allows itself in 24 h"
    if used > budget:
        return Check(
            "own_calls", STORE, "Own calls", Result.NOTE, f"{said}: it asks less often now",
            "Raise own_calls_fraction if the org can spare them.",
        )  # fmt: skip
    return Check("own_calls", STORE, "Own calls", Result.OK, said)


def _coverage(completeness: Completeness) -> Check:
    result = Result.OK if completeness.state == "complete" else Result.NOTE
    said = f"the last 24 h are {completeness.state}: {completeness.summary}"
    step = "" if result is Result.OK else "`orgwatch coverage` says which hours, and why."
    return Check("store.coverage", STORE, "Coverage", result, said, step)
