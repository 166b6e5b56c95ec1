"""What some objects, fields and clauses are refused, and how the rarer ones answer."""

import time
from datetime import UTC, date, datetime

import pytest

from console.simulator.objects.tables import (
    EventLogObjectRules,
    Field,
    Table,
    Value,
)
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import names_of, records_of, total_of
from console.simulator.soql.run import run

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


def fields(*each: Field) -> dict[str, Field]:
    return {field.name: field for field in each}


TEAM = Table(
    "Team",
    fields(
        Field("Id", "id"),
        Field("Name"),
        Field("Kind", "picklist", labels={"int": "Integration"}),
        Field("Skills", "multipicklist"),
        Field("Since", "date"),
        Field("Budget__c", "double"),
        Field("IsActive", "boolean"),
        Field("Metadata", "complexvalue"),
        Field("Counted", "int", aggregatable=False),
    ),
    lambda: [
        {
            "Id": "00G000000000001AAA",
            "Name": "Data",
            "Kind": "int",
            "Skills": "SQL;Python",
            "Since": date(2024, 12, 31),
            "Budget__c": 5,
            "IsActive": True,
            "Metadata": {"scopes": ["Api"]},
            "Counted": 1,
        },
        {
            "Id": "00G000000000002AAA",
            "Name": "Sales",
            "Kind": "human",
            "Skills": "SQL",
            "Since": date(2026, 3, 10),
            "Budget__c": None,
            "IsActive": False,
            "Metadata": None,
            "Counted": 2,
        },
    ],
    "00G",
    children={"Members": ("Member", "TeamId")},
)
MEMBER = Table(
    "Member",
    fields(
        Field("Id", "id"), Field("Name"), Field("TeamId", "reference"), Field("Any", "reference")
    ),
    lambda: [
        {"Id": f"003{n:012d}AAA", "Name": name, "TeamId": "00G000000000001AAA", "Any": None}
        for n, name in enumerate(["Bea", "Abe"])
    ],
    "003",
    {"Team": ("Team", "TeamId")},
)
LOGS = Table(
    "LoginEventLog",
    fields(Field("UserIdentifier", "reference"), Field("Timestamp", "datetime")),
    list,
    "",
    event_log_object=EventLogObjectRules(),
)
TABLES = {table.name.lower(): table for table in (TEAM, MEMBER, LOGS)}


def answer(text: str) -> list[dict[str, object]]:
    return records_of(run(text, lambda name: TABLES.get(name.lower()), NOW), 0, 2000, "/x")


def shown(text: str, column: str = "Name") -> list[object]:
    return [record[column] for record in answer(text)]


def refusal(text: str) -> SoqlError:
    with pytest.raises(SoqlError) as caught:
        answer(text)
    return caught.value


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Skills INCLUDES ('python')", ["Data"]),
        ("Skills INCLUDES ('SQL;Python')", ["Data"]),
        ("Skills INCLUDES ('Java', 'SQL')", ["Data", "Sales"]),
        ("Skills EXCLUDES ('Python')", ["Sales"]),
        ("Skills = 'SQL'", ["Sales"]),
        ("Since = YESTERDAY", ["Sales"]),
        ("Since < 2025-01-01", ["Data"]),
        ("Since = 2024-12-31", ["Data"]),
        ("Since > LAST_YEAR", ["Sales"]),
        ("Since >= LAST_N_YEARS:2", ["Data", "Sales"]),
        ("Since > LAST_N_DAYS:30", ["Sales"]),
        ("CALENDAR_YEAR(Since) = 2024", ["Data"]),
        ("FISCAL_QUARTER(Since) = 1", ["Sales"]),
        ("WEEK_IN_YEAR(Since) = 53", ["Data"]),
        ("WEEK_IN_MONTH(Since) = 5", ["Data"]),
        ("WEEK_IN_MONTH(Since) = 2", ["Sales"]),
        ("DAY_IN_WEEK(Since) = 3", ["Data", "Sales"]),
        ("DAY_ONLY(Since) = YESTERDAY", ["Sales"]),
        ("toLabel(Kind) = 'integration'", ["Data"]),
        ("Id IN (SELECT TeamId FROM Member)", ["Data"]),
        ("Id NOT IN (SELECT TeamId FROM Member WHERE Name = 'Abe')", ["Sales"]),
        ("Name = 'Data' AND (Id IN (SELECT TeamId FROM Member) AND Budget__c > 1)", ["Data"]),
    ],
)
def test_filters_of_the_rarer_kinds(where: str, names: list[str]) -> None:
    assert shown(f"SELECT Name FROM Team WHERE {where}") == names


