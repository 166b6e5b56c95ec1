"""Reads a SELECT statement. Grammar: SOQL and SOSL reference, SELECT syntax.

What is left out (TYPEOF, FORMAT, convertCurrency, DISTANCE, data categories, FOR UPDATE) is
refused as an unexpected token, never answered wrongly.
"""

from console.simulator.soql.conditions import ConditionGrammar
from console.simulator.soql.errors import MALFORMED_QUERY, SoqlError, unexpected_token
from console.simulator.soql.expressions import (
    AGGREGATES,
    DATE_FUNCTIONS,
    GROUPING,
    TO_LABEL,
    read_expression,
    read_path,
)
from console.simulator.soql.lexer import TokenKind
from console.simulator.soql.reader import MAX_NESTING, Reader
from console.simulator.soql.syntax import (
    Condition,
    Expression,
    FunctionCall,
    GroupBy,
    Ordering,
    OtherSource,
    Query,
    Selected,
    SelectedChildren,
    SelectedExpression,
    SelectedGroup,
)

__all__ = ["MAX_NESTING", "parse"]

MAX_CHILD_LEVELS = 4
"""Child queries within each other (SOQL and SOSL reference, relationship query limitations: five
levels with the root)."""
MAX_CHILD_QUERIES = 20
"""Child queries in one statement (SOQL and SOSL reference, relationship query limitations)."""
MAX_TOTALLED_KEYS = 3
"""Fields in ROLLUP or CUBE (SOQL and SOSL reference, GROUP BY ROLLUP)."""
_SELECTABLE = AGGREGATES | DATE_FUNCTIONS | {TO_LABEL, GROUPING}
_FILTERABLE = DATE_FUNCTIONS | {TO_LABEL}


def parse(text: str) -> Query:
    """The statement that ``text`` is; raises SoqlError with the place of the first wrong token."""
    reader = Reader(text)
    query = _root_query(reader)
    if reader.token.kind is not TokenKind.END:
        raise reader.unexpected()
    return query


def _root_query(reader: Reader) -> Query:
    reader.expect_word("SELECT")
    select = _select_list(reader, level=0)
    reader.expect_word("FROM")
    source = read_path(reader)
    alias = reader.alias()
    others = _other_sources(reader)
    _scope(reader)
    where = _where(reader)
    _refuse_with(reader)
    shell = Query(select, source, alias)
    group_by = None if shell.counts_only else _group_by(reader)
    having = _having(reader) if group_by is not None else None
    order_by = () if shell.counts_only else _order_by(reader)
    limit, (offset, offset_at) = _limit(reader), _offset(reader)
    _read_marks(reader)
    return Query(
        select, source, alias, others, where, group_by, having, order_by, limit, offset, offset_at
    )


# --- SELECT ---


def _select_list(reader: Reader, level: int) -> tuple[Selected, ...]:
    select = [_selected(reader, level)]
    while reader.take_symbol(","):
        select.append(_selected(reader, level))
        if sum(isinstance(item, SelectedChildren) for item in select) > MAX_CHILD_QUERIES:
            raise reader.unexpected()
    return tuple(select)


def _selected(reader: Reader, level: int) -> Selected:
    if reader.token.is_symbol("(") and level < MAX_CHILD_LEVELS:
        return _children(reader, level + 1)
    if reader.token.is_word("FIELDS") and reader.following.is_symbol("("):
        return _fields(reader)
    if reader.token.is_word("TYPEOF") and reader.following.kind is TokenKind.NAME:
        raise reader.unexpected()
    expression = read_expression(reader, _SELECTABLE)
    if level and isinstance(expression, FunctionCall) and expression.name in AGGREGATES:
        raise SoqlError(
            MALFORMED_QUERY, "only root queries support aggregate expressions", expression.offset
        )
    return SelectedExpression(expression, reader.alias())


def _fields(reader: Reader) -> SelectedGroup:
    offset = reader.take().offset
    reader.open_parenthesis()
    group = reader.name()
    if group.text.upper() not in ("ALL", "STANDARD", "CUSTOM"):
        raise unexpected_token(group.text, group.offset)
    reader.close_parenthesis()
    return SelectedGroup(group.text.upper(), offset)


def _children(reader: Reader, level: int) -> SelectedChildren:
    offset = reader.token.offset
    reader.open_parenthesis()
    reader.expect_word("SELECT")
    select = _select_list(reader, level)
    reader.expect_word("FROM")
    source = read_path(reader)
    alias = reader.alias()
    where = _where(reader)
    order_by = _order_by(reader)
    limit, (skipped, skipped_at) = _limit(reader), _offset(reader)
    reader.close_parenthesis()
    query = Query(
        select,
        source,
        alias,
        where=where,
        order_by=order_by,
        limit=limit,
        offset=skipped,
        offset_at=skipped_at,
    )
    return SelectedChildren(query, offset)


