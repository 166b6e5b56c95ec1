"""What the names in a query mean: columns of the table, and of the records it refers to."""

from collections.abc import Callable
from dataclasses import dataclass

from console.simulator.objects.tables import Field, Row, Table, Value
from console.simulator.soql.errors import INVALID_FIELD, SoqlError
from console.simulator.soql.syntax import FieldPath, OtherSource, Query

MAX_RELATIONSHIPS = 5
"""Parent levels that one path may climb (SOQL and SOSL reference, relationship queries)."""

TableFinder = Callable[[str], Table | None]
"""Gives the table of an sObject name in any case, or None."""


class ParentIndex:
    """The records of one parent table by the first 15 characters of their ids, built once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: dict[str, Row] | None = None

    def find(self, record_id: Value) -> Row | None:
        """The record of that id, or None."""
        if self._rows is None:
            self._rows = {str(row["Id"])[:15]: row for row in self._table.rows()}
        return None if record_id is None else self._rows.get(str(record_id)[:15])


@dataclass(frozen=True, slots=True)
class Step:
    """One climb from a record to the parent that one of its fields refers to."""

    relationship: str
    reference_field: str
    parent: Table
    index: ParentIndex

    def climb(self, row: Row) -> Row | None:
        """The parent of ``row``, or None."""
        return self.index.find(row[self.reference_field])


@dataclass(frozen=True, slots=True)
class Column:
    """A field as the schema spells it, reached over ``steps``."""

    steps: tuple[Step, ...]
    table: Table
    """The table that the field is of."""
    field: Field
    path: FieldPath

    @property
    def name(self) -> str:
        """The full name, ``User.Name``."""
        return ".".join([*(step.relationship for step in self.steps), self.field.name])

    @property
    def refers_to(self) -> str | None:
        """The sObject whose ids the column holds, or None where any may stand."""
        if self.field.type == "id":
            return self.table.name
        parents = self.table.parents.values()
        return next((name for name, field in parents if field == self.field.name), None)

    def value(self, row: Row) -> Value:
        """The value for ``row``; None where a parent is missing."""
        for step in self.steps:
            parent = step.climb(row)
            if parent is None:
                return None
            row = parent
        return row[self.field.name]


class Binder:
    """Finds the columns of one query; names match in any case."""

    def __init__(self, query: Query, table: Table, find_table: TableFinder) -> None:
        self._own_names = {table.name.lower()}
        if query.alias is not None:
            self._own_names.add(query.alias.lower())
        self.table = table
        self._find_table = find_table
        self._indexes: dict[str, ParentIndex] = {}
        self._prefixes: dict[str, tuple[str, ...]] = {}
        for source in query.other_sources:
            self._add_prefix(source)

    def _add_prefix(self, source: OtherSource) -> None:
        parts = self._own_parts(source.path)
        self._climb(parts, source.path)
        self._prefixes[source.alias.lower()] = tuple(parts)

    def column(self, path: FieldPath) -> Column:
        """The column that ``path`` names; raises SoqlError INVALID_FIELD when there is none."""
        parts = self._own_parts(path)
        steps = self._climb(parts[:-1], path)
        table = steps[-1].parent if steps else self.table
        field = field_named(table, parts[-1])
        if field is None:
            raise _no_column(parts[-1], table, path)
        return Column(tuple(steps), table, field, path)

    def _own_parts(self, path: FieldPath) -> list[str]:
        """The path seen from the query's own table, aliases taken away."""
        parts = list(path.parts)
        if len(parts) > 1:
            first = parts[0].lower()
            if first in self._prefixes:
                parts[:1] = self._prefixes[first]
            elif first in self._own_names:
                del parts[0]
        return parts

    def _climb(self, relationships: list[str], path: FieldPath) -> list[Step]:
        if len(relationships) > MAX_RELATIONSHIPS:
            raise _no_relationship(relationships[MAX_RELATIONSHIPS], path)
        table = self.table
        steps: list[Step] = []
        for relationship in relationships:
            step = self._step(table, relationship, path)
            steps.append(step)
            table = step.parent
        return steps

    def _step(self, table: Table, relationship: str, path: FieldPath) -> Step:
        for name, (parent_name, reference_field) in table.parents.items():
            parent = self._find_table(parent_name) if name.lower() == relationship.lower() else None
            if parent is not None:
                index = self._indexes.setdefault(parent.name, ParentIndex(parent))
                return Step(name, reference_field, parent, index)
        raise _no_relationship(relationship, path)


def field_named(table: Table, name: str) -> Field | None:
    """The field of that name in any case, or None."""
    if name in table.fields:
        return table.fields[name]
    wanted = name.lower()
    return next((field for field in table.fields.values() if field.name.lower() == wanted), None)


def _no_column(name: str, table: Table, path: FieldPath) -> SoqlError:
    return SoqlError(
        INVALID_FIELD,
        f"No such column '{name}' on entity '{table.name}'. If you are attempting to use a custom "
        "field, be sure to append the '__c' after the custom field name. Please reference your "
        "WSDL or the describe call for the appropriate names.",
        path.offset,
    )


def _no_relationship(name: str, path: FieldPath) -> SoqlError:
    return SoqlError(
        INVALID_FIELD,
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a "
        "custom relationship, be sure to append the '__r' after the custom relationship name. "
        "Please reference your WSDL or the describe call for the appropriate names.",
        path.offset,
    )
