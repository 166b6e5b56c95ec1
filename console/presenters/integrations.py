"""The integrations room: who used how much of the pool, as rows, sums, a plot and one in full."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.answers.usage import IntegrationUsage, UsageAnswer
from console.presenters import formats
from console.safe_text import visible
from widgets.row_types import (
    Cell,
    Column,
    Field,
    FieldGroup,
    PlotSeries,
    PlotView,
    RecordView,
    Row,
    Tone,
)

SORTS = ("calls", "errors", "budget", "last_seen", "name")
"""Columns that the list can be sorted by, in the order in which the sort key visits them."""

KIND_TITLES = {
    "external_client_app": "ECA",
    "connected_app": "connected app",
    "client": "client",
    "user": "user",
    "unresolved": "unresolved",
    "uninstalled": "not installed",
}
KIND_MEANINGS = {
    "external_client_app": "External Client App",
    "connected_app": "Connected App",
    "client": "known only by the client name that it sends",
    "user": "known only by its user",
    "uninstalled": "an app that is not installed in this org",
    "unresolved": "the logs name neither app, client nor user that the org knows",
}

_COLUMNS = (
    Column("name", "Integration", 19, widest=28, sortable=True),
    Column("kind", "Kind", 13, priority=4),
    Column("owner", "Owner", 11, widest=14, priority=6),
    Column("calls", "Calls", 7, right=True, widest=9, sortable=True),
    Column("share", "Share of pool", 15, widest=40),
    Column("errors", "Errors", 7, right=True, widest=8, priority=2, sortable=True),
    Column("budget", "Budget", 8, right=True, priority=3, sortable=True),
    Column("by_hour", "By hour", 10, widest=25, priority=1),
    Column("last_seen", "Last seen", 11, right=True, priority=5, sortable=True),
)
_ERROR_RATE_TO_MARK = 0.05
"""From here on errors are marked: a healthy integration meets far fewer."""
_BUDGET_TO_MARK = 0.8
_DAY = timedelta(days=1)
_HOURS_TO_NAME = 72
"""Windows up to here are named in hours, as the pool's own is; longer ones in days."""
_MOST_VALUES = 12
"""Values shown of one spread; the rest is summed up in one line."""
_NAME_LIMIT = 120
_SPREAD_TITLES = {
    "username": "Users",
    "source_ip": "Addresses",
    "client": "Clients",
    "api_version": "API versions",
    "family": "API families",
    "status": "Status codes",
    "entity": "Entities",
    "resource": "Resources",
}
"""In the order in which an investigator asks: who, whence, with what, how it went, on what."""


@dataclass(frozen=True, slots=True)
class IntegrationsView:
    """What the integrations screen draws, but for the plot."""

    headline: tuple[Cell, ...]
    records: RecordView
    totals: tuple[Row, ...]


def integration_key(usage: IntegrationUsage) -> str:
    """What finds an integration again in a later answer."""
    return "\x1f".join((usage.kind, usage.app_id or "", usage.name))


def find_integration(answer: UsageAnswer, key: str | None) -> IntegrationUsage | None:
    """The integration under ``key``; None when it made no call in the window."""
    return next((one for one in answer.integrations if integration_key(one) == key), None)


def present_integrations(
    answer: UsageAnswer, sorted_by: str = "calls", *, descending: bool = True
) -> IntegrationsView:
    """Rows in the wanted order, and beneath them the sums that make up the pool."""
    ordered = sorted(
        answer.integrations, key=lambda one: _sort_value(one, sorted_by), reverse=descending
    )
    names = Counter(one.name for one in ordered)
    return IntegrationsView(
        headline=_headline(answer),
        records=RecordView(
            columns=_COLUMNS,
            rows=tuple(_row(one, shown_name(one, names), answer) for one in ordered),
            empty=_why_empty(answer),
            sorted_by=sorted_by,
            descending=descending,
        ),
        totals=_totals(answer),
    )


def present_usage_plot(answer: UsageAnswer, key: str | None) -> PlotView:
    """Calls per hour: the integration under ``key`` in front of all of them together."""
    together = [
        sum(one.by_hour[place] for one in answer.integrations) for place in range(len(answer.hours))
    ]
    series = [PlotSeries("all in the logs", _known_hours(together, answer), Tone.MUTED)]
    chosen = find_integration(answer, key)
    if chosen is not None:
        name = visible(chosen.name, _NAME_LIMIT)
        series.append(PlotSeries(name, _known_hours(chosen.by_hour, answer), Tone.ACCENT))
    return PlotView(
        series=tuple(series),
        labels=tuple(_slot_label(start, answer.slot) for start in answer.hours),
        empty="no whole hour is in the logs yet",
    )