# --- FROM and WHERE ---


def _other_sources(reader: Reader) -> tuple[OtherSource, ...]:
    sources = []
    while reader.take_symbol(","):
        path = read_path(reader)
        sources.append(OtherSource(path, reader.name().text))
    return tuple(sources)


def _scope(reader: Reader) -> None:
    """``USING SCOPE everything``; the others ask for ownership, which these objects lack."""
    if reader.take_word("USING"):
        reader.expect_word("SCOPE")
        reader.expect_word("EVERYTHING")


def _where(reader: Reader) -> Condition | None:
    if not reader.take_word("WHERE"):
        return None
    return ConditionGrammar(_FILTERABLE, _joined_query).read(reader)


def _joined_query(reader: Reader) -> Query:
    """The query of a semi-join: one field, and nothing after WHERE."""
    reader.expect_word("SELECT")
    expression = read_expression(reader, AGGREGATES)
    if isinstance(expression, FunctionCall):
        raise SoqlError(
            MALFORMED_QUERY, "only root queries support aggregate expressions", expression.offset
        )
    reader.expect_word("FROM")
    source = read_path(reader)
    alias = reader.alias()
    where = _where(reader)
    if not reader.token.is_symbol(")") and reader.token.kind is TokenKind.NAME:
        shown = reader.token.shown
        raise SoqlError(MALFORMED_QUERY, f"missing value at '{shown}'", reader.token.offset)
    return Query((SelectedExpression(expression),), source, alias, where=where)


def _refuse_with(reader: Reader) -> None:
    """No WITH over the API: data categories are not modelled, the rest belongs to Apex.

    The text is that of API versions before 61.0 (Summer '24 release notes, SOQL changed error
    messages).
    """
    if reader.take_word("WITH"):
        if reader.token.is_word("SECURITY_ENFORCED"):
            raise _not_in_context("SECURITY_ENFORCED", reader.token.offset)
        raise reader.unexpected()


# --- the clauses after WHERE ---


def _group_by(reader: Reader) -> GroupBy | None:
    if not reader.take_word("GROUP"):
        return None
    reader.expect_word("BY")
    for totals in ("ROLLUP", "CUBE"):
        if reader.token.is_word(totals) and reader.following.is_symbol("("):
            reader.take()
            reader.open_parenthesis()
            keys = _keys(reader)
            if len(keys) > MAX_TOTALLED_KEYS:
                raise reader.unexpected()
            reader.close_parenthesis()
            return GroupBy(keys, "ROLLUP" if totals == "ROLLUP" else "CUBE")
    return GroupBy(_keys(reader))


def _keys(reader: Reader) -> tuple[Expression, ...]:
    keys = [read_expression(reader, DATE_FUNCTIONS)]
    while reader.take_symbol(","):
        keys.append(read_expression(reader, DATE_FUNCTIONS))
    return tuple(keys)


def _having(reader: Reader) -> Condition | None:
    if not reader.take_word("HAVING"):
        return None
    return ConditionGrammar(AGGREGATES | DATE_FUNCTIONS | {GROUPING}, None).read(reader)


def _order_by(reader: Reader) -> tuple[Ordering, ...]:
    if not reader.take_word("ORDER"):
        return ()
    reader.expect_word("BY")
    orderings = [_ordering(reader)]
    while reader.take_symbol(","):
        orderings.append(_ordering(reader))
    return tuple(orderings)


def _ordering(reader: Reader) -> Ordering:
    key = read_expression(reader, AGGREGATES | DATE_FUNCTIONS | {GROUPING})
    descending = reader.take_word("DESC")
    if not descending:
        reader.take_word("ASC")
    nulls_last = False
    if reader.take_word("NULLS"):
        nulls_last = reader.take_word("LAST")
        if not nulls_last:
            reader.expect_word("FIRST")
    return Ordering(key, descending, nulls_last)


def _limit(reader: Reader) -> int | None:
    return reader.whole_number() if reader.take_word("LIMIT") else None


def _offset(reader: Reader) -> tuple[int, int]:
    if not reader.take_word("OFFSET"):
        return 0, 0
    at = reader.token.offset
    return reader.whole_number(), at


def _read_marks(reader: Reader) -> None:
    """``FOR VIEW`` and ``FOR REFERENCE`` leave traces in the org that no table here shows."""
    while reader.take_word("FOR"):
        if not (reader.take_word("VIEW") or reader.take_word("REFERENCE")):
            raise reader.unexpected()
        reader.take_symbol(",")
    if reader.token.is_word("ALL") and reader.following.is_word("ROWS"):
        raise _not_in_context("ALL ROWS", reader.token.offset)


def _not_in_context(words: str, offset: int) -> SoqlError:
    return SoqlError(MALFORMED_QUERY, f"{words} not allowed in this context", offset)
