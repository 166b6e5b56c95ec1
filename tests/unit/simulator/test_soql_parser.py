"""The query grammar: what it takes, what it refuses, and where it points."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.soql.errors import SoqlError
from console.simulator.soql.parser import MAX_NESTING, parse
from console.simulator.soql.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    DateLiteral,
    FieldPath,
    FunctionCall,
    LikePattern,
    Negation,
    SelectedExpression,
    SemiJoin,
)


def filtered(where: str) -> str:
    return f"SELECT Id FROM User WHERE {where}"


def only_condition(where: str) -> Comparison:
    condition = parse(filtered(where)).where
    assert isinstance(condition, Comparison)
    return condition


def refusal(text: str) -> SoqlError:
    with pytest.raises(SoqlError) as caught:
        parse(text)
    return caught.value


def test_a_whole_statement() -> None:
    query = parse(
        "select Id, User.Profile.Name FROM LoginHistory h "
        "WHERE LoginTime >= 2026-03-01T10:00:00+02:00 AND (LoginType = 'x' OR UserId != null) "
        "ORDER BY LoginTime DESC NULLS LAST, Id LIMIT 10 OFFSET 3"
    )
    assert query.select == (
        SelectedExpression(FieldPath(("Id",), 7)),
        SelectedExpression(FieldPath(("User", "Profile", "Name"), 11)),
    )
    assert (query.source.text, query.alias) == ("LoginHistory", "h")
    assert isinstance(query.where, AllOf)
    first, second = query.where.conditions
    assert isinstance(first, Comparison)
    assert first.values == (datetime(2026, 3, 1, 8, tzinfo=UTC),)
    assert isinstance(second, AnyOf)
    assert [(o.descending, o.nulls_last) for o in query.order_by] == [(True, True), (False, False)]
    assert (query.limit, query.offset) == (10, 3)


def test_aggregates_groups_and_aliases() -> None:
    query = parse("SELECT Application app, COUNT(Id) n, MAX(LoginTime) FROM L GROUP BY Application")
    assert [
        (item.expression.name, item.alias)
        for item in query.select
        if isinstance(item, SelectedExpression) and isinstance(item.expression, FunctionCall)
    ] == [("COUNT", "n"), ("MAX", None)]
    assert query.group_by is not None
    assert query.group_by.keys == (FieldPath(("Application",), 68),)
    counted = parse("SELECT COUNT() FROM User")
    assert counted.select == (SelectedExpression(FunctionCall("COUNT", None, 7)),)
    assert counted.counts_only


@pytest.mark.parametrize(
    ("where", "operator", "values"),
    [
        ("A = 'x'", "=", ("x",)),
        (r"A = 'it\'s \"q\" \\ \n \u0041 \%'", "=", ('it\'s "q" \\ \n A %',)),
        ("A <> 'x'", "!=", ("x",)),
        ("A IN ('x', 'y')", "IN", ("x", "y")),
        ("A not in (1, -2.5)", "NOT IN", (1, -2.5)),
        ("A = TRUE", "=", (True,)),
        ("A != null", "!=", (None,)),
        ("A > TODAY", ">", (DateLiteral("TODAY"),)),
        ("A = Last_N_Days:7", "=", (DateLiteral("LAST_N_DAYS", 7),)),
        ("A INCLUDES ('x;y', 'z')", "INCLUDES", ("x;y", "z")),
        ("A excludes ('x')", "EXCLUDES", ("x",)),
        ("A > N_FISCAL_QUARTERS_AGO:3", ">", (DateLiteral("N_FISCAL_QUARTERS_AGO", 3),)),
        ("A < 2026-01-02T03:04:05.678Z", "<", (datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),)),
    ],
)
def test_comparisons(where: str, operator: str, values: tuple[object, ...]) -> None:
    condition = only_condition(where)
    assert (condition.operator, condition.values) == (operator, values)


def test_like_wildcards_and_their_escapes() -> None:
    (pattern,) = only_condition(r"A LIKE 'a.%\%_'").values
    assert pattern == LikePattern(r"a\..*%.")


def test_date_times_may_be_written_small() -> None:
    assert only_condition("A < 2026-01-02t03:04:05z").values == (
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


def test_not_stands_in_front_or_in_parentheses() -> None:
    assert isinstance(parse("SELECT Id FROM U WHERE NOT A = 1").where, Negation)
    nested = parse("SELECT Id FROM U WHERE A = 1 AND (NOT B = 2)").where
    assert isinstance(nested, AllOf)
    assert isinstance(nested.conditions[1], Negation)
    assert refusal("SELECT Id FROM U WHERE A = 1 AND NOT B = 2").explanation == (
        "unexpected token: 'NOT'"
    )


@pytest.mark.parametrize(
    ("text", "token", "column"),
    [
        ("", "<EOF>", 1),
        ("SELECT FROM User", "FROM", 8),
        ("SELECT Id, FROM User", "FROM", 12),
        ("SELECT Id FROM User WHERE", "<EOF>", 26),
        ("SELECT Id FROM User WHERE A == 1", "=", 30),
        ("SELECT Id FROM User WHERE A = 1 AND B = 2 OR C = 3", "OR", 43),
        ("SELECT Id FROM User WHERE A = 'open", "'", 31),
        ("SELECT Id FROM User WHERE A IN ()", ")", 33),
        ("SELECT Id FROM User WHERE A = LAST_N_DAYS", "LAST_N_DAYS", 31),
        ("SELECT Id FROM User LIMIT 5 LIMIT 6", "LIMIT", 29),
        ("SELECT Id FROM User LIMIT -1", "-1", 27),
        ("SELECT Id FROM User LIMIT 1.5", "1.5", 27),
        ("SELECT Id FROM User; DROP TABLE User", ";", 20),
        ("SELECT FORMAT(CreatedDate) FROM User", "(", 14),
        ("SELECT convertCurrency(Amount) FROM User", "(", 23),
        ("SELECT TYPEOF Owner WHEN User THEN Name END FROM Case", "TYPEOF", 8),
        ("SELECT CALENDAR_YEAR(MAX(LoginTime)) FROM User", "(", 25),
        ("SELECT Id FROM User WHERE COUNT(Id) > 1", "(", 32),
        ("SELECT Id FROM User HAVING Id = null", "HAVING", 21),
        ("SELECT COUNT() FROM User ORDER BY Id", "ORDER", 26),
        ("SELECT COUNT() FROM User GROUP BY Name", "GROUP", 26),
        ("SELECT Id FROM User USING SCOPE mine", "mine", 33),
        ("SELECT Id FROM User FOR UPDATE", "UPDATE", 25),
        ("SELECT Id FROM User UPDATE TRACKING", "TRACKING", 28),
        ("SELECT Id FROM User WITH DATA CATEGORY Geography__c AT x__c", "DATA", 26),
        ("SELECT Name FROM User GROUP BY ROLLUP(Name), Email", ",", 44),
        ("SELECT A FROM User GROUP BY CUBE(A, B, C, D)", ")", 44),
        ("SELECT Id FROM User WHERE A = 1 /* one */", "/", 33),
        ("SELECT Id FROM User -- one", "-", 21),
        ("SELECT Id FROM User WHERE A = 5x", "5", 31),
        ("SELECT MAX() FROM User", ")", 12),
    ],
)
def test_the_first_wrong_token_is_named_and_placed(text: str, token: str, column: int) -> None:
    message = refusal(text).message(text)
    assert message.endswith(f"\nERROR at Row:1:Column:{column}\nunexpected token: '{token}'")


def test_a_message_shows_the_fragment_with_a_caret_under_the_place() -> None:
    text = "SELECT Id\nFROM User\nWHERE A == 1"
    _, fragment, caret, place, explanation = refusal(text).message(text).split("\n")
    assert fragment[caret.index("^")] == "="
    assert fragment[: caret.index("^")].endswith("WHERE A =")
    assert place == "ERROR at Row:3:Column:10"
    assert explanation == "unexpected token: '='"


@pytest.mark.parametrize(
    ("text", "explanation", "column"),
    [
        ("SELECT Id FROM User WHERE A = :bound", "Bind variables only allowed in Apex code", 31),
        ("SELECT Id FROM User WHERE A IN :bound", "Bind variables only allowed in Apex code", 32),
        ("SELECT Id FROM User WHERE A LIKE :b", "Bind variables only allowed in Apex code", 34),
        ("SELECT Id FROM User ALL ROWS", "ALL ROWS not allowed in this context", 21),
        (
            "SELECT Id FROM User WITH SECURITY_ENFORCED",
            "SECURITY_ENFORCED not allowed in this context",
            26,
        ),
        (
            "SELECT Id, (SELECT COUNT(Id) FROM Kids) FROM User",
            "only root queries support aggregate expressions",
            20,
        ),
        ("SELECT Id FROM U WHERE A IN (SELECT B FROM C LIMIT 1)", "missing value at 'LIMIT'", 46),
        ("SELECT Id FROM U WHERE A > 2020-52-12t12:12:00Z", "Invalid datetime: 2020-52-12t1", 28),
    ],
)
def test_what_the_api_does_not_take_is_refused_in_its_own_words(
    text: str, explanation: str, column: int
) -> None:
    message = refusal(text).message(text)
    assert f"\nERROR at Row:1:Column:{column}\n{explanation}" in message


def test_clauses_that_change_no_answer_are_taken() -> None:
    plain = parse("SELECT Id FROM User WHERE A = 1")
    scoped = parse("SELECT Id FROM User USING SCOPE everything WHERE A = 1 FOR VIEW")
    assert scoped.where is not None
    assert (plain.select, plain.source, plain.limit) == (scoped.select, scoped.source, None)
    assert parse("SELECT Id FROM User FOR REFERENCE").alias is None


def test_a_query_within_a_query_is_a_join_or_a_list_of_children() -> None:
    joined = parse("SELECT Id FROM U WHERE A NOT IN (SELECT B FROM C WHERE D = 1)").where
    assert isinstance(joined, SemiJoin)
    assert (joined.negated, joined.query.source.text) == (True, "C")
    nested = "(SELECT Id FROM A)"
    for _ in range(3):
        nested = f"(SELECT Id, {nested} FROM A)"
    assert parse(f"SELECT Id, {nested} FROM U").select[1]
    deeper = f"SELECT Id, (SELECT Id, {nested} FROM A) FROM U"
    assert refusal(deeper).explanation == "unexpected token: '('"
    twenty_one = ", ".join(["(SELECT Id FROM A)"] * 21)
    assert refusal(f"SELECT {twenty_one} FROM U").code == "MALFORMED_QUERY"


def test_deep_parentheses_are_refused_not_crashed_on() -> None:
    deep = "(" * (MAX_NESTING + 1) + "A = 1" + ")" * (MAX_NESTING + 1)
    assert refusal(filtered(deep)).code == "MALFORMED_QUERY"
    assert parse(filtered(deep[1:-1])).where is not None


@given(st.text(alphabet=string.printable + "éß漢'\\", max_size=60))
def test_any_text_survives_quoting(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert only_condition(f"Name = '{quoted}'").values == (text,)


@given(st.text(alphabet="SELECTFROMWHEREand or()=,.'<>!:\\ \n0123456789-TZ%_Id*", max_size=80))
def test_any_text_is_parsed_or_refused_in_salesforce_words(text: str) -> None:
    error = None
    try:
        parse(text)
    except SoqlError as refused:
        error = refused
    if error is not None:
        assert error.code in {"MALFORMED_QUERY", "NUMBER_OUTSIDE_VALID_RANGE"}
        assert error.offset is None or 0 <= error.offset <= len(text)
        assert error.explanation in error.message(text)


@given(
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    st.integers(-12, 14),
)
def test_date_times_mean_their_moment_whatever_their_offset(naive: datetime, hours: int) -> None:
    moment = naive.replace(microsecond=naive.microsecond // 1000 * 1000)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{hours:+03d}:00"
    (value,) = only_condition(f"A = {text}").values
    assert value == datetime.fromisoformat(text)
    assert isinstance(value, datetime)
    assert value.tzinfo is UTC


def test_a_path_keeps_its_place() -> None:
    assert only_condition("User.Name = 'x'").left == FieldPath(("User", "Name"), 26)
