"""The first screen: the sentence that matters, the pool, its users, and what needs a look."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from console.analysis.severity import DEFAULT_THRESHOLDS
from console.answers.limits import LimitAnswer, PoolAnswer
from console.answers.sources import NOTHING_WITHHELD, Withheld
from console.answers.usage import IntegrationUsage, UsageAnswer
from console.presenters import formats
from console.presenters.concerns import Concern
from console.presenters.events import event_columns, present_row
from console.presenters.integrations import integration_key, plot_title, shown_name
from console.presenters.severities import TONE, severity, sign
from console.safe_text import visible
from store.records import StoredEvent, TaskPhase, TaskState
from widgets.row_types import Cell, Column, RecordView, Row, Tone
from widgets.types import AreaView, GaugeView, PanelView

POOL_LIMIT = "DailyApiRequests"
"""The pool's name among the limits (REST API Developer Guide, "Limits")."""

MARKS = (DEFAULT_THRESHOLDS.warning, DEFAULT_THRESHOLDS.critical)
"""Fractions at which a limit's severity rises."""

_AREA_SLOTS = 288
"""Five minutes each: the rhythm in which ``/limits`` is read."""
_HOURS_NAMED_UP_TO = timedelta(days=3)
_DAYS_NAMED = 8
_NAME_LIMIT = 80
_MOST_ROWS = 40
"""Rows given to a panel: more than any terminal shows of it."""
_NOT_STREAMING = frozenset({TaskPhase.BACKING_OFF, TaskPhase.FAILED, TaskPhase.STOPPED})

_SHARE_COLUMNS = (
    Column("name", "", 16, widest=32),
    Column("bar", "", 6, widest=60),
    Column("share", "", 7, right=True),
    Column("calls", "", 7, right=True, widest=9),
)
_LIMIT_COLUMNS = (
    Column("sign", "", 1),
    Column("name", "", 14, widest=44),
    Column("bar", "", 8, widest=24, priority=1),
    Column("percent", "", 7, right=True),
)
_CONCERN_COLUMNS = (
    Column("sign", "", 1),
    Column("text", "", 20, widest=80),
    Column("when", "", 8, right=True, priority=1),
)


def present_headline(
    pool: PoolAnswer, usage: UsageAnswer, gone: Withheld = NOTHING_WITHHELD
) -> tuple[tuple[Cell, ...], ...]:
    """Two lines: how full and when dry; who uses most and how far the logs reach."""
    return (_pool_sentence(pool, usage.as_of), _usage_sentence(usage, gone))


def present_pool(pool: PoolAnswer, as_of: datetime) -> GaugeView:
    """The gauge of the rolling pool."""
    known = pool.used_calls is not None and pool.max_calls is not None
    figure = f"{formats.count(pool.used_calls)} of {formats.count(pool.max_calls)}"
    return GaugeView(
        title="API calls in 24 h",
        figure=figure if known else "not known yet",
        percent=formats.percent(pool.used_fraction),
        fraction=pool.used_fraction,
        severity=severity(pool.severity),
        notes=tuple(_pool_notes(pool, as_of)),
        marks=MARKS,
    )


def present_history(pool: PoolAnswer, usage: UsageAnswer) -> AreaView:
    """The pool's use over the window; until that is long enough, the calls per hour of the logs."""
    times = tuple(_times(usage.since, usage.until))
    levels = _levels(pool, usage)
    if sum(level is not None for level in levels) >= _AREA_SLOTS // 4:
        return AreaView("Use of the pool", levels, 1.0, "100 %", times, MARKS)
    calls = _calls_per_hour(usage)
    top = max((value for value in calls if value is not None), default=1.0)
    return AreaView(f"{plot_title(usage)} in the logs", calls, top, f"{top:,.0f}", times)


def present_shares(usage: UsageAnswer) -> PanelView:
    """The largest integrations, what is not in the logs, and so the whole pool."""
    parts = usage.integrations
    names = Counter(part.name for part in parts)
    shown = tuple(_share_row(part, shown_name(part, names)) for part in parts[:_MOST_ROWS])
    folds = tuple(_others_row(parts[cut:], usage.pool_used) for cut in range(len(shown)))
    note = (
        f"logs end {formats.minute_near(usage.logs_until, usage.as_of)}" if usage.logs_until else ""
    )
    empty = "No API call of this span is in the logs yet."
    return PanelView(
        RecordView(_SHARE_COLUMNS, shown, empty), note, folds=folds, pinned=_rest_rows(usage)
    )


