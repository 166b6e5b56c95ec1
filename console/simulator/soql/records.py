"""Query answers written out as the JSON objects of the REST API.

Shapes: REST API developer guide, Query and QueryMore; Tooling API guide for the extra keys.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from console.simulator.objects.tables import FieldType, Row, Table, Value
from console.simulator.soql.run import Answer, CountAnswer, GroupAnswer, RecordAnswer
from console.simulator.soql.selection import Selection, ShownChildren, ShownColumn

_UNTIL_MS = len("2026-03-14T00:00:00.000")

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


def names_of(answer: Answer) -> list[str]:
    """The names of the answer's columns, ``User.Name``; child relationships are left out."""
    match answer:
        case CountAnswer():
            return []
        case GroupAnswer(outputs=outputs):
            return [output.name for output in outputs]
        case RecordAnswer(selection=selection):
            return [shown.name for shown in selection if isinstance(shown, ShownColumn)]


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
                    **{each.name: written(group[each.key], each.type) for each in outputs},
                }
                for group in groups[start : start + count]
            ]
        case RecordAnswer(table=table, selection=selection, rows=rows):
            return [_record(table, selection, row, base) for row in rows[start : start + count]]


def written(value: Value, kind: FieldType = "string") -> object:
    """A value of a field of type ``kind`` as JSON has it.

    Date-times are as ``2026-03-14T00:00:00.000+0000``, doubles keep their point.
    """
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")[:_UNTIL_MS] + "+0000"
    if isinstance(value, date):
        return value.isoformat()
    if kind == "double" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _record(table: Table, selection: Selection, row: Row, base: str) -> Record:
    record: Record = {"attributes": _attributes(table, row, base)}
    for shown in selection:
        if isinstance(shown, ShownChildren):
            record[shown.name] = _children(shown, row, base)
        else:
            _put(record, shown, table, row, base)
    return record


def _put(record: Record, shown: ShownColumn, table: Table, row: Row, base: str) -> None:
    """Put one column where it belongs, in the record or in the objects of its parents."""
    column = shown.column
    if shown.alias is not None:
        value = column.value(row)
        record[shown.alias] = _label(shown, value)
        return
    target: Record | None = record
    holder, holder_row = table, row
    for step in column.steps:
        parent = step.climb(holder_row)
        if parent is None:
            _nested(target, step.relationship, None)
            return
        target = _nested(target, step.relationship, _attributes(step.parent, parent, base))
        holder, holder_row = step.parent, parent
    if target is not None:
        target[column.field.name] = _value(shown, holder, holder_row, base)


def _children(shown: ShownChildren, row: Row, base: str) -> Record | None:
    """The nested answer of a child query; a parent without children has null."""
    rows = shown.rows.of(row)
    return _nested_answer(shown, rows, base) if rows else None


def _nested_answer(shown: ShownChildren, rows: Sequence[Row], base: str) -> Record:
    table, selection = shown.rows.table, shown.rows.selection
    records = [_record(table, selection, row, base) for row in rows]
    return {"totalSize": len(records), "done": True, "records": records}


def _nested(
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


def _value(shown: ShownColumn, table: Table, row: Row, base: str) -> object:
    """Blobs show the path under which they are fetched, everything else its value."""
    field = shown.column.field
    if field.type == "base64":
        return f"{base}/sobjects/{table.name}/{row['Id']}/{field.name}"
    return _label(shown, row[field.name])


def _label(shown: ShownColumn, value: Value) -> object:
    field = shown.column.field
    if shown.labelled and isinstance(value, str):
        return field.labels.get(value, value)
    return written(value, field.type)