def test_a_pattern_of_many_wildcards_costs_little() -> None:
    rows: list[dict[str, Value]] = [{"Name": "a" * 5_000}, {"Name": "ab" * 2_500}]
    texts = Table("Texts", fields(Field("Name")), lambda: rows, "")
    pattern = "%a" * 40 + "%b"
    began = time.process_time()
    answered = run(f"SELECT Name FROM Texts WHERE Name LIKE '{pattern}'", lambda _n: texts, NOW)
    assert total_of(answered) == 1
    assert time.process_time() - began < 2


def test_weeks_of_a_month_are_its_sevens_of_days() -> None:
    days: list[dict[str, Value]] = [{"At": NOW.replace(day=day), "N": day} for day in range(1, 32)]
    march = Table("March", fields(Field("At", "datetime"), Field("N", "int")), lambda: days, "")
    for week, first in enumerate((1, 8, 15, 22, 29), start=1):
        text = f"SELECT N FROM March WHERE WEEK_IN_MONTH(At) = {week} ORDER BY N"
        records = records_of(run(text, lambda _name: march, NOW), 0, 99, "")
        assert [record["N"] for record in records] == [
            day for day in range(first, first + 7) if day <= 31
        ]


def test_labels_stand_under_the_fields_name_or_an_alias() -> None:
    assert shown("SELECT toLabel(Kind) FROM Team", "Kind") == ["Integration", "human"]
    (first, _) = answer("SELECT Kind, toLabel(Kind) shown FROM Team")
    assert (first["Kind"], first["shown"]) == ("int", "Integration")


def test_metadata_is_sent_as_it_is_one_record_at_a_time() -> None:
    assert shown("SELECT Metadata FROM Team WHERE Name = 'Data'", "Metadata") == [
        {"scopes": ["Api"]}
    ]
    assert refusal("SELECT Metadata FROM Team").explanation.endswith("Result size: 2")


def test_children_hang_below_their_parents() -> None:
    text = (
        "SELECT t.Name, (SELECT m.Name, Team.Name FROM t.Members m WHERE m.Name != 'x' "
        "ORDER BY Name LIMIT 1) FROM Team t"
    )
    data, sales = answer(text)
    assert sales["Members"] is None
    assert data["Members"] == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Member", "url": "/x/sobjects/Member/003000000000001AAA"},
                "Name": "Abe",
                "Team": {
                    "attributes": {"type": "Team", "url": "/x/sobjects/Team/00G000000000001AAA"},
                    "Name": "Data",
                },
            }
        ],
    }


def test_a_parent_may_be_named_in_from() -> None:
    assert shown("SELECT m.Name FROM Member m, m.Team t WHERE t.Name = 'data' ORDER BY Name") == [
        "Abe",
        "Bea",
    ]


def test_the_names_of_an_answers_columns() -> None:
    def names(text: str) -> list[str]:
        return names_of(run(text, lambda name: TABLES.get(name.lower()), NOW))

    assert names(
        "SELECT name, team.name, (SELECT Id FROM Members) FROM Member".replace(
            ", (SELECT Id FROM Members)", ""
        )
    ) == ["Name", "Team.Name"]
    assert names("SELECT COUNT(Id), MAX(Name) n FROM Team") == ["expr0", "n"]
    assert names("SELECT COUNT() FROM Team") == []