def present_limits(limits: Sequence[LimitAnswer], gone: Withheld = NOTHING_WITHHELD) -> PanelView:
    """The other limits, most endangered first."""
    others = [limit for limit in limits if limit.name != POOL_LIMIT and limit.used_fraction]
    rows = tuple(_limit_row(limit) for limit in others[:_MOST_ROWS])
    unread = "Not readable." if "limits" in gone.needs else "No limit has been read yet."
    empty = "All others are unused." if limits else unread
    return PanelView(
        RecordView(_LIMIT_COLUMNS, rows, empty), f"{len(limits)} in all" if limits else ""
    )


def present_concerns(concerns: Sequence[Concern], as_of: datetime) -> PanelView:
    """What needs a look, the worst first."""
    rows = tuple(
        Row(
            f"{concern.room}\x1f{index}",
            (
                sign(concern.severity),
                Cell(visible(concern.text, _NAME_LIMIT), TONE[concern.severity]),
                Cell(formats.time_near(concern.at, as_of) if concern.at else "", Tone.MUTED),
            ),
        )
        for index, concern in enumerate(concerns[:_MOST_ROWS])
    )
    note = formats.plural(len(concerns), "concern") if concerns else ""
    return PanelView(
        RecordView(_CONCERN_COLUMNS, rows, "Nothing: all that is known is well."), note
    )


def present_latest(
    events: Sequence[StoredEvent],
    per_minute: Sequence[int],
    as_of: datetime,
    gone: Withheld = NOTHING_WITHHELD,
    stream: TaskState | None = None,
) -> PanelView:
    """The newest events, newest first; ``stream`` is what the streaming task says of itself."""
    other_days = any(event.occurred_at.date() != as_of.date() for event in events)
    rows = tuple(present_row(event, as_of) for event in events)
    streams = "stream:" not in gone.needs
    if not streams:
        empty = "No event is stored, and none can be streamed."
    elif stream is not None and stream.phase in _NOT_STREAMING:
        empty = "No event is stored, and the stream is not open."
    else:
        empty = "No event yet: they appear here as the org streams them."
    note = (
        f"{formats.plural(sum(per_minute), 'event')} streamed in the last hour"
        if per_minute and streams
        else ""
    )
    return PanelView(RecordView(event_columns(other_days=other_days), rows, empty), note)


def _pool_sentence(pool: PoolAnswer, as_of: datetime) -> tuple[Cell, ...]:
    if pool.used_fraction is None:
        return (Cell("The use of the API pool is not known yet.", Tone.STRONG),)
    level = severity(pool.severity)
    tone = TONE[level] if TONE[level] is not Tone.PLAIN else Tone.STRONG
    used = f"{formats.percent(pool.used_fraction)} of the API pool used"
    if pool.used_fraction >= 1:
        return (Cell(f"{used}: the org may refuse further calls.", tone),)
    if pool.exhausted_at is None:
        return (Cell(f"{used}.", tone),)
    left = formats.span(max(pool.exhausted_at - as_of, timedelta()))
    at = formats.hour_minute(pool.exhausted_at)
    return (Cell(f"{used}, dry in {left} at this rate ({at}).", tone),)


def _usage_sentence(usage: UsageAnswer, gone: Withheld) -> tuple[Cell, ...]:
    if usage.logs_until is None:
        unknown = "Who used it is not known without log files."
        coming = "Who used it shows as soon as the first log file is in."
        return (Cell(unknown if "log_files" in gone.needs else coming, Tone.MUTED),)
    parts = []
    is_partial = usage.unattributed is not None and usage.unattributed > 0
    if usage.integrations and usage.integrations[0].share is not None:
        first = usage.integrations[0]
        takes = ": at least" if is_partial else " takes"
        parts.append(f"{visible(first.name, 24)}{takes} {formats.percent(first.share)}.")
    parts.append(f"Logs end {formats.minute_near(usage.logs_until, usage.as_of)}")
    if is_partial:
        parts[-1] += f", {formats.plural(usage.unattributed or 0, 'call')} not logged"
    return (Cell(" ".join(parts) + ".", Tone.MUTED),)