def plot_title(answer: UsageAnswer) -> str:
    """``Calls per hour``, or per day where the window is long."""
    return "Calls per hour" if answer.slot < _DAY else f"Calls per {formats.span(answer.slot)}"


def present_integration_title(usage: IntegrationUsage) -> tuple[Cell, ...]:
    """The heading of the detail."""
    kind = KIND_TITLES.get(usage.kind, visible(usage.kind))
    calls = formats.plural(usage.counted_calls, "call")
    return (
        Cell(visible(usage.name, _NAME_LIMIT), Tone.STRONG),
        Cell(f"  {kind}", Tone.MUTED),
        Cell(f"  {calls}, {formats.percent(usage.share)} of the pool"),
    )


def present_integration(usage: IntegrationUsage, answer: UsageAnswer) -> tuple[FieldGroup, ...]:
    """Everything known about one integration, in groups."""
    groups = [_facts(usage, answer.logs_until)]
    spreads = {spread.dimension: spread.values for spread in usage.spreads if spread.values}
    names = {"username": usage.users, "client": usage.clients}
    unheard_of = [dimension for dimension in spreads if dimension not in _SPREAD_TITLES]
    for dimension in (*_SPREAD_TITLES, *unheard_of):
        if dimension in spreads:
            groups.append(_spread(dimension, spreads[dimension]))
        elif dimension in names:
            title, values = _SPREAD_TITLES[dimension], names[dimension]
            groups.append(FieldGroup(title, _listed(values), empty="the logs name none"))
    return tuple(groups)


def _slot_label(start: datetime, slot: timedelta) -> str:
    return formats.hour_minute(start) if slot < _DAY else formats.day(start)


def _sort_value(usage: IntegrationUsage, column: str) -> tuple[float, str]:
    figures: dict[str, float] = {
        "calls": usage.counted_calls,
        "errors": usage.errors,
        "budget": _budget_fraction(usage) or 0.0,
        "last_seen": usage.last_seen.timestamp(),
    }
    return figures.get(column, 0.0), usage.name.casefold()


def _budget_fraction(usage: IntegrationUsage) -> float | None:
    return usage.counted_calls / usage.budget_calls if usage.budget_calls else None


def _headline(answer: UsageAnswer) -> tuple[Cell, ...]:
    window = _window(answer.until - answer.since)
    if answer.logs_until is None:
        unknown = Cell("Who called is not known", Tone.STRONG)
        return (unknown, Cell(f"  in the last {window}"), Cell("  no log file yet", Tone.WARNING))
    count = formats.plural(len(answer.integrations), "integration")
    parts = [Cell(count, Tone.STRONG), Cell(f"  in the last {window}")]
    end = formats.minute_near(answer.logs_until, answer.as_of)
    behind = formats.span(answer.as_of - answer.logs_until)
    return (*parts, Cell(f"  logs end {end}, {behind} behind", Tone.MUTED))


def _window(length: timedelta) -> str:
    hours = length // timedelta(hours=1)
    return f"{hours} h" if hours <= _HOURS_TO_NAME else formats.span(length)


def shown_name(usage: IntegrationUsage, names: Mapping[str, int]) -> str:
    """Its name; with its kind where ``names`` counts several of it: an app and its successor."""
    name = visible(usage.name, _NAME_LIMIT)
    kind = KIND_TITLES.get(usage.kind, visible(usage.kind))
    return f"{name} ({kind})" if names[usage.name] > 1 else name


def _row(usage: IntegrationUsage, name: str, answer: UsageAnswer) -> Row:
    return Row(
        key=integration_key(usage),
        cells=(
            Cell(name, Tone.STRONG),
            Cell(KIND_TITLES.get(usage.kind, visible(usage.kind)), Tone.MUTED),
            Cell(visible(usage.owner or "", _NAME_LIMIT)),
            Cell(formats.count(usage.counted_calls)),
            _share(usage.share),
            _errors(usage),
            _budget(usage),
            Cell(trend=_known_hours(usage.by_hour, answer)),
            Cell(formats.time_near(usage.last_seen, answer.as_of), Tone.MUTED),
        ),
    )


def _share(share: float | None) -> Cell:
    text = formats.percent(share)
    return Cell(text.rjust(len("100.0 %")), bar=share or 0.0)


def _errors(usage: IntegrationUsage) -> Cell:
    many = usage.calls > 0 and usage.errors / usage.calls >= _ERROR_RATE_TO_MARK
    sign = "▲ " if many else ""
    return Cell(f"{sign}{formats.count(usage.errors)}", Tone.WARNING if many else Tone.PLAIN)


