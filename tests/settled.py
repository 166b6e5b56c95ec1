"""Waits until a collector has everything that a standing simulated org can give."""

import time
from datetime import timedelta
from typing import Any

from console.commands.demo import Demonstration, ground_truth
from console.commands.running import raise_failure, wait_for_store
from store import console_state, coverage
from store.console_state import tasks
from store.contents import counts_by_channel
from store.database import open_reader
from store.records import CoverageState, TaskPhase

DAY = timedelta(hours=24)
POLL_S = 0.1
FIRST_ROUNDS = {"limits", "log files", "apps", "users", "org", "permissions", "access"}
"""Tasks that must have finished a round."""


def wait_until_settled(running: Demonstration, timeout_s: float = 100.0) -> dict[str, Any]:
    """The ground truth of the last 24 hours, once the store has caught up with it."""
    wait_for_store(running.where, running.collector)
    control, now = running.announcement["control_url"], running.where.clock.now()
    deadline = time.monotonic() + timeout_s
    while missing := _unfinished(running):
        _check(running, deadline, missing)
    while missing := _missing(running, truth := ground_truth(control, now - DAY, now)):
        _check(running, deadline, missing)
    return truth


def _check(running: Demonstration, deadline: float, missing: list[str]) -> None:
    """Pause before the next look, unless there is nothing more to wait for."""
    if time.monotonic() > deadline:
        raise AssertionError(f"not settled in time: {missing}")
    if not running.collector.running:
        raise_failure(running.collector)
    time.sleep(POLL_S)


def _unfinished(running: Demonstration) -> list[str]:
    """What the collector has still to do by its own account; costs the org nothing to ask."""
    now = running.where.clock.now()
    with open_reader(running.where.store_file) as reader:
        states = tasks(reader.connection)
        hours = coverage.hours(reader.connection, now - DAY, now)
    unfinished = [
        f"task {state.task}: {state.phase} ({state.message})"
        for state in states
        if state.phase not in (TaskPhase.WAITING, TaskPhase.RUNNING)
        or (state.task in FIRST_ROUNDS and state.last_success_at is None)
    ]
    unfinished += [f"task {task}" for task in FIRST_ROUNDS - {state.task for state in states}]
    logged = [hour for hour in hours if hour.source == "log:ApiTotalUsage"]
    if sum(hour.state is CoverageState.COMPLETE for hour in logged) < 15:
        unfinished.append(f"log files: only {len(logged)} hours in the ledger")
    return unfinished


def _missing(running: Demonstration, truth: dict[str, Any]) -> list[str]:
    now = running.where.clock.now()
    with open_reader(running.where.store_file) as reader:
        stored = counts_by_channel(reader.connection)
        own_calls = console_state.own_calls(reader.connection, now - DAY, now)
    missing = [
        f"{channel}: {stored.get(channel, 0)} of {published}"
        for channel, published in truth["events"].items()
        if channel in running.where.required_org().stream_channels
        and stored.get(channel, 0) < published
    ]
    own, seen = sum(calls for _, calls in own_calls), truth["own_requests"]["counted_calls"]
    if own != seen:
        missing.append(f"own calls: {own} noted, {seen} made")
    return missing
