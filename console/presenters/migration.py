"""The migration room: every app on its way to an External Client App."""

from dataclasses import dataclass
from datetime import datetime

from console.answers.apps import AppAnswer, AppsAnswer
from console.presenters import formats
from console.presenters.integrations import KIND_MEANINGS, KIND_TITLES
from console.safe_text import visible
from widgets.row_types import Cell, Column, Field, FieldGroup, Part, RecordView, Row, Tone

SORTS = ("state", "calls", "last_used", "name")
"""Columns that the list can be sorted by, in the order in which the sort key visits them."""

_STATES = {
    "uninstalled": ("✖", Tone.BAD),
    "not_started": ("○", Tone.WARNING),
    "not_migratable_here": ("⊘", Tone.WARNING),
    "counterpart_unseen": ("?", Tone.MUTED),
    "counterpart_idle": ("◔", Tone.PLAIN),
    "dual_running": ("◑", Tone.ACCENT),
    "traffic_moved": ("◕", Tone.ACCENT),
    "both_idle": ("◌", Tone.MUTED),
    "external_client_app": ("●", Tone.GOOD),
}
"""Sign and tone of each state: the fuller the circle, the further the app."""
_NO_STATE = ("?", Tone.MUTED)
_DONE = "external_client_app"

_COLUMNS = (
    Column("name", "App", 19, widest=36, sortable=True),
    Column("state", "State", 25, widest=29, sortable=True),
    Column("kind", "Kind", 13, priority=1),
    Column("users", "Users", 5, right=True, priority=2),
    Column("calls", "Calls", 7, right=True, widest=10, sortable=True),
    Column("last_used", "Last used", 11, right=True, priority=3, sortable=True),
    Column("scopes", "Broad scopes", 12, widest=24, priority=4),
    Column("blockers", "In the way", 16, widest=50, priority=5),
    Column("deadline", "Next deadline", 20, widest=46, priority=6),
)
_TEXT_LIMIT = 200
_WHO_MAY_USE = {
    True: "pre-authorized users only",
    False: "any user may authorize it",
    None: "not visible",
}


@dataclass(frozen=True, slots=True)
class MigrationView:
    """What the migration screen draws."""

    headline: tuple[Cell, ...]
    parts: tuple[Part, ...]
    """How many apps are in each state, for the band above the list."""
    legend: tuple[Cell, ...]
    records: RecordView
    remarks: tuple[Cell, ...]
    """What the org as a whole has in the way, and what could not be seen."""


def app_key(app: AppAnswer) -> str:
    """What finds an app again in a later answer."""
    return "\x1f".join((app.kind, app.app_id or "", app.name))


def find_app(answer: AppsAnswer, key: str | None) -> AppAnswer | None:
    """The app under ``key``; None when a later inventory no longer has it."""
    return next((app for app in answer.apps if app_key(app) == key), None)


def present_migration(
    answer: AppsAnswer, sorted_by: str = "state", *, descending: bool = False
) -> MigrationView:
    """Apps in the wanted order; by state, those with the longest way to go come first."""
    order = {state: place for place, (state, _count) in enumerate(answer.summary)}
    apps = sorted(
        answer.apps, key=lambda app: _sort_value(app, sorted_by, order), reverse=descending
    )
    return MigrationView(
        headline=_headline(answer),
        parts=tuple(Part(count, _look(state)[1]) for state, count in answer.summary if count),
        legend=_legend(answer),
        records=RecordView(
            columns=_COLUMNS,
            rows=tuple(_row(app, answer.as_of) for app in apps),
            empty=_why_empty(answer),
            sorted_by=sorted_by,
            descending=descending,
        ),
        remarks=_remarks(answer),
    )


def present_app(app: AppAnswer, answer: AppsAnswer) -> tuple[FieldGroup, ...]:
    """Everything known about one app: its state and why, what blocks it, who uses it."""
    return (
        FieldGroup("State", _state_fields(app)),
        FieldGroup("Evidence", _numbered(app.evidence), empty="none could be had"),
        FieldGroup("In the way", _numbered(app.blockers, Tone.WARNING), empty="nothing known"),
        FieldGroup("Deadlines", _deadlines(app), empty="none known for this app"),
        _scopes(app),
        FieldGroup("Users", _numbered(app.users), empty="none seen"),
        FieldGroup("API versions", _numbered(app.api_versions), empty="none seen in the logs"),
    )


def present_org(answer: AppsAnswer) -> tuple[FieldGroup, ...]:
    """What concerns the org as a whole; empty where nothing does."""
    groups = []
    if answer.org_blockers:
        blockers = _numbered(answer.org_blockers, Tone.WARNING)
        groups.append(FieldGroup("In the way for the whole org", blockers))
    if answer.not_visible:
        fields = tuple(Field(visible(what), visible(why)) for what, why in answer.not_visible)
        groups.append(FieldGroup("Could not be seen", fields))
    return tuple(groups)


def present_app_title(app: AppAnswer) -> tuple[Cell, ...]:
    """The heading of the detail."""
    sign, tone = _look(app.state)
    return (
        Cell(visible(app.name, _TEXT_LIMIT), Tone.STRONG),
        Cell(f"  {KIND_TITLES.get(app.kind, visible(app.kind))}", Tone.MUTED),
        Cell(f"  {sign} {visible(app.state_title)}", tone),
    )