def _budget(usage: IntegrationUsage) -> Cell:
    fraction = _budget_fraction(usage)
    if fraction is None:
        return Cell("")
    text = f"{fraction * 100:,.0f} %"
    if usage.over_budget:
        return Cell(f"✖ {text}", Tone.BAD)
    if fraction >= _BUDGET_TO_MARK:
        return Cell(f"▲ {text}", Tone.WARNING)
    return Cell(text)


def _known_hours(values: Sequence[int], answer: UsageAnswer) -> tuple[float | None, ...]:
    """Calls of the slots that window and logs cover as a whole: a part of an hour is no rate."""
    end = answer.since if answer.logs_until is None else min(answer.logs_until, answer.until)
    return tuple(
        float(value) if start >= answer.since and start + answer.slot <= end else None
        for start, value in zip(answer.hours, values, strict=True)
    )


def _totals(answer: UsageAnswer) -> tuple[Row, ...]:
    if answer.pool_used is None:
        return (_total("all in the logs", answer.attributed, None),)
    missing = answer.unattributed
    name = "not yet in the logs"
    if missing is not None and missing < 0:
        name = "logged beyond the pool's count"
    share = missing / answer.pool_used if missing is not None and answer.pool_used else None
    return (
        _total(name, missing, share),
        _total("pool used", answer.pool_used, 1.0 if answer.pool_used else None, Tone.STRONG),
    )


def _total(name: str, calls: int | None, share: float | None, tone: Tone = Tone.MUTED) -> Row:
    text = formats.percent(share).rjust(len("100.0 %")) if share is not None else ""
    cells = {
        "name": Cell(name, tone),
        "calls": Cell(formats.count(calls), tone),
        "share": Cell(text, tone, bar=0.0),
    }
    return Row(key=f"total:{name}", cells=tuple(cells.get(c.key, Cell()) for c in _COLUMNS))


def _why_empty(answer: UsageAnswer) -> str:
    if answer.logs_until is None:
        return "No log file is in the store yet: who used the pool shows when the first one is."
    return "The logs of this window hold no API call."


def _facts(usage: IntegrationUsage, logs_until: datetime | None) -> FieldGroup:
    error_rate = usage.errors / usage.calls if usage.calls else None
    fields = [
        Field("Kind", KIND_MEANINGS.get(usage.kind, visible(usage.kind))),
        Field("App id", visible(usage.app_id) if usage.app_id else "none in the logs"),
        Field("Owner", visible(usage.owner) if usage.owner else "not configured"),
        Field("Calls", formats.count(usage.counted_calls), Tone.STRONG),
        Field("Share of pool", formats.percent(usage.share)),
        Field("Not counted", formats.count(usage.calls - usage.counted_calls)),
        Field("Errors", f"{formats.count(usage.errors)}  ({formats.percent(error_rate)})"),
        _budget_field(usage),
        Field("First seen", formats.day_time(usage.first_seen)),
        Field("Last seen", formats.day_time(usage.last_seen) + _before_the_end(usage, logs_until)),
    ]
    return FieldGroup("Consumption", tuple(fields))


def _before_the_end(usage: IntegrationUsage, logs_until: datetime | None) -> str:
    """How long it has been silent as far as the logs tell: what came later is not known."""
    if logs_until is None or usage.last_seen >= logs_until:
        return ""
    return f", {formats.span(logs_until - usage.last_seen)} before logs end"


def _budget_field(usage: IntegrationUsage) -> Field:
    if usage.budget_calls is None:
        return Field("Budget", "not configured")
    cell = _budget(usage)
    return Field("Budget", f"{cell.text} of {formats.count(usage.budget_calls)}", cell.tone)


def _listed(values: Sequence[str]) -> tuple[Field, ...]:
    fields = [Field(str(place), visible(value)) for place, value in enumerate(values, start=1)]
    if len(fields) > _MOST_VALUES:
        more = len(fields) - _MOST_VALUES + 1
        return (*fields[: _MOST_VALUES - 1], Field("…", f"and {more:,} more", Tone.MUTED))
    return tuple(fields)


def _spread(dimension: str, values: Sequence[tuple[str, int]]) -> FieldGroup:
    whole = sum(calls for _value, calls in values)
    shown = list(values)
    if len(shown) > _MOST_VALUES:
        shown = shown[: _MOST_VALUES - 1]
    fields = [
        Field(visible(value) or "(none)", formats.count(calls), bar=calls / whole if whole else 0.0)
        for value, calls in shown
    ]
    rest = values[len(shown) :]
    if rest:
        calls = sum(calls for _value, calls in rest)
        name = f"and {len(rest):,} more"
        fields.append(Field(name, formats.count(calls), Tone.MUTED, calls / whole if whole else 0))
    return FieldGroup(_SPREAD_TITLES.get(dimension, visible(dimension)), tuple(fields))
