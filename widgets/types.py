"""The plain values that widgets draw: text already formatted, fractions, and how serious it is.

Presenters make them from answers; widgets know nothing else. Text in them is safe to show and is
always drawn literally, never as markup.
"""

from dataclasses import dataclass
from enum import StrEnum

from widgets.row_types import RecordView, Row


class Severity(StrEnum):
    """How serious a figure is; drawn as a sign and a word as well as a colour."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    EXCEEDED = "exceeded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something that a person should know, in the three sentences used everywhere."""

    title: str
    meaning: str
    next_step: str
    detail: str = ""
    """The other side's own words."""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class StatusItem:
    """One part of the status line: ``long`` where there is room, else ``short``."""

    short: str
    long: str
    severity: Severity | None = None
    """None: plain information without a sign."""
    label: str = ""
    """What the item is about, drawn quietly before it."""
    short_label: str = ""
    """The label before ``short``; empty: the same."""
    drop_order: int = 0
    """0: always shown; otherwise the highest number leaves first when the line is too narrow."""


@dataclass(frozen=True, slots=True)
class StatusView:
    """The line at the top of every screen."""

    items: tuple[StatusItem, ...]
    clock: str
    """The time that the data is about, at the right edge."""
    marks: tuple[StatusItem, ...] = ()
    """What is unusual about this view: ``simulated``, ``as of``, ``attached``."""


@dataclass(frozen=True, slots=True)
class TabView:
    """One entry of the tab bar."""

    name: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class GaugeView:
    """One figure against its maximum."""

    title: str
    figure: str
    """``92,310 of 115,000``."""
    percent: str
    fraction: float | None
    severity: Severity
    notes: tuple[str, ...] = ()
    """Remarks beneath the bar, most important first."""
    marks: tuple[float, ...] = ()
    """Fractions at which the severity changes."""


@dataclass(frozen=True, slots=True)
class AreaView:
    """A figure over the past."""

    title: str
    values: tuple[float | None, ...]
    """One for each slot of equal length, oldest first; None where nothing is known."""
    top: float
    """The value at the upper edge; larger values raise the edge."""
    top_label: str
    times: tuple[tuple[float, str], ...]
    """Labels along the time: place from 0 (oldest) to 1 (now), and text."""
    marks: tuple[float, ...] = ()
    """Values from which on there is cause for concern, lowest first."""


@dataclass(frozen=True, slots=True)
class PanelView:
    """A few rows under a heading, as many as there is room for."""

    records: RecordView
    note: str = ""
    """A remark at the right of the heading."""
    folds: tuple[Row, ...] = ()
    """``folds[n]`` sums up the rows from the n-th on; drawn for those that find no room."""
    pinned: tuple[Row, ...] = ()
    """Rows at the end that are always drawn."""
