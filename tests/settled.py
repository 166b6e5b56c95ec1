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

POLL_S = 0.1
FIRST_ROUNDS = {"limits", "log files", "apps", "users", "org"}
"""Tasks that must have finished a round."""


def wait_until_settled(running: Demonstration, timeout_s: float = 100.0) -> dict[str, Any]:
    """The ground truth of the last 24 hours, once the store has caught up with it."""
    wait_for_store(running.where, running.collector)
    control, now = running.announcement["control_url"], running.where.clock.now()
    deadline = time.monotonic() + timeout_s
    truth = ground_truth(control, now - timedelta(hours=24), now)
    while missing := _missing(running, truth):
        truth = ground_truth(control, now - timedelta(hours=24), now)
        if time.monotonic() > deadline:
            raise AssertionError(f"not settled after {timeout_s} s: {missing}")
        if not running.collector.running:
            raise_failure(running.collector)
        time.sleep(POLL_S)
    return truth


def _missing(running: Demonstration, truth: dict[str, Any]) -> list[str]:
    now = running.where.clock.now()
    with open_reader(running.where.store_file) as reader:
        stored = counts_by_channel(reader.connection)
        states = tasks(reader.connection)
        own_calls = console_state.own_calls(reader.connection, now - timedelta(hours=24), now)
        hours = coverage.hours(reader.connection, now - timedelta(hours=24), now)
    missing = [
        f"{channel}: {stored.get(channel, 0)} of {published}"
        for channel, published in truth["events"].items()
        if channel in running.where.required_org().stream_channels
        and stored.get(channel, 0) < published
    ]
    missing += [
        f"task {state.task}: {state.phase} ({state.message})"
        for state in states
        if state.phase not in (TaskPhase.WAITING, TaskPhase.RUNNING)
        or (state.task in FIRST_ROUNDS and state.last_success_at is None)
    ]
    missing += [f"task {task}" for task in FIRST_ROUNDS - {state.task for state in states}]
    own, seen = sum(calls for _, calls in own_calls), truth["own_requests"]["counted_calls"]
    if own != seen:
        missing.append(f"own calls: {own} noted, {seen} made")
    logged = [hour for hour in hours if hour.source == "log:ApiTotalUsage"]
    if sum(hour.state is CoverageState.COMPLETE for hour in logged) < 15:
        missing.append(f"log files: only {len(logged)} hours in the ledger")
    return missing
