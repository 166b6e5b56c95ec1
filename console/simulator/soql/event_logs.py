"""The rules of event log objects (LoginEventLog, ApiTotalUsageEventLog), and their span of time.

`EventLogObjectRules` names them and where they come from; the words and codes of the refusals are
published nowhere.
"""

from collections.abc import Iterator
from datetime import datetime

from console.simulator.objects.tables import EventLogObjectRules, Table
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.expressions import DATE_FUNCTIONS
from console.simulator.soql.spans import Span, asked_span, is_field
from console.simulator.soql.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Expression,
    FieldPath,
    FunctionCall,
    Negation,
    Query,
    SelectedChildren,
    SelectedExpression,
    SemiJoin,
)


def event_log_span(query: Query, table: Table, now: datetime) -> Span | None:
    """The span of time that an answer from an event log object covers; None for other tables.

    Raises SoqlError when ``query`` asks what such an object does not give.
    """
    rules = table.event_log_object
    if rules is None:
        return None
    if query.having is not None:
        raise _refused(rules, f"HAVING is not supported on {table.name}", None)
    if query.offset:
        raise _refused(rules, f"OFFSET is not supported on {table.name}", query.offset_at)
    own_names = {table.name.lower(), (query.alias or table.name).lower()}
    for expression in _expressions(query):
        _check_expression(expression, own_names, rules)
    _check_time_filters(query, rules)
    return _window(query, rules, now)


def _check_expression(
    expression: Expression, own_names: set[str], rules: EventLogObjectRules
) -> None:
    while isinstance(expression, FunctionCall):
        if expression.name in DATE_FUNCTIONS and expression.name != "DAY_ONLY":
            raise _refused(rules, "DAY_ONLY is the only date function here", expression.offset)
        if expression.argument is None:
            return
        expression = expression.argument
    parts = expression.parts
    if len(parts) > 1 and not (len(parts) == 2 and parts[0].lower() in own_names):
        raise _refused(rules, "Relationship queries are not supported here", expression.offset)


def _check_time_filters(query: Query, rules: EventLogObjectRules) -> None:
    filters = [each for each in _comparisons(query.where) if is_field(each, rules.time_field)]
    if len(filters) > rules.most_time_filters:
        raise _refused(
            rules,
            f"At most {rules.most_time_filters} filters on {rules.time_field} are supported",
            filters[-1].offset,
        )
    for each in filters:
        if each.operator in ("!=", "NOT IN"):
            raise _refused(rules, f"!= is not supported on {rules.time_field}", each.offset)


def _window(query: Query, rules: EventLogObjectRules, now: datetime) -> Span:
    since, until = asked_span(query.where, rules.time_field, now)
    if since is None and until is None:
        return now - rules.window, None
    if until is None:
        return since, None if since is None else since + rules.window
    if since is None:
        return until - rules.window, until
    if until - since > rules.window:
        raise _refused(
            rules, f"A query covers at most {rules.window.days} days of {rules.time_field}", None
        )
    return since, until


def _expressions(query: Query) -> Iterator[Expression]:
    for item in query.select:
        if isinstance(item, SelectedExpression):
            yield item.expression
        elif isinstance(item, SelectedChildren):
            yield FieldPath((*item.query.source.parts, "Id"), item.offset)
    for comparison in _comparisons(query.where):
        yield comparison.left
    if query.group_by is not None:
        yield from query.group_by.keys
    for ordering in query.order_by:
        yield ordering.key


def _comparisons(condition: Condition | None) -> Iterator[Comparison]:
    match condition:
        case Comparison():
            yield condition
        case Negation(inner):
            yield from _comparisons(inner)
        case AllOf(conditions) | AnyOf(conditions):
            for part in conditions:
                yield from _comparisons(part)
        case SemiJoin() | None:
            return


def _refused(rules: EventLogObjectRules, explanation: str, offset: int | None) -> SoqlError:
    return SoqlError(rules.error_code, explanation, offset)
