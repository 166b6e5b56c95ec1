"""Query answers written out as the JSON objects of the REST API.

Shapes: REST API developer guide, Query and QueryMore; Tooling API guide for the extra keys.
"""

from collections.abc import Mapping
from datetime import date, datetime

from console.simulator.soql_columns import Column
from console.simulator.soql_run import Answer, CountAnswer, GroupAnswer, RecordAnswer
from console.simulator.tables import Row, Table, Value

Record = dict[str, object]


def total_of(answer: Answer) -> int:
    """``totalSize``: how many records the whole answer has."""
    match answer:
        case CountAnswer(total=total):
            return total
        case GroupAnswer(groups=groups):
            return len(groups)
        case RecordAnswer(rows=rows):
            return len(rows)


def records_of(answer: Answer, start: int, count: int, base: str) -> list[Record]:
    """At most ``count`` records from ``start`` on; ``base`` is ``/services/data/v66.0``.

    For Tooling answers ``base`` ends in ``/tooling``.
    """
    match answer:
        case CountAnswer():
            return []
        case GroupAnswer(outputs=outputs, groups=groups):
            return [
                {
                    "attributes": {"type": "AggregateResult"},
                    **{output.name: written(output.value(rows)) for output in outputs},
                }
                for rows in groups[start : start + count]
            ]
        case RecordAnswer(table=table, columns=columns, rows=rows):
            return [_record(table, columns, row, base) for row in rows[start : start + count]]


def written(value: Value | date) -> object:
    """A value as JSON has it: date-times as ``2026-03-14T00:00:00.000+0000``."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}+0000"
    if isinstance(value, date):
        return value.isoformat()
    return value


def _record(table: Table, columns: tuple[Column, ...], row: Row, base: str) -> Record:
    record: Record = {"attributes": _attributes(table, row, base)}
    for column in columns:
        target: Record | None = record
        holder, holder_row = table, row
        for step in column.steps:
            parent = step.climb(holder_row)
            if parent is None:
                _child(target, step.relationship, None)
                target = None
                break
            target = _child(target, step.relationship, _attributes(step.parent, parent, base))
            holder, holder_row = step.parent, parent
        if target is not None:
            target[column.field.name] = _shown(column, holder, holder_row, base)
    return record


def _child(
    record: Record | None, relationship: str, attributes: Mapping[str, object] | None
) -> Record | None:
    """The nested object of a parent record, made at its first mention; None where it has none."""
    if record is None:
        return None
    if attributes is None:
        record.setdefault(relationship, None)
        return None
    nested = record.setdefault(relationship, {"attributes": dict(attributes)})
    return nested if isinstance(nested, dict) else None


def _attributes(table: Table, row: Row, base: str) -> dict[str, object]:
    attributes: dict[str, object] = {"type": table.name}
    if "Id" in table.fields and row["Id"] is not None:
        attributes["url"] = f"{base}/sobjects/{table.name}/{row['Id']}"
    return attributes


def _shown(column: Column, table: Table, row: Row, base: str) -> object:
    """Blobs show the path under which they are fetched, everything else its value."""
    if column.field.type == "base64":
        return f"{base}/sobjects/{table.name}/{row['Id']}/{column.field.name}"
    value = row[column.field.name]
    if column.field.type == "double" and isinstance(value, int):
        return float(value)
    return written(value)