def test_custom_and_standard_fields_are_told_apart() -> None:
    (custom, _) = answer("SELECT FIELDS(CUSTOM) FROM Team LIMIT 200")
    assert set(custom) == {"attributes", "Budget__c"}
    (standard,) = answer("SELECT FIELDS(STANDARD) FROM Team WHERE Name = 'Data'")
    assert {"Name", "Since"} <= set(standard)
    assert "Budget__c" not in standard


def test_totals_say_which_keys_they_are_over() -> None:
    records = answer(
        "SELECT Kind, GROUPING(Kind) g, COUNT(Id) n FROM Team GROUP BY ROLLUP(Kind) "
        "ORDER BY GROUPING(Kind), Kind"
    )
    assert [(record["Kind"], record["g"], record["n"]) for record in records] == [
        ("human", 0, 1),
        ("int", 0, 1),
        (None, 1, 2),
    ]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (
            "SELECT Id FROM Team WHERE Name INCLUDES ('x')",
            "INVALID_QUERY_FILTER_OPERATOR",
            "string",
        ),
        (
            "SELECT Id FROM Team WHERE Skills LIKE 'x'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid op",
        ),
        ("SELECT Id FROM Team WHERE Id LIKE 'x'", "INVALID_QUERY_FILTER_OPERATOR", "on id field"),
        (
            "SELECT Id FROM Team WHERE IsActive > true",
            "INVALID_QUERY_FILTER_OPERATOR",
            "on boolean",
        ),
        (
            "SELECT Id FROM Team WHERE Name LIKE 5",
            "INVALID_FIELD",
            "must be of type string and sho",
        ),
        (
            "SELECT Id FROM Team WHERE Kind = 5",
            "INVALID_FIELD",
            "must be of type string and should",
        ),
        ("SELECT Id FROM Team WHERE Metadata = null", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM Team WHERE HOUR_IN_DAY(Since) = 1", "INVALID_FIELD", "HOUR_IN_DAY"),
        ("SELECT Id FROM Team WHERE CALENDAR_YEAR(Name) = 1", "INVALID_FIELD", "CALENDAR_YEAR"),
        ("SELECT Id FROM Team ORDER BY Skills", "INVALID_FIELD", "can not be sorted"),
        ("SELECT COUNT(Id) FROM Team GROUP BY Budget__c", "INVALID_FIELD", "can not be grouped"),
        ("SELECT COUNT(IsActive) FROM Team", "MALFORMED_QUERY", "aggregate operator COUNT"),
        ("SELECT COUNT(Counted) FROM Team", "MALFORMED_QUERY", "aggregate operator COUNT"),
        ("SELECT COUNT(Id) FROM Team LIMIT 1", "MALFORMED_QUERY", "cannot also use LIMIT"),
        ("SELECT CALENDAR_YEAR(Since) FROM Team", "MALFORMED_QUERY", "aggregated: Since"),
        (
            "SELECT Kind, COUNT(Id) FROM Team GROUP BY Kind ORDER BY Name",
            "MALFORMED_QUERY",
            "Ordered field must be grouped or aggregated: Name",
        ),
        (
            "SELECT Kind FROM Team GROUP BY Kind HAVING Name = 'x'",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: Name",
        ),
        (
            "SELECT Kind a, COUNT(Id) A FROM Team GROUP BY Kind",
            "MALFORMED_QUERY",
            "duplicate alias",
        ),
        ("SELECT Id FROM Team ORDER BY COUNT(Id)", "MALFORMED_QUERY", "grouped or aggregated"),
        (
            "SELECT Id, (SELECT Id FROM Kids) FROM Team",
            "INVALID_TYPE",
            "relationship 'Kids' in FROM",
        ),
        ("SELECT Id FROM Team OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "allowed is 2000"),
        (
            "SELECT Id FROM Team WHERE Name = 'x' OR Id IN (SELECT TeamId FROM Member)",
            "MALFORMED_QUERY",
            "Semi join sub-selects are not allowed with the 'OR' operator",
        ),
        (
            "SELECT Id FROM Team WHERE (NOT Id IN (SELECT TeamId FROM Member))",
            "MALFORMED_QUERY",
            "only allowed at the top level WHERE",
        ),
        (
            "SELECT Id FROM Team WHERE Id IN (SELECT TeamId FROM Member)"
            + " AND Id IN (SELECT TeamId FROM Member)" * 2,
            "MALFORMED_QUERY",
            "Maximum 2 semi join sub-selects are allowed",
        ),
        (
            "SELECT Id FROM Team WHERE Id IN "
            "(SELECT TeamId FROM Member WHERE TeamId IN (SELECT Id FROM Team))",
            "MALFORMED_QUERY",
            "Nesting of semi join sub-selects is not supported",
        ),
        (
            "SELECT Id FROM Team WHERE Id IN (SELECT Name FROM Member)",
            "MALFORMED_QUERY",
            "semi join sub selects can only query id fields, cannot use: 'Name'",
        ),
        (
            "SELECT Id FROM Team WHERE Name IN (SELECT Id FROM Member)",
            "MALFORMED_QUERY",
            "should be an id field, cannot use: 'Name'",
        ),
        (
            "SELECT Id FROM Team WHERE Id IN (SELECT Id FROM Member)",
            "MALFORMED_QUERY",
            "The selected field 'Id' in the subquery and the left operand field in the where",
        ),
        (
            "SELECT Id FROM Team WHERE Id IN (SELECT Id FROM Team)",
            "MALFORMED_QUERY",
            "The inner and outer selects should not be on the same object type",
        ),
        (
            "SELECT Id FROM Member WHERE Any IN (SELECT UserIdentifier FROM LoginEventLog)",
            "MALFORMED_QUERY",
            "Entity 'LoginEventLog' is not supported for semi join inner selects",
        ),
        (
            "SELECT Id FROM Member WHERE Team.Id IN (SELECT Id FROM Team)",
            "MALFORMED_QUERY",
            "The left operand 'Team.Id' cannot have more than one level of relationships",
        ),
    ],
)
def test_refusals(text: str, code: str, words: str) -> None:
    error = refusal(text)
    assert (error.code, words in error.message(text)) == (code, True), error.message(text)


