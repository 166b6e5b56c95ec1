"""The records that FROM and WHERE of a query leave, before they are grouped, sorted and cut."""

from collections.abc import Callable, Iterator
from datetime import datetime

from console.simulator.objects.tables import Row, Table
from console.simulator.soql.big_objects import check_big_object
from console.simulator.soql.columns import Binder, TableFinder
from console.simulator.soql.errors import (
    INVALID_TYPE,
    NUMBER_OUTSIDE_VALID_RANGE,
    SoqlError,
)
from console.simulator.soql.event_logs import event_log_span
from console.simulator.soql.filter import Meaning, RowTest, row_test
from console.simulator.soql.joins import check_joins, join_test
from console.simulator.soql.spans import Span, asked_span
from console.simulator.soql.syntax import FieldPath, Query, SemiJoin
from console.simulator.soql.terms import row_term


class Scan:
    """One query's reading of one table; made with all its rules checked."""

    def __init__(self, query: Query, table: Table, find_table: TableFinder, now: datetime) -> None:
        """Raises SoqlError for whatever of FROM, WHERE and OFFSET Salesforce would refuse."""
        self.query = query
        self.table = table
        self.now = now
        self.find_table = find_table
        self.binder = Binder(query, table, find_table)
        check_big_object(query, table)
        log_span = event_log_span(query, table, now)
        check_joins(query.where)
        if table.max_offset is not None and query.offset > table.max_offset:
            raise SoqlError(
                NUMBER_OUTSIDE_VALID_RANGE,
                f"Maximum SOQL offset allowed is {table.max_offset}",
                query.offset_at,
            )
        meaning = Meaning(lambda expression: row_term(expression, self.binder), now, self._join)
        self._test = row_test(query.where, meaning)
        if log_span is not None:
            self._test = _within(log_span, _time_value(table), self._test)
        self._span = log_span

    def rows(self) -> Iterator[Row]:
        """The matching records in the table's own order, read as they are asked for."""
        slices = self.table.slices
        if slices is None:
            return filter(self._test, self.table.rows())
        span = self._span or asked_span(self.query.where, slices.field, self.now)
        return filter(self._test, slices.rows(*span))

    def _join(self, join: SemiJoin) -> RowTest:
        inner = Scan(join.query, root_table(join.query, self.find_table), self.find_table, self.now)
        return join_test(join, self.binder, inner.binder, inner.rows)


def root_table(query: Query, find_table: TableFinder) -> Table:
    """The table of a query that stands for itself; raises SoqlError INVALID_TYPE without one."""
    source = query.source
    table = find_table(source.text) if len(source.parts) == 1 else None
    if table is None:
        raise unknown_type(source)
    return table


def unknown_type(source: FieldPath) -> SoqlError:
    """The refusal of an sObject that does not exist, or that the user may not see."""
    return SoqlError(
        INVALID_TYPE,
        f"sObject type '{source.text}' is not supported. If you are attempting to use a "
        "custom object, be sure to append the '__c' after the entity name. Please reference your "
        "WSDL or the describe call for the appropriate names.",
        source.offset,
    )


def _time_value(table: Table) -> Callable[[Row], object]:
    rules = table.event_log_object
    name = "" if rules is None else rules.time_field
    return lambda row: row[name]


def _within(span: Span, time_of: Callable[[Row], object], test: RowTest) -> RowTest:
    since, until = span

    def within(row: Row) -> bool:
        moment = time_of(row)
        return (
            isinstance(moment, datetime)
            and (since is None or since <= moment)
            and (until is None or moment < until)
            and test(row)
        )

    return within
