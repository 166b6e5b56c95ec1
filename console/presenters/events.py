"""The events room: streamed events and log rows as lines of a tail, and one of them in full."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from console.answers.events import EventDetail
from console.presenters import formats
from console.safe_text import visible, visible_lines
from store.records import EventFilter, StoredEvent
from widgets.blocks import trend
from widgets.row_types import Cell, Column, Field, FieldGroup, RecordView, Row, Tone

_TEXT_LIMIT = 200
"""Characters of one cell; the detail has the whole."""
_VALUE_LIMIT = 4_000
"""Characters of one field in the detail; the raw record has the whole."""
_TREND_WIDTH = 20
_SAME_DAY = len("12:04:31")
_OTHER_DAY = len("11-15 12:04")
_LOGIN = "Login"
_FIRST_ERROR_STATUS = 400
_GOOD_LOGINS = frozenset({"Success", "LOGIN_NO_ERROR"})
_BAD_REQUESTS = frozenset({"F", "U", "A", "N"})
"""Failure, undefined, authorization error, not found."""


@dataclass(frozen=True, slots=True)
class TailState:
    """How the list of events stands: what of it is shown and what waits."""

    following: bool
    waiting: int
    """Events that came since the list stands still."""
    waiting_is_least: bool
    """True where more wait than were counted."""
    filter: EventFilter


def event_columns(*, other_days: bool) -> tuple[Column, ...]:
    """The columns of the tail; the time is wider where some are not of today."""
    return (
        Column("mark", "", 1),
        Column("time", "Time", _OTHER_DAY if other_days else _SAME_DAY),
        Column("type", "Type", 8, widest=14),
        Column("user", "User", 14, widest=30),
        Column("what", "What", 16, widest=80),
        Column("address", "Address", 15, priority=1),
        Column("app", "App or client", 14, widest=28, priority=2),
        Column("rows", "Rows", 6, right=True, priority=4),
        Column("version", "API", 4, right=True, priority=5),
        Column("source", "Source", 6, priority=3),
    )


def present_tail(
    events: Sequence[StoredEvent],
    as_of: datetime,
    chosen: EventFilter,
    drawn: Mapping[str, Row] = MappingProxyType({}),
) -> RecordView:
    """Lines oldest first, so that what is new comes at the bottom.

    ``drawn`` holds lines of the same day by key, which need not be worked out again.
    """
    other_days = any(event.occurred_at.date() != as_of.date() for event in events)
    return RecordView(
        columns=event_columns(other_days=other_days),
        rows=tuple(drawn.get(event.key) or present_row(event, as_of) for event in reversed(events)),
        empty=_why_empty(chosen),
    )


def present_row(event: StoredEvent, as_of: datetime) -> Row:
    """One event on one line."""
    problem = is_problem(event)
    tone = Tone.BAD if problem else Tone.PLAIN
    return Row(
        key=event.key,
        cells=(
            Cell("✖" if problem else "", Tone.BAD),
            Cell(formats.time_near(event.occurred_at, as_of), Tone.MUTED),
            Cell(short_type(event.event_type), Tone.ACCENT),
            Cell(_text(event.username or event.user_id)),
            Cell(_what(event), tone),
            Cell(_text(event.source_ip)),
            Cell(_text(event.app_name or event.client or event.app_id), Tone.MUTED),
            Cell("" if event.rows is None else formats.count(event.rows)),
            Cell(_text(event.api_version, missing="")),
            Cell(visible(event.source), Tone.MUTED),
        ),
    )


def is_problem(event: StoredEvent) -> bool:
    """A login that did not succeed, or a call that failed: what the store's problem filter finds.

    Statuses: HTTP codes of ApiTotalUsage, REQUEST_STATUS letters of the other log types, and the
    words of logins (docs of EventLogFile and LoginEvent).
    """
    status = (event.status or "").strip()
    if status.isdecimal():
        return int(status) >= _FIRST_ERROR_STATUS
    if event.event_type.startswith(_LOGIN):
        return bool(status) and status not in _GOOD_LOGINS
    return status in _BAD_REQUESTS


def short_type(event_type: str) -> str:
    """``Login`` for ``LoginEventStream``; the types of log files as they are."""
    return visible(event_type.removesuffix("Stream").removesuffix("Event") or event_type)


def present_state(state: TailState, per_minute: Sequence[int]) -> tuple[Cell, ...]:
    """The line above the tail: following or paused, the filter, and how much is coming in."""
    if state.following:
        cells = [Cell("● following", Tone.GOOD)]
    else:
        more = "+" if state.waiting_is_least else ""
        cells = [Cell("‖ paused", Tone.WARNING)]
        cells.append(Cell(f"  ▸ {state.waiting:,}{more} waiting", Tone.STRONG))
    cells.extend(_filter_cells(state.filter))
    if per_minute:
        cells.append(Cell(f"   {trend(per_minute, _TREND_WIDTH)} ", Tone.MUTED))
        streamed = f"{formats.count(sum(per_minute))} streamed in {len(per_minute)} min"
        cells.append(Cell(streamed, Tone.MUTED))
    return tuple(cells)


def _filter_cells(chosen: EventFilter) -> Iterable[Cell]:
    if chosen.problems_only:
        yield Cell("   problems only", Tone.ACCENT)
    for event_type in chosen.event_types:
        yield Cell(f"   {short_type(event_type)} only", Tone.ACCENT)
    if chosen.text:
        yield Cell(f"   matching “{visible(chosen.text, 40)}”", Tone.ACCENT)


def present_summary(event: StoredEvent) -> tuple[FieldGroup, ...]:
    """What was understood of an event, in the order in which an investigator asks."""
    status_tone = Tone.BAD if is_problem(event) else Tone.PLAIN
    groups = (
        (
            "When and what",
            (
                _field("Time", formats.day_time(event.occurred_at) + " UTC"),
                _field("Type", event.event_type),
                _field("Operation", event.operation),
                _field("Entities", event.entities),
                _field("Rows", None if event.rows is None else formats.count(event.rows)),
                _field("Status", event.status, status_tone),
            ),
        ),
        (
            "Who and from where",
            (
                _field("User", event.username),
                _field("User id", event.user_id),
                _field("Address", event.source_ip),
                _field("App", event.app_name),
                _field("App id", event.app_id),
                _field("Client", event.client),
                _field("User agent", event.user_agent),
                _field("API", " ".join(filter(None, (event.api_type, event.api_version)))),
            ),
        ),
        (
            "How to find it again",
            (
                _field("Login key", event.login_key),
                _field("Session key", event.session_key),
                _field("Request id", event.request_id),
                _field("Event id", event.event_uuid),
                _field("Replay id", event.replay_id),
                _field("Channel", event.channel),
                _field("Source", event.source),
            ),
        ),
    )
    return tuple(FieldGroup(title, fields) for title, fields in groups)


def present_detail(detail: EventDetail) -> tuple[FieldGroup, ...]:
    """What was understood, and then every field as it came."""
    fields = tuple(_field(name, value) for name, value in detail.fields)
    return (
        *present_summary(detail.event),
        FieldGroup("Every field as it came", fields, empty="the record carries none"),
    )


def present_raw(detail: EventDetail) -> str:
    """The record as indented JSON, with control characters visible."""
    return "\n".join(visible_lines(detail.raw))


def present_title(event: StoredEvent) -> tuple[Cell, ...]:
    """The heading of the detail."""
    who = _text(event.username or event.user_id, missing="an unnamed user")
    return (
        Cell(short_type(event.event_type), Tone.ACCENT),
        Cell(f"  {formats.day_time(event.occurred_at)} UTC", Tone.STRONG),
        Cell(f"  {who}"),
    )


def _what(event: StoredEvent) -> str:
    status = event.status or ""
    parts = [event.operation or "", event.entities or ""]
    if event.event_type.startswith(_LOGIN) or is_problem(event):
        parts.insert(0, status)
    return visible(" ".join(part for part in parts if part), _TEXT_LIMIT)


def _text(value: str | None, missing: str = formats.UNKNOWN) -> str:
    return visible(value, _TEXT_LIMIT) if value else missing


def _field(name: str, value: str | None, tone: Tone = Tone.PLAIN) -> Field:
    shown = visible(name)
    if value is None or value == "":
        return Field(shown, formats.UNKNOWN, Tone.MUTED)
    if len(value) > _VALUE_LIMIT:
        rest = len(value) - _VALUE_LIMIT
        value = visible(value[:_VALUE_LIMIT]) + f"… ({rest:,} more characters in the raw record)"
        return Field(shown, value, tone)
    return Field(shown, visible(value), tone)


def _why_empty(chosen: EventFilter) -> str:
    if chosen == EventFilter():
        return "No event is in the store yet: streamed events and log rows show here as they come."
    return "No event matches this filter. Esc takes it away."