def _look(state: str) -> tuple[str, Tone]:
    return _STATES.get(state, _NO_STATE)


def _sort_value(app: AppAnswer, column: str, order: dict[str, int]) -> tuple[float, float, str]:
    name = app.name.casefold()
    if column == "calls":
        return app.calls_window or 0, 0, name
    if column == "last_used":
        return app.last_used.timestamp() if app.last_used else 0, 0, name
    if column == "state":
        return order.get(app.state, len(order)), -(app.calls_window or 0), name
    return 0, 0, name


def _headline(answer: AppsAnswer) -> tuple[Cell, ...]:
    if answer.taken_at is None:
        return (Cell("The org's apps have not been read yet", Tone.WARNING),)
    done = dict(answer.summary).get(_DONE, 0)
    text = f"{done} of {formats.plural(len(answer.apps), 'app')} are External Client Apps"
    read = formats.time_near(answer.taken_at, answer.as_of)
    return (Cell(text, Tone.STRONG), Cell(f"  inventory of {read}", Tone.MUTED))


def _legend(answer: AppsAnswer) -> tuple[Cell, ...]:
    titles = {app.state: app.state_title for app in answer.apps}
    cells: list[Cell] = []
    for state, count in answer.summary:
        if count:
            sign, tone = _look(state)
            title = visible(titles.get(state, state.replace("_", " ")))
            cells.append(Cell(f"{sign} {count} {title}   ", tone))
    return tuple(cells)


def _row(app: AppAnswer, as_of: datetime) -> Row:
    sign, tone = _look(app.state)
    deadline = " ".join(app.deadlines[0]) if app.deadlines else ""
    return Row(
        key=app_key(app),
        cells=(
            Cell(visible(app.name, _TEXT_LIMIT), Tone.STRONG),
            Cell(f"{sign} {visible(app.state_title)}", tone),
            Cell(KIND_TITLES.get(app.kind, visible(app.kind)), Tone.MUTED),
            Cell(formats.count(None if app.calls_window is None else len(app.users))),
            Cell(formats.count(app.calls_window)),
            Cell(formats.time_near(app.last_used, as_of), Tone.MUTED),
            _broad(app),
            Cell(visible("; ".join(app.blockers), _TEXT_LIMIT)),
            Cell(visible(deadline, _TEXT_LIMIT), Tone.MUTED),
        ),
    )


def _broad(app: AppAnswer) -> Cell:
    if app.scopes is None:
        return Cell(formats.UNKNOWN, Tone.MUTED)
    if not app.broad_scopes:
        return Cell("none", Tone.MUTED)
    return Cell(f"▲ {visible(', '.join(app.broad_scopes), _TEXT_LIMIT)}", Tone.WARNING)


def _state_fields(app: AppAnswer) -> tuple[Field, ...]:
    sign, tone = _look(app.state)
    return (
        Field("State", f"{sign} {visible(app.state_title)}", tone),
        Field("Kind", KIND_MEANINGS.get(app.kind, visible(app.kind))),
        Field("App id", visible(app.app_id) if app.app_id else formats.UNKNOWN),
        Field("Counterpart", visible(app.counterpart) if app.counterpart else "none"),
        Field("Calls in 24 h", formats.count(app.calls_window)),
        Field("Last used", formats.day_time(app.last_used)),
        Field("Who may use it", _WHO_MAY_USE[app.pre_authorized_only]),
    )


def _scopes(app: AppAnswer) -> FieldGroup:
    if app.scopes is None:
        return FieldGroup("Scopes", (), empty="could not be seen")
    broad = (Field("▲ broad", visible(scope), Tone.WARNING) for scope in app.broad_scopes)
    return FieldGroup("Scopes", (*broad, *_numbered(app.scopes)), empty="none granted")


def _deadlines(app: AppAnswer) -> tuple[Field, ...]:
    return tuple(Field(visible(when), visible(what)) for when, what in app.deadlines)


def _numbered(values: tuple[str, ...], tone: Tone = Tone.PLAIN) -> tuple[Field, ...]:
    return tuple(
        Field(str(place), visible(value), tone) for place, value in enumerate(values, start=1)
    )


def _remarks(answer: AppsAnswer) -> tuple[Cell, ...]:
    cells = []
    if answer.org_blockers:
        first, *rest = answer.org_blockers
        more = f" (and {len(rest)} more)" if rest else ""
        cells.append(Cell(f"▲ {visible(first, _TEXT_LIMIT)}{more}   ", Tone.WARNING))
    if answer.not_visible:
        names = ", ".join(visible(what) for what, _why in answer.not_visible)
        cells.append(Cell(f"? could not be seen: {names}", Tone.MUTED))
    return tuple(cells)


def _why_empty(answer: AppsAnswer) -> str:
    if answer.taken_at is None:
        return "The inventory shows when the collector has read the org's apps for the first time."
    return "The inventory holds no app: the integration user may lack the permission to see them."
