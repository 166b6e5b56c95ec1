"""Whatever is sent as SOQL gets an answer or an error of Salesforce's shape, never a crash."""

import re
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.objects.tables import BigObjectRules, EventLogObjectRules, Field, Row, Table
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.lexer import TokenKind, tokens_of
from console.simulator.soql.records import records_of
from console.simulator.soql.run import run

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
CODES = {
    "MALFORMED_QUERY",
    "INVALID_FIELD",
    "INVALID_TYPE",
    "INVALID_QUERY_FILTER_OPERATOR",
    "NUMBER_OUTSIDE_VALID_RANGE",
}
PLACED = re.compile(r"\n[^\n]*\n *\^\nERROR at Row:[1-9]\d*:Column:[1-9]\d*\n.+", re.DOTALL)


def fields() -> dict[str, Field]:
    kinds = {"Id": "id", "Name": "string", "N": "int", "D": "double", "B": "boolean"}
    kinds |= {"At": "datetime", "On": "date", "PId": "reference", "M": "multipicklist"}
    return {name: Field(name, kind) for name, kind in kinds.items()}  # type: ignore[arg-type]


def rows() -> list[Row]:
    full: Row = {"Id": "00T000000000001AAA", "Name": "a", "N": 1, "D": 2, "B": True, "At": NOW}
    more: Row = {"On": date(2026, 3, 11), "PId": "00T000000000001AAA", "M": "x;y"}
    return [{**full, **more}, dict.fromkeys(fields()) | {"Id": "00T000000000002AAA"}]


COMMON = {"parents": {"P": ("T", "PId"), "Q": ("U", "PId")}, "children": {"Ks": ("U", "PId")}}
TABLES = {
    "t": Table("T", fields(), rows, "00T", **COMMON),
    "u": Table("U", fields(), rows, "00T", **COMMON),
    "big": Table("Big", fields(), rows, "", big_object=BigObjectRules(("At", "Name"))),
    "log": Table("Log", fields(), rows, "", event_log_object=EventLogObjectRules("At")),
}
STATEMENTS = (
    "SELECT Id , Name , P.Name , toLabel ( Name ) shown FROM T t WHERE N = 1 AND ( D > 2.5 OR B = true )",
    "SELECT Name n , COUNT ( Id ) , MAX ( At ) FROM T GROUP BY ROLLUP ( Name , N ) HAVING SUM ( D ) > 1",
    "SELECT COUNT ( ) FROM T WHERE Id IN ( SELECT PId FROM U WHERE At = LAST_N_DAYS : 3 ) LIMIT 5",
    "SELECT Id , ( SELECT Name FROM Ks ORDER BY At LIMIT 2 ) FROM T ORDER BY N DESC NULLS LAST OFFSET 1",
    "SELECT FIELDS ( ALL ) FROM T WHERE M INCLUDES ( 'x;y' ) AND DAY_ONLY ( At ) = TODAY LIMIT 9",
    "SELECT At FROM Big WHERE At >= 2026-03-01T00:00:00Z AND At < YESTERDAY ORDER BY At DESC LIMIT 3",
    "SELECT Name FROM Log WHERE At > 2026-03-01T00:00:00Z AND Name LIKE '%a_' ORDER BY Name",
    "SELECT COUNT_DISTINCT ( Name ) FROM T , T.P p WHERE p.Q.Name != null AND On = 2026-03-11",
)
PIECES = st.sampled_from(
    sorted({piece for text in STATEMENTS for piece in text.split()} | {"NOT", ":"})
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    pieces = draw(st.sampled_from(STATEMENTS)).split()
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(pieces)))
        removed = draw(st.integers(0, 2))
        pieces[at : at + removed] = draw(st.lists(PIECES, max_size=2))
    return draw(st.sampled_from([" ", "\n", "  "])).join(pieces)


def ask(text: str) -> str | None:
    """The code of the refusal, checked for its shape, or None for an answer."""
    try:
        answer = run(text, lambda name: TABLES.get(name.lower()), NOW)
        records_of(answer, 0, 2000, "/x")
    except SoqlError as error:
        message = error.message(text)
        assert error.explanation in message
        assert error.offset is None or PLACED.fullmatch(message)
        return error.code
    return None


def test_the_statements_are_whole() -> None:
    assert [ask(text) for text in STATEMENTS] == [None] * len(STATEMENTS)


@settings(max_examples=600, deadline=None)
@given(damaged())
def test_a_damaged_statement_is_answered_or_refused(text: str) -> None:
    assert ask(text) in {*CODES, None}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_refused(text: str) -> None:
    assert ask(text) == "MALFORMED_QUERY"


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
STRINGS = st.text("ab'\\ é漢%_", max_size=6).map(
    lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
)
NUMBERS = st.decimals(-999, 999, places=2).map(str) | st.integers(0, 99).map(str)
MOMENTS = st.datetimes(datetime(1900, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z")  # noqa: DTZ001
TOKENS = st.one_of(
    st.tuples(st.just(TokenKind.NAME), NAMES),
    st.tuples(st.just(TokenKind.STRING), STRINGS),
    st.tuples(st.just(TokenKind.NUMBER), NUMBERS),
    st.tuples(st.just(TokenKind.DATETIME), MOMENTS),
    st.tuples(st.just(TokenKind.DATE), st.dates(date(1900, 1, 1)).map(str)),
    st.tuples(st.just(TokenKind.SYMBOL), st.sampled_from(["<=", ">=", "!=", "<>", *"=<>(),.:"])),
)


@given(st.lists(TOKENS, max_size=12), st.sampled_from([" ", "\n", "\t "]))
def test_tokens_come_back_as_they_were_written(
    written: list[tuple[TokenKind, str]], space: str
) -> None:
    text = space.join(piece for _, piece in written)
    found = tokens_of(text)
    assert [(token.kind, token.text) for token in found[:-1]] == written
    assert all(text.startswith(token.text, token.offset) for token in found)
    assert (found[-1].kind, found[-1].offset) == (TokenKind.END, len(text))
