"""The plain values that widgets draw: text already formatted, fractions, and how serious it is.

Presenters make them from answers; widgets know nothing else. Text in them is safe to show and is
always drawn literally, never as markup.
"""

from dataclasses import dataclass
from enum import StrEnum


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
    drop_order: int = 0
    """0: always shown; otherwise the highest number leaves first when the line is too narrow."""


@dataclass(frozen=True, slots=True)
class StatusView:
    """The line at the top of every screen."""

    items: tuple[StatusItem, ...]
    clock: str
    """The time that the data is about, at the right edge."""
    marks: tuple[str, ...] = ()
    """What is unusual about this view: ``simulated``, ``as of``, ``attached``."""


@dataclass(frozen=True, slots=True)
class TabView:
    """One entry of the tab bar."""

    name: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class GaugeView:
    """One figure against its maximum, with where it has been and where it is going."""

    title: str
    figure: str
    """``92,310 of 115,000``."""
    percent: str
    fraction: float | None
    severity: Severity
    notes: tuple[str, ...] = ()
    """Short remarks beneath the bar, most important first."""
    history: tuple[float, ...] = ()
    """Fractions of the maximum, oldest first."""
    marks: tuple[float, ...] = ()
    """Fractions at which the severity changes."""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One part of a whole."""

    key: str
    name: str
    share: float | None
    share_text: str
    amount: str
    note: str = ""
    quiet: bool = False
    """True for what is left over: drawn without emphasis."""


@dataclass(frozen=True, slots=True)
class ConcernRow:
    """Something that needs a look, and where to look."""

    severity: Severity
    text: str
    when: str
    target: str
    """The name of the tab that shows more."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event on one line."""

    key: str
    time: str
    kind: str
    who: str
    where: str
    what: str
    problem: bool = False


@dataclass(frozen=True, slots=True)
class EmptyView:
    """Why there is nothing to show, and what to do about it."""

    why: str
    what_to_do: str = ""
