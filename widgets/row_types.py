"""The plain values that record lists, field lists and plots draw; nothing here knows Textual.

A presenter makes them from an answer, a widget turns them into strips of text. Colour is named by
what it means (`Tone`), never by its value, and no meaning is carried by colour alone.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a piece of text means to its reader; the theme decides how that looks."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record list."""

    key: str
    label: str
    width: int
    """The least width in cells at which the column is worth showing."""
    widest: int = 0
    """Up to this width it takes room that is left over; 0 means that it never grows."""
    right: bool = False
    """Right-aligned, as numbers are."""
    priority: int = 0
    """Where room is short, columns with the highest number go first; 0 always stays."""
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, and where given a bar or a trend that fills what the text leaves free."""

    text: str = ""
    tone: Tone = Tone.PLAIN
    bar: float | None = None
    """Part of the column's width to fill, 0 to 1; more than 1 draws a full bar."""
    trend: tuple[float | None, ...] = ()
    """Values of a small line of blocks, oldest first; None where nothing is known."""
    trend_top: float | None = None
    """The value that fills a block; None: the largest of the trend."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``key`` finds it again after a refresh, ``cells`` are in the columns' order."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RecordView:
    """Everything that a record list shows."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    """What to say in place of rows: why there are none, and what to do."""
    sorted_by: str | None = None
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """A name and what is known under it."""

    name: str
    value: str
    tone: Tone = Tone.PLAIN
    bar: float | None = None
    """Part of a whole, 0 to 1, drawn in front of the value."""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under one heading."""

    title: str
    fields: tuple[Field, ...]
    empty: str = ""
    """What to say where there are no fields."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole, drawn as a stretch of a band."""

    amount: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """One line over time."""

    label: str
    values: tuple[float | None, ...]
    """One per slot of the plot; None breaks the line where nothing is known."""
    tone: Tone = Tone.ACCENT


@dataclass(frozen=True, slots=True)
class PlotView:
    """A plot over slots of time, oldest first."""

    series: tuple[PlotSeries, ...]
    labels: tuple[str, ...]
    """One short label for each slot."""
    empty: str
    """What to say where no series has a value."""
