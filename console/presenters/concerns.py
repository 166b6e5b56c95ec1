"""What needs a look, found in the answers of one moment: the forerunner of alerts.

Each concern is a figure beyond a line, with the room that shows more about it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.answers.health import CONNECTION_TASK, HealthAnswer
from console.answers.limits import LimitAnswer
from console.answers.usage import IntegrationUsage
from console.presenters import formats
from console.presenters.severities import severity
from store.records import LoginState, StoredEvent, TaskPhase, TaskState
from widgets.types import Severity

ERROR_SHARE = 0.10
"""From this share of failing calls on an integration is worth a look."""
FEWEST_ERRORS = 20
"""Fewer failing calls than these are no pattern."""
FEWEST_FAILED_LOGINS = 3
"""One wrong password is a person; from the third on it is worth a look."""
CERTIFICATE_WARNING = timedelta(days=30)
"""Time enough to have a new certificate approved and uploaded before the old one ends."""

LOGIN_TYPES = ("LoginEventStream", "LoginEvent", "Login")
"""A login as the stream, as the stored object and as the log file name it."""

_SOURCE = {"limits": "limits", "log files": "log_files", "stream": "stream:"}
"""Which source a task of the collector reads, as a probe of the org names it."""

_ORDER = (Severity.EXCEEDED, Severity.CRITICAL, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that needs a look."""

    severity: Severity
    text: str
    room: str
    """The name of the room that shows more."""
    at: datetime | None = None


def concerns(
    limits: Sequence[LimitAnswer],
    integrations: Sequence[IntegrationUsage],
    problems: Sequence[StoredEvent],
    health: HealthAnswer,
    withheld: Collection[str] = (),
) -> tuple[Concern, ...]:
    """All of them, the worst first, and among equals the newest.

    ``withheld`` are the sources that the org refuses, as `Withheld.needs` names them: that their
    tasks are at rest is said where the refusal is.
    """
    found = [
        *_limits(limits),
        *_integrations(integrations),
        *_failed_logins(problems),
        *_console(health, withheld),
    ]
    found.sort(key=lambda concern: concern.at.timestamp() if concern.at else 0.0, reverse=True)
    found.sort(key=lambda concern: _ORDER.index(concern.severity))
    return tuple(found)


def _limits(limits: Sequence[LimitAnswer]) -> Iterator[Concern]:
    for limit in limits:
        level = severity(limit.severity)
        if level in _ORDER:
            text = f"{formats.percent(limit.used_fraction)} of {limit.name}"
            yield Concern(level, text, "limits", limit.sampled_at)


def _integrations(integrations: Sequence[IntegrationUsage]) -> Iterator[Concern]:
    for part in integrations:
        if part.over_budget and part.budget_calls is not None:
            over = part.counted_calls - part.budget_calls
            text = f"{part.name} over budget by {formats.plural(over, 'call')}"
            yield Concern(Severity.WARNING, text, "integrations", part.last_seen)
        if part.errors >= FEWEST_ERRORS and part.errors >= ERROR_SHARE * part.calls:
            text = f"{part.name}: {formats.percent(part.errors / part.calls)} of calls fail"
            yield Concern(Severity.WARNING, text, "integrations", part.last_seen)


def _failed_logins(problems: Sequence[StoredEvent]) -> Iterator[Concern]:
    """Failed logins by user; ``problems`` are newest first.

    The stream and the log tell of the same login once each, hours apart: the larger count of the
    two is the true one, their sum is not.
    """
    failed: dict[str, list[StoredEvent]] = defaultdict(list)
    for event in problems:
        if event.event_type in LOGIN_TYPES:
            failed[event.username or event.user_id or "a user without a name"].append(event)
    for user, events in failed.items():
        count = max(Counter(event.event_type for event in events).values())
        if count >= FEWEST_FAILED_LOGINS:
            text = f"{count} failed logins: {user}"
            yield Concern(Severity.WARNING, text, "events", events[0].occurred_at)


def _console(health: HealthAnswer, withheld: Collection[str]) -> Iterator[Concern]:
    """What is wrong with the console's own work."""
    for task in health.tasks:
        if task.phase is TaskPhase.FAILED:
            text = f"collecting {task.task} failed: {task.message}"
            yield Concern(Severity.CRITICAL, text, "events", task.since)
        elif task.task == CONNECTION_TASK:
            yield from _connection(task)
        elif task.phase is TaskPhase.BACKING_OFF and _SOURCE.get(task.task) not in withheld:
            text = f"collecting {task.task} is retried: {task.message}"
            yield Concern(Severity.WARNING, text, "events", task.since)
    skew_s = health.login.clock_skew_s if health.login else None
    if skew_s:
        off = formats.span(timedelta(seconds=abs(skew_s)))
        text = f"this machine's clock is {off} {'behind' if skew_s > 0 else 'ahead of'} the org's"
        yield Concern(Severity.WARNING, text, "events")
    if health.login is not None:
        yield from _keys(health.login, health.as_of)
    budget = health.own_calls_budget
    if budget is not None and health.own_calls_24h > budget:
        text = f"orgwatch itself made {formats.plural(health.own_calls_24h, 'call')} of {budget:,}"
        yield Concern(Severity.WARNING, text, "limits")


def _connection(task: TaskState) -> Iterator[Concern]:
    """The org itself: down, or about to retire the API version in use."""
    if task.phase is TaskPhase.BACKING_OFF:
        yield Concern(Severity.CRITICAL, task.message, "events", task.since)
    elif task.phase is TaskPhase.RUNNING and task.message:
        text = f"the org on the API version in use: {task.message}"
        yield Concern(Severity.WARNING, text, "events", task.since)


def _keys(login: LoginState, now: datetime) -> Iterator[Concern]:
    """A key that is about to be refused, or was."""
    until = login.certificate_until
    if until is not None and until - now < CERTIFICATE_WARNING:
        ends = f"ends in {formats.span(until - now)}" if until > now else "has ended"
        yield Concern(Severity.WARNING, f"the certificate of the login {ends}", "events")
    if login.key_in_use == "next":
        text = "the org refused the first key: logins go on with the next one"
        yield Concern(Severity.WARNING, text, "events", login.key_switched_at)
