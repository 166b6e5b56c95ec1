"""Tables declared in one line per column: name, type, and what a query may do with it.

``LoginTime:datetime Status:string/GS`` is a datetime with everything that its type allows, and a
string that may be grouped and sorted by, but not filtered on. ``F`` filter, ``G`` group, ``S``
sort; ``/-`` allows none. The letters are the field properties of the object reference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import get_args

from console.simulator.objects.tables import Field, FieldType, Row, Table, Value

Rows = Iterable[Row] | Callable[[], Iterable[Row]]
Parents = Mapping[str, tuple[str, str]]

AUDIT = (
    "CreatedDate:datetime CreatedById:reference LastModifiedDate:datetime"
    " LastModifiedById:reference SystemModstamp:datetime "
)
"""The columns of who made and last changed a record."""
AUDIT_PARENTS: Parents = {
    "CreatedBy": ("User", "CreatedById"),
    "LastModifiedBy": ("User", "LastModifiedById"),
}
STANDARD = (
    "Id:id IsDeleted:boolean DeveloperName Language:picklist MasterLabel NamespacePrefix " + AUDIT
)
"""The columns of a setup object with a developer name and a label."""

_TYPES: tuple[FieldType, ...] = get_args(FieldType)


def declared(
    name: str,
    key_prefix: str,
    columns: str,
    rows: Rows,
    parents: Parents | None = None,
    *,
    children: Parents | None = None,
    aggregatable: bool = True,
    labels: Mapping[str, str] | None = None,
) -> Table:
    """A table of the declared columns, with its parent and child relationships.

    ``labels`` are columns' names for people, where a client may look for them.

    Rows may leave columns out: booleans are then False, everything else None. They are made once,
    or at every reading where ``rows`` is a function. Raises ValueError for a row with a column
    that is not declared.
    """
    fields = {
        field.name: replace(
            field,
            aggregatable=aggregatable and field.aggregatable,
            label=(labels or {}).get(field.name, ""),
        )
        for field in map(_field, columns.split())
    }
    blank: dict[str, Value] = {
        field.name: False if field.type == "boolean" else None for field in fields.values()
    }
    authors = {name: link for name, link in AUDIT_PARENTS.items() if link[1] in fields}
    table = Table(
        name, fields, tuple, key_prefix, {**authors, **(parents or {})}, children=children or {}
    )
    if callable(rows):
        make = rows
        return replace(table, rows=lambda: _filled(blank, make()))
    kept = tuple(_filled(blank, rows))
    return replace(table, rows=lambda: kept)


def audited(created_at: datetime, by: str, changed_at: datetime | None = None) -> dict[str, Value]:
    """The values of `AUDIT`: made and last changed by the user of the id ``by``."""
    changed = changed_at or created_at
    return {
        "CreatedDate": created_at,
        "CreatedById": by,
        "LastModifiedDate": changed,
        "LastModifiedById": by,
        "SystemModstamp": changed,
    }


def _filled(blank: dict[str, Value], rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if not row.keys() <= blank.keys():
            raise ValueError(f"columns not declared: {', '.join(row.keys() - blank.keys())}")
        yield {**blank, **row}


def _field(text: str) -> Field:
    name, _, rest = text.partition(":")
    kind, slash, allowed = rest.partition("/")
    found: FieldType = next((each for each in _TYPES if each == kind), "string")
    if kind and found != kind:
        raise ValueError(f"no such field type: {text}")
    if not slash:
        return Field(name, found)
    return Field(name, found, "F" in allowed, "S" in allowed, "G" in allowed)
