"""The status line: org, login, stream, completeness, own calls, and the time of the data."""

from datetime import datetime, timedelta

from console.answers.health import CONNECTION_TASK, HealthAnswer
from console.presenters.formats import UNKNOWN, clock_time, count, day_time, short_span, span
from console.safe_text import visible
from store.records import CoverageState, LoginState, TaskPhase, TaskState
from widgets.types import Severity, StatusItem, StatusView

_MAX_NAME = 24
_MAX_SHORT_NAME = 14
"""Cells for the org's alias; a longer one would push the facts off an 80-column line."""

_COMPLETENESS = {
    "complete": Severity.OK,
    "partial": Severity.WARNING,
    "blind": Severity.CRITICAL,
}


def present_status(
    answer: HealthAnswer,
    *,
    alias: str,
    as_of: datetime | None,
    note: str,
    has_collector: bool,
    failure: str | None,
) -> StatusView:
    """The line for a store that can be read.

    ``alias`` is the org's name in the settings; ``as_of`` is set when a moment other than now is
    looked at; ``note`` is what else to say beside the name; ``failure`` is what the collector
    said last when it has ended by itself.
    """
    marks = _marks(note, "past" if as_of else "" if has_collector else "attached")
    stopped = _collector(answer, failure)
    items = (
        _name(alias),
        stopped or _org_down(answer) or _login(answer.login, answer.as_of),
        _OFF if stopped else _stream(answer.stream, answer.last_event_at, answer.as_of),
        _data(answer),
        _own_calls(answer),
    )
    clock = day_time(as_of) if as_of is not None else clock_time(answer.as_of)
    return StatusView(items, f"{clock}Z", marks)


def present_without_store(alias: str, now: datetime, note: str, failure: str | None) -> StatusView:
    """The line while there is no store to read."""
    state = (
        StatusItem("stopped", "collector stopped", Severity.CRITICAL)
        if failure
        else StatusItem("no data", "no data yet", Severity.UNKNOWN)
    )
    return StatusView((_name(alias), state), f"{clock_time(now)}Z", _marks(note))


def _name(alias: str) -> StatusItem:
    return StatusItem(visible(alias, _MAX_SHORT_NAME), visible(alias, _MAX_NAME))


def _marks(*notes: str) -> tuple[StatusItem, ...]:
    """Notes beside the name; where it is narrow their first letters must do."""
    shown = [visible(note, _MAX_NAME) for note in notes if note]
    return tuple(StatusItem(note if len(note) < 5 else note[:3], note) for note in shown)


def _collector(answer: HealthAnswer, failure: str | None) -> StatusItem | None:
    """The collector's own failure: it outranks the login, which is stale without it."""
    if failure is not None or answer.collector_alive is False:
        return StatusItem("collector stopped", "collector stopped", Severity.CRITICAL)
    return None


def _org_down(answer: HealthAnswer) -> StatusItem | None:
    """The org that does not answer: it outranks the login, which cannot be used."""
    connection = next((task for task in answer.tasks if task.task == CONNECTION_TASK), None)
    if connection is None or connection.phase is not TaskPhase.BACKING_OFF:
        return None
    if connection.since > answer.as_of:
        return None
    short = f"down {short_span(answer.as_of - connection.since)}"
    long = f"down since {clock_time(connection.since)}Z"
    if connection.next_at is not None and connection.next_at > answer.as_of:
        long = f"{long}, next try in {span(connection.next_at - answer.as_of)}"
    return StatusItem(short, long, Severity.CRITICAL, label="org")


def _login(login: LoginState | None, now: datetime) -> StatusItem:
    if login is None or (login.obtained_at is not None and login.obtained_at > now):
        return StatusItem(UNKNOWN, "not known", Severity.UNKNOWN, label="login")
    if login.error:
        return _login_failed(login, login.error, now)
    if login.obtained_at is None:
        return StatusItem("none yet", "none yet", Severity.UNKNOWN, label="login")
    age = now - login.obtained_at
    if login.expires_at is not None and login.expires_at <= now:
        return StatusItem("expired", "token expired", Severity.CRITICAL, label="login")
    long = f"token {span(age)} old"
    if login.key_in_use == "next":
        return StatusItem(short_span(age), f"{long}, next key", Severity.WARNING, label="login")
    return StatusItem(short_span(age), long, Severity.OK, label="login")


def _login_failed(login: LoginState, title: str, now: datetime) -> StatusItem:
    """A login that failed; while the token before it still serves, that is a warning."""
    serves = login.obtained_at is not None and (login.expires_at or now) > now
    severity = Severity.WARNING if serves else Severity.CRITICAL
    long = visible(title, 60)
    if login.next_attempt_at is None or login.next_attempt_at <= now:
        return StatusItem("refused", long, severity, label="login")
    wait = login.next_attempt_at - now
    long = f"{long}, next attempt in {span(wait)}"
    return StatusItem(f"refused {short_span(wait)}", long, severity, label="login")


_OFF = StatusItem("off", "off", Severity.CRITICAL, label="stream")
"""Without a collector nobody listens, whatever the stream's last report was."""
_STREAM = {
    TaskPhase.STARTING: (Severity.UNKNOWN, "starting"),
    TaskPhase.RUNNING: (Severity.OK, "live"),
    TaskPhase.WAITING: (Severity.OK, "live"),
    TaskPhase.BACKING_OFF: (Severity.WARNING, "retry"),
    TaskPhase.FAILED: (Severity.CRITICAL, "failed"),
    TaskPhase.STOPPED: (Severity.CRITICAL, "stopped"),
}


def _stream(stream: TaskState | None, last_event_at: datetime | None, now: datetime) -> StatusItem:
    if stream is None or stream.since > now:
        return StatusItem(UNKNOWN, "none", Severity.UNKNOWN, label="stream")
    severity, word = _STREAM[stream.phase]
    if severity is Severity.OK:
        if last_event_at is None:
            return StatusItem("live", "live, no event yet", severity, label="stream")
        age = max(now - last_event_at, timedelta())
        return StatusItem("live", f"live, last event {span(age)} ago", severity, label="stream")
    long = f"{word}: {visible(stream.message, 50)}" if stream.message else word
    if stream.next_at is not None and stream.next_at > now:
        wait = stream.next_at - now
        word, long = f"{word} {short_span(wait)}", f"{long}, next attempt in {span(wait)}"
    return StatusItem(word, long, severity, label="stream")


def _data(answer: HealthAnswer) -> StatusItem:
    """How complete the data is; log files that are not due yet are no fault."""
    completeness = answer.completeness
    level = _COMPLETENESS.get(completeness.state, Severity.UNKNOWN)
    if level is Severity.WARNING and all(
        gap.state == CoverageState.PENDING for gap in completeness.gaps
    ):
        level = Severity.OK
    long = visible(completeness.summary, 60) or completeness.state
    first = long.partition(", ")[0]
    short = first.removeprefix("logs ")
    label = "data" if short == first else "logs"
    return StatusItem(short, long, level, label="data", short_label=label, drop_order=1)


def _own_calls(answer: HealthAnswer) -> StatusItem:
    short = count(answer.own_calls_24h)
    if answer.own_calls_budget is None:
        return StatusItem(short, short, None, label="own calls", short_label="own", drop_order=2)
    long = f"{short} of {count(answer.own_calls_budget)}"
    severity = Severity.WARNING if answer.own_calls_24h > answer.own_calls_budget else None
    return StatusItem(short, long, severity, label="own calls", short_label="own", drop_order=2)
