"""What SOQL can see: a table's columns, what may be done with each, and its rows."""

from collections.abc import Callable, Iterable, Mapping
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