def test_a_field_without_a_known_parent_joins_with_anything() -> None:
    assert shown("SELECT Name FROM Member WHERE Any IN (SELECT Id FROM Team)") == []


# --- reading no more than is asked for ---


def endless() -> Table:
    def rows() -> object:
        number = 0
        while True:
            number += 1
            assert number < 5_000, "read far beyond the LIMIT"
            yield {"Id": f"00T{number:012d}AAA", "N": number}

    return Table("Endless", fields(Field("Id", "id"), Field("N", "int")), rows, "00T")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("SELECT Id FROM Endless LIMIT 10", 10),
        ("SELECT Id FROM Endless WHERE N > 100 LIMIT 3 OFFSET 7", 3),
        ("SELECT COUNT() FROM Endless LIMIT 40", 40),
    ],
)
def test_a_limit_ends_the_reading(text: str, total: int) -> None:
    assert total_of(run(text, lambda _name: endless(), NOW)) == total


def test_a_count_is_not_cut_at_the_tables_end() -> None:
    rows: list[dict[str, Value]] = [{"N": n} for n in range(30)]
    tokens = Table(
        "OauthToken", fields(Field("N", "int")), lambda: rows, "", max_rows=5, max_offset=None
    )

    def total(text: str) -> int:
        return total_of(run(text, lambda _name: tokens, NOW))

    assert total("SELECT COUNT() FROM OauthToken") == 30
    assert total("SELECT N FROM OauthToken") == 5
    assert total("SELECT N FROM OauthToken LIMIT 2500 OFFSET 2500") == 0