def _pool_notes(pool: PoolAnswer, as_of: datetime) -> Iterable[str]:
    if pool.forecast:
        yield visible(pool.forecast[:1].upper() + pool.forecast[1:], 120)
    if pool.net_calls_per_hour is not None:
        yield f"net {formats.rate(pool.net_calls_per_hour)}"
    if pool.sampled_at is not None:
        how = "from a header" if pool.source == "header" else "from /limits"
        yield f"read {formats.time_near(pool.sampled_at, as_of)} {how}"


def _levels(pool: PoolAnswer, usage: UsageAnswer) -> tuple[float | None, ...]:
    """The pool's used fraction in slots of equal length."""
    slots: list[float | None] = [None] * _AREA_SLOTS
    length = usage.until - usage.since
    for moment, used in pool.history:
        place = int((moment - usage.since) / length * _AREA_SLOTS)
        if pool.max_calls and 0 <= place <= _AREA_SLOTS:
            place = min(place, _AREA_SLOTS - 1)
            slots[place] = max(slots[place] or 0.0, used / pool.max_calls)
    return tuple(_bridged(slots))


def _calls_per_hour(usage: UsageAnswer) -> tuple[float | None, ...]:
    """Logged calls of all integrations in slots of equal length.

    None from the logs' end on, and for the first hour, of which the window has only a part.
    """
    if usage.logs_until is None:
        return (None,) * _AREA_SLOTS
    hourly = [sum(counts) for counts in zip(*(p.by_hour for p in usage.integrations), strict=True)]
    length = (usage.until - usage.since) / _AREA_SLOTS
    found: list[float | None] = []
    for slot in range(_AREA_SLOTS):
        moment = usage.since + length * slot
        hour = bisect_right(usage.hours, moment) - 1
        known = 0 <= hour < len(hourly) and usage.since <= usage.hours[hour]
        known = known and moment < usage.logs_until
        found.append(float(hourly[hour]) if known else None)
    return tuple(found)


def _bridged(slots: Sequence[float | None]) -> Iterable[float | None]:
    """Fills holes shorter than half an hour: the pool moves on between two readings."""
    last: float | None = None
    age = 0
    for value in slots:
        age = 0 if value is not None else age + 1
        last = value if value is not None else last
        yield last if age <= 6 else None


def _times(since: datetime, until: datetime) -> Iterable[tuple[float, str]]:
    """Where in the span every third hour begins, or of a long span some days."""
    if until - since > _HOURS_NAMED_UP_TO:
        step = timedelta(days=max((until - since).days // _DAYS_NAMED, 1))
        day = (since + step).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < until:
            yield (day - since) / (until - since), formats.day(day)
            day += step
        return
    hour = (since + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    while hour < until:
        if hour.hour % 3 == 0:
            yield (hour - since) / (until - since), formats.hour_minute(hour)
        hour += timedelta(hours=1)


def _share_row(part: IntegrationUsage, name: str) -> Row:
    """One integration under the name that tells it from the others."""
    tone = Tone.WARNING if part.over_budget else Tone.PLAIN
    return _part_row(integration_key(part), name, part.counted_calls, part.share, tone)


def _others_row(parts: Sequence[IntegrationUsage], pool_used: int | None) -> Row:
    """What is too small to be in sight, as one row."""
    calls = sum(part.counted_calls for part in parts)
    share = calls / pool_used if pool_used else None
    return _part_row("", formats.plural(len(parts), "other"), calls, share, Tone.MUTED)


def _rest_rows(usage: UsageAnswer) -> tuple[Row, ...]:
    """What the pool counts beyond the log rows."""
    if usage.unattributed is None or usage.unattributed <= 0 or not usage.pool_used:
        return ()
    share = usage.unattributed / usage.pool_used
    return (_part_row("", "not in the logs", usage.unattributed, share, Tone.MUTED),)


def _part_row(key: str, name: str, calls: int, share: float | None, tone: Tone) -> Row:
    return Row(
        key,
        (
            Cell(name, tone),
            Cell(bar=share, tone=tone),
            Cell(formats.percent(share), tone),
            Cell(formats.count(calls), Tone.MUTED),
        ),
    )


def _limit_row(limit: LimitAnswer) -> Row:
    level = severity(limit.severity)
    return Row(
        limit.name,
        (
            sign(level),
            Cell(visible(limit.name, _NAME_LIMIT)),
            Cell(bar=limit.used_fraction, tone=TONE[level]),
            Cell(formats.percent(limit.used_fraction), TONE[level]),
        ),
    )


def room_of_concern(key: str) -> str:
    """The room that shows more about the concern in the row ``key``."""
    return key.partition("\x1f")[0] or "overview"
