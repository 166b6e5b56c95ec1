"""What SOQL can see: a table's columns, what may be done with each, and its rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
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
    "multipicklist",
    "base64",
    "textarea",
    "email",
    "url",
    "phone",
    "complexvalue",
]
Value = str | bool | int | float | datetime | date | Mapping[str, object] | None
Row = Mapping[str, Value]

_NEVER_FILTERED: frozenset[FieldType] = frozenset({"base64", "complexvalue"})
_NEVER_SORTED: frozenset[FieldType] = frozenset({"base64", "complexvalue", "multipicklist"})
_NEVER_GROUPED: frozenset[FieldType] = _NEVER_SORTED | {"datetime", "double"}
"""SOQL and SOSL reference: WHERE, ORDER BY and GROUP BY, data types that each takes."""
_NEVER_AGGREGATED: frozenset[FieldType] = _NEVER_SORTED | {"boolean", "textarea"}
"""SOQL and SOSL reference, support for field types in aggregate functions."""
MAX_OFFSET = 2000
"""The furthest that OFFSET skips (SOQL and SOSL reference, OFFSET)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column and what a query may do with it.

    What a type never allows is off, whatever is asked for: a datetime is not groupable, say.
    Rows hold date-times as aware `datetime` values; the wire writes them out. A ``multipicklist``
    holds its values joined by ``;``, a ``complexvalue`` (``Metadata`` of the Tooling API) a
    mapping that is sent as the JSON object it is.
    """

    name: str
    type: FieldType = "string"
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    aggregatable: bool = True
    """Whether COUNT and the others take it; some system objects refuse even ``COUNT(Id)``."""
    single_row: bool = False
    """Whether only queries of one row may select it, as ``Metadata`` and ``FullName`` of the
    Tooling API; every complexvalue is so."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What ``toLabel()`` makes of a value; a value that is not listed is its own label."""
    label: str = ""
    """The column's name for people in a description; empty: the same as its name."""

    def __post_init__(self) -> None:
        for flag, types in (
            ("filterable", _NEVER_FILTERED),
            ("sortable", _NEVER_SORTED),
            ("groupable", _NEVER_GROUPED),
            ("aggregatable", _NEVER_AGGREGATED),
        ):
            if self.type in types:
                object.__setattr__(self, flag, False)
        if self.type == "complexvalue":
            object.__setattr__(self, "single_row", True)


@dataclass(frozen=True, slots=True)
class BigObjectRules:
    """The narrow grammar of a Real-Time Event Monitoring big object.

    WHERE only on the index fields, ranges only on the last one used; no aggregates, no ``!=``, no
    LIKE. ORDER BY only the first index field, descending
    (securityImplGuide/real-time-event-monitoring-data-storage).
    """

    index: tuple[str, ...] = ("EventDate", "EventIdentifier")
    error_code: str = "MALFORMED_QUERY"
    """Code of a refusal; Salesforce does not publish it."""


@dataclass(frozen=True, slots=True)
class EventLogObjectRules:
    """What queries of an event log object (``LoginEventLog``) may do.

    No relationships, HAVING or OFFSET; at most two filters on the time, none of them ``!=``;
    DAY_ONLY as the only date function; ``window`` of time at most, and the latest ``window`` when
    nothing is said (securityImplGuide/best-practices-and-considerations-for-leveraging-event-log-
    object-data).
    """

    time_field: str = "Timestamp"
    window: timedelta = timedelta(days=15)
    most_time_filters: int = 2
    error_code: str = "MALFORMED_QUERY"
    """Code of a refusal; Salesforce does not publish it."""


@dataclass(frozen=True, slots=True)
class TimeSlices:
    """A quicker way to the rows of a span of time than reading all of a table."""

    field: str
    """The datetime column that is sliced by."""
    rows: Callable[[datetime | None, datetime | None], Iterable["Row"]]
    """The rows from one moment on and before another, in the order of `Table.rows`; None leaves
    that side open. Rows outside do no harm: the query's own filter still sees each."""


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
    children: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Child relationship name to (child sObject, its reference field to here): ``Users`` of
    Profile to ``("User", "ProfileId")``."""
    event_log_object: EventLogObjectRules | None = None
    slices: TimeSlices | None = None
    max_offset: int | None = MAX_OFFSET
    """The furthest that OFFSET may skip; None lifts the limit, as OauthToken's page by 2,500
    wants."""


def columns(text: str, **types: FieldType) -> dict[str, Field]:
    """Columns from their names, all strings but for those whose type is given."""
    return {name: Field(name, types.get(name, "string")) for name in text.split()}


class LazyRow(Mapping[str, Value]):
    """A row of which some columns are only worked out when one of them is asked for."""

    __slots__ = ("_full", "_known", "_rest")

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
