"""What SOQL can see: a table's columns, what may be done with each, and its rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FieldType = Literal[
    "id",
    "string",
    "boolean",
    "int",
    "double",
    "datetime",
    "date",
    "reference",
    "picklist",
    "base64",
    "textarea",
    "email",
]
Value = str | bool | int | float | datetime | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Field:
    """One column. Date-times are aware `datetime` values in rows; the wire writes them out."""

    name: str
    type: FieldType = "string"
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True


@dataclass(frozen=True, slots=True)
class BigObjectRules:
    """The narrow grammar of a Real-Time Event Monitoring big object.

    WHERE only on the index fields, ranges only on the last one used; no aggregates, no ``!=``, no
    LIKE. ORDER BY only the first index field, descending
    (securityImplGuide/real-time-event-monitoring-data-storage).
    """

    index: tuple[str, ...] = ("EventDate", "EventIdentifier")


@dataclass(frozen=True, slots=True)
class Table:
    """One sObject: its columns by name, its rows, and its peculiarities."""

    name: str
    fields: Mapping[str, Field]
    rows: Callable[[], Iterable[Row]]
    """All rows at the world's time, in the order in which an unordered query returns them.

    A value may be costly (a log file's length); rows work it out when it is asked for.
    """
    key_prefix: str
    parents: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Relationship name to (parent sObject, the reference field here): ``User`` to
    ``("User", "UserId")``."""
    big_object: BigObjectRules | None = None
    page_rows: int = 2000
    """Largest query page; OauthToken gives 500."""
    max_rows: int | None = None
    """The hard end of any result; OauthToken stops at 2,500."""
    label: str = ""


def columns(text: str, **types: FieldType) -> dict[str, Field]:
    """Columns from their names, all strings but for those whose type is given."""
    return {name: Field(name, types.get(name, "string")) for name in text.split()}


class LazyRow(Mapping[str, Value]):
    """A row of which some columns are only worked out when one of them is asked for."""

    def __init__(self, known: Row, rest: Callable[[], Row]) -> None:
        self._known = known
        self._rest = rest
        self._full: Row | None = None

    def __getitem__(self, name: str) -> Value:
        if name in self._known:
            return self._known[name]
        return self._whole()[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._known, **self._whole()})

    def __len__(self) -> int:
        return len({**self._known, **self._whole()})

    def _whole(self) -> Row:
        if self._full is None:
            self._full = self._rest()
        return self._full


def fixed_table(
    name: str,
    key_prefix: str,
    rows: Iterable[Row],
    parents: Mapping[str, tuple[str, str]] | None = None,
    **types: FieldType,
) -> Table:
    """A table whose rows never change. Columns and types follow from the first row.

    ``types`` names those that its values do not show: picklists, texts that may be empty.
    """
    kept = tuple(rows)
    fields = {
        column: Field(column, types.get(column) or _type_of(column, value))
        for column, value in kept[0].items()
    }
    return Table(name, fields, lambda: kept, key_prefix, parents or {})


def _type_of(column: str, value: Value) -> FieldType:
    if column == "Id":
        return "id"
    if column.endswith("Id"):
        return "reference"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, datetime):
        return "datetime"
    if isinstance(value, int):
        return "int"
    return "double" if isinstance(value, float) else "string"
