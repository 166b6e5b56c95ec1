"""Semi-joins and anti-joins: ``ProfileId IN (SELECT Id FROM Profile WHERE …)``.

Where they may stand and what they may compare: SOQL and SOSL reference, comparison operators,
semi-joins and anti-joins. The refusals are in the words that users of real orgs report.
"""

from collections.abc import Callable, Iterable

from console.simulator.objects.tables import Row
from console.simulator.soql.columns import Binder, Column
from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError
from console.simulator.soql.filter import ID_TYPES, Comparable, RowTest, comparable
from console.simulator.soql.syntax import (
    AllOf,
    AnyOf,
    Condition,
    Expression,
    FieldPath,
    FunctionCall,
    Negation,
    SelectedExpression,
    SemiJoin,
    conjuncts,
)

MOST_SEMI_JOINS = 2


def check_joins(where: Condition | None) -> None:
    """Raise SoqlError for a semi-join below an OR or a NOT, inside another, or one too many."""
    joins = [part for part in conjuncts(where) if isinstance(part, SemiJoin)]
    for part in conjuncts(where):
        if not isinstance(part, SemiJoin):
            _refuse_below(part)
    if len(joins) > MOST_SEMI_JOINS:
        raise _refused(f"Maximum {MOST_SEMI_JOINS} semi join sub-selects are allowed", joins[-1])
    for join in joins:
        if any(isinstance(part, SemiJoin) for part in conjuncts(join.query.where)):
            raise _refused("Nesting of semi join sub-selects is not supported", join)


def join_test(
    join: SemiJoin, outer: Binder, inner: Binder, inner_rows: Callable[[], Iterable[Row]]
) -> RowTest:
    """The test that ``join`` is; the inner query runs once, when the first row is tested.

    Raises SoqlError for fields that are no ids or that hold ids of different objects.
    """
    if inner.table.big_object is not None or inner.table.event_log_object is not None:
        raise _refused(
            f"Entity '{inner.table.name}' is not supported for semi join inner selects", join
        )
    left = _left_column(join, outer)
    selected = _selected_column(join, inner)
    if inner.table.name == outer.table.name:
        raise _refused("The inner and outer selects should not be on the same object type", join)
    if None not in (left.refers_to, selected.refers_to) and left.refers_to != selected.refers_to:
        raise _refused(
            f"The selected field '{selected.name}' in the subquery and the left operand field in "
            f"the where expression in the outer query '{left.name}' should point to the same "
            "object type",
            join,
        )
    found: set[Comparable | None] = set()
    ran = False

    def test(row: Row) -> bool:
        nonlocal ran
        if not ran:
            found.update(comparable(selected.value(each), "reference") for each in inner_rows())
            found.discard(None)
            ran = True
        return (comparable(left.value(row), "reference") in found) is not join.negated

    return test


def _left_column(join: SemiJoin, outer: Binder) -> Column:
    path = _path(join.left, join)
    column = outer.column(path)
    if column.steps:
        raise _refused(
            f"The left operand '{path.text}' cannot have more than one level of relationships", join
        )
    if column.field.type not in ID_TYPES:
        raise _refused(
            "The left operand field in the where expression for outer query should be an id "
            f"field, cannot use: '{path.text}'",
            join,
        )
    return column


def _selected_column(join: SemiJoin, inner: Binder) -> Column:
    (item,) = join.query.select
    if not isinstance(item, SelectedExpression):
        raise TypeError(item)
    path = _path(item.expression, join)
    column = inner.column(path)
    if column.steps:
        raise _refused(
            f"The inner select field '{path.text}' cannot have more than one level of "
            "relationships",
            join,
        )
    if column.field.type not in ID_TYPES:
        raise _refused(
            f"semi join sub selects can only query id fields, cannot use: '{path.text}'", join
        )
    return column


def _path(expression: Expression, join: SemiJoin) -> FieldPath:
    if isinstance(expression, FunctionCall):
        raise _refused("unexpected token: '('", join)
    return expression


def _refuse_below(condition: Condition) -> None:
    match condition:
        case AnyOf(conditions):
            words = "Semi join sub-selects are not allowed with the 'OR' operator"
        case Negation(inner):
            conditions = (inner,)
            words = (
                "Semi join sub-selects are only allowed at the top level WHERE expressions and "
                "not in nested WHERE expressions."
            )
        case AllOf(conditions):
            words = ""
        case _:
            return
    for part in conditions:
        if isinstance(part, SemiJoin) and words:
            raise _refused(words, part)
        _refuse_below(part)


def _refused(explanation: str, join: SemiJoin) -> SoqlError:
    return SoqlError(MALFORMED_QUERY, explanation, join.offset)
