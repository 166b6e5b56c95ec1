"""Answers to queries, over tables made for the purpose."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.objects.tables import BigObjectRules, Field, Table, Value
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import records_of, total_of
from console.simulator.soql.run import run

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)  # a Wednesday
BASE = "/services/data/v66.0"


def table(
    name: str,
    fields: list[Field],
    rows: list[dict[str, Value]],
    parents: Mapping[str, tuple[str, str]] | None = None,
    big_object: BigObjectRules | None = None,
    max_rows: int | None = None,
) -> Table:
    return Table(
        name,
        {field.name: field for field in fields},
        lambda: rows,
        "00X",
        parents or {},
        big_object,
        max_rows=max_rows,
    )


PROFILES = table(
    "Profile",
    [Field("Id", "id"), Field("Name")],
    [{"Id": "00eHs000000AAAAIA0", "Name": "Admin"}],
)
USERS = table(
    "User",
    [
        Field("Id", "id"),
        Field("Name"),
        Field("ProfileId", "reference"),
        Field("IsActive", "boolean"),
    ],
    [
        {
            "Id": "005Hs000000AAAAIA0",
            "Name": "Ann",
            "ProfileId": "00eHs000000AAAAIA0",
            "IsActive": True,
        },
        {"Id": "005Hs000000BBBBIA1", "Name": "Bob", "ProfileId": None, "IsActive": False},
    ],
    {"Profile": ("Profile", "ProfileId")},
)


def login(
    key: str, hours_ago: float, application: str | None, user: str | None
) -> dict[str, Value]:
    return {
        "Id": f"0YaHs00000{key:0>5}AAA",
        "LoginTime": NOW - timedelta(hours=hours_ago),
        "Application": application,
        "LoginType": application,
        "UserId": user,
        "Score": len(key),
        "Body": "ignored",
    }


LOGINS = table(
    "LoginHistory",
    [
        Field("Id", "id"),
        Field("LoginTime", "datetime"),
        Field("Application", filterable=False),
        Field("LoginType"),
        Field("UserId", "reference"),
        Field("Score", "double"),
        Field("Body", "base64", filterable=False, sortable=False, groupable=False),
    ],
    [
        login("1", 1, "Order Sync", "005Hs000000AAAAIA0"),
        login("2", 30, "order sync", "005Hs000000BBBBIA1"),
        login("33", 2, None, None),
        login("4", 200, "Browser 100%", "005Hs000000AAAAIA0"),
    ],
    {"User": ("User", "UserId")},
)
EVENTS = table(
    "LoginEvent",
    [Field("EventDate", "datetime"), Field("EventIdentifier"), Field("Username")],
    [{"EventDate": NOW, "EventIdentifier": "e1", "Username": "ann"}],
    big_object=BigObjectRules(),
)
API_EVENTS = table("ApiEvent", list(EVENTS.fields.values()), [], big_object=BigObjectRules())
TOKENS = table(
    "OauthToken", [Field("AppName")], [{"AppName": str(n)} for n in range(9)], max_rows=4
)
TABLES = {t.name.lower(): t for t in (PROFILES, USERS, LOGINS, EVENTS, API_EVENTS, TOKENS)}


def find(name: str) -> Table | None:
    return TABLES.get(name.lower())


def answer(text: str) -> list[dict[str, object]]:
    result = run(text, find, NOW)
    return records_of(result, 0, 2000, BASE)


def ids(clauses: str) -> list[str]:
    records = answer(f"SELECT Id FROM LoginHistory {clauses}")
    return [str(record["Id"])[10:15].lstrip("0") for record in records]


def refusal(text: str) -> SoqlError:
    with pytest.raises(SoqlError) as caught:
        run(text, find, NOW)
    return caught.value


def test_records_carry_attributes_and_parents_nested() -> None:
    records = answer("select id, user.name, User.Profile.Name, LoginTime, Score FROM loginhistory")
    assert records[0] == {
        "attributes": {
            "type": "LoginHistory",
            "url": "/services/data/v66.0/sobjects/LoginHistory/0YaHs0000000001AAA",
        },
        "Id": "0YaHs0000000001AAA",
        "User": {
            "attributes": {
                "type": "User",
                "url": "/services/data/v66.0/sobjects/User/005Hs000000AAAAIA0",
            },
            "Name": "Ann",
            "Profile": {
                "attributes": {
                    "type": "Profile",
                    "url": "/services/data/v66.0/sobjects/Profile/00eHs000000AAAAIA0",
                },
                "Name": "Admin",
            },
        },
        "LoginTime": "2026-03-11T08:30:00.000+0000",
        "Score": 1.0,
    }
    assert isinstance(records[0]["Score"], float)
    assert records[2]["User"] is None
    user = records[1]["User"]
    assert isinstance(user, dict)
    assert user["Profile"] is None


def test_a_blob_column_shows_where_to_fetch_it() -> None:
    (record,) = answer("SELECT Body FROM LoginHistory LIMIT 1")
    assert record["Body"] == f"{BASE}/sobjects/LoginHistory/0YaHs0000000001AAA/Body"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("WHERE LoginType = 'ORDER SYNC'", ["1", "2"]),
        ("WHERE LoginType != 'Order Sync'", ["33", "4"]),
        ("WHERE LoginType = null", ["33"]),
        ("WHERE LoginType = ''", ["33"]),
        ("WHERE LoginType NOT IN ('order sync', 'x')", ["33", "4"]),
        ("WHERE LoginType LIKE 'order%'", ["1", "2"]),
        (r"WHERE LoginType LIKE '%100\%'", ["4"]),
        (r"WHERE LoginType LIKE '_rowser%'", ["4"]),
        ("WHERE (NOT LoginType LIKE 'order%')", ["33", "4"]),
        ("WHERE LoginTime >= 2026-03-11T07:30:00Z", ["1", "33"]),
        ("WHERE LoginTime > 2026-03-11T07:30:00Z", ["1"]),
        ("WHERE LoginTime = TODAY", ["1", "33"]),
        ("WHERE LoginTime < TODAY", ["2", "4"]),
        ("WHERE LoginTime = YESTERDAY", ["2"]),
        ("WHERE LoginTime = N_DAYS_AGO:2", []),
        ("WHERE LoginTime = LAST_N_DAYS:2", ["1", "2", "33"]),
        ("WHERE LoginTime = THIS_WEEK", ["1", "2", "33"]),
        ("WHERE LoginTime <= LAST_WEEK", ["4"]),
        ("WHERE UserId = '005Hs000000AAAA'", ["1", "4"]),
        ("WHERE UserId = '005Hs000000aaaa'", []),
        ("WHERE User.Name = 'bob' OR User.Profile.Name = 'admin'", ["1", "2", "4"]),
        ("WHERE User.IsActive = false", ["2"]),
        ("WHERE Score > 1.5", ["33"]),
        ("ORDER BY LoginTime", ["4", "2", "33", "1"]),
        ("ORDER BY LoginType DESC, LoginTime ASC", ["33", "2", "1", "4"]),
        ("ORDER BY LoginType NULLS LAST, Id", ["4", "1", "2", "33"]),
        ("ORDER BY LoginTime LIMIT 2 OFFSET 1", ["2", "33"]),
    ],
)
def test_filters_and_order(where: str, expected: list[str]) -> None:
    assert ids(where) == expected


def test_groups_and_aggregates() -> None:
    records = answer(
        "SELECT LoginType kind, COUNT(Id) n, MAX(LoginTime), COUNT_DISTINCT(UserId), SUM(Score) "
        "FROM LoginHistory GROUP BY LoginType ORDER BY COUNT(Id) DESC, LoginType"
    )
    assert records[0] == {
        "attributes": {"type": "AggregateResult"},
        "kind": "Order Sync",
        "n": 2,
        "expr0": "2026-03-11T08:30:00.000+0000",
        "expr1": 2,
        "expr2": 2.0,
    }
    assert [record["kind"] for record in records] == ["Order Sync", None, "Browser 100%"]
    assert answer("SELECT User.Name, COUNT(Id) FROM LoginHistory GROUP BY User.Name")[0][
        "Name"
    ] == ("Ann")
    assert answer("SELECT MAX(Score) FROM LoginHistory WHERE Id = null")[0]["expr0"] is None


def test_counting_gives_a_total_and_no_records() -> None:
    counted = run("SELECT COUNT() FROM LoginHistory WHERE LoginTime = TODAY", find, NOW)
    assert (total_of(counted), records_of(counted, 0, 2000, BASE)) == (2, [])
    assert total_of(run("SELECT COUNT() FROM LoginHistory LIMIT 3", find, NOW)) == 3


def test_a_table_ends_at_its_hard_limit() -> None:
    assert total_of(run("SELECT AppName FROM OauthToken", find, NOW)) == 4
    rest = answer("SELECT AppName FROM OauthToken OFFSET 7")
    assert [record["AppName"] for record in rest] == ["7", "8"]


def test_all_fields_at_once_needs_a_small_limit() -> None:
    (record,) = answer("SELECT FIELDS(ALL) FROM User LIMIT 1")
    assert set(record) == {"attributes", "Id", "Name", "ProfileId", "IsActive"}
    assert refusal("SELECT FIELDS(ALL) FROM User LIMIT 201").explanation == (
        "The SOQL FIELDS function must have a LIMIT of at most 200"
    )


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (
            "SELECT X__c FROM User",
            "INVALID_FIELD",
            "No such column 'X__c' on entity 'User'. If you",
        ),
        ("SELECT Boss.Name FROM User", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
        ("SELECT Profile FROM User", "INVALID_FIELD", "No such column 'Profile'"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
        (
            "SELECT Id FROM LoginHistory WHERE Application = 'x'",
            "INVALID_FIELD",
            "field 'Application' can not be filtered in a query call",
        ),
        ("SELECT Id FROM LoginHistory ORDER BY Body", "INVALID_FIELD", "can not be sorted"),
        ("SELECT COUNT(Id) FROM LoginHistory GROUP BY Body", "INVALID_FIELD", "not be grouped"),
        ("SELECT Id, Id FROM User", "INVALID_FIELD", "duplicate field selected: Id"),
        (
            "SELECT Id FROM LoginHistory WHERE LoginTime > '2026-03-01T00:00:00Z'",
            "INVALID_FIELD",
            "must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM LoginHistory WHERE LoginTime > 2026-03-01",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        (
            "SELECT Id FROM User WHERE Name = 5",
            "INVALID_FIELD",
            "must be of type string and should be enclosed in quotes",
        ),
        ("SELECT Id FROM User WHERE IsActive = 1", "INVALID_FIELD", "must be of type boolean"),
        (
            "SELECT Id FROM User WHERE Id = 'x'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid ID field: x",
        ),
        ("SELECT Id FROM User WHERE Id LIKE 'x%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid oper"),
        (
            "SELECT Name, COUNT(Id) FROM User",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: Name",
        ),
        ("SELECT Name n FROM User", "MALFORMED_QUERY", "only aggregate expressions use field al"),
        (
            "SELECT SUM(Name) FROM User",
            "MALFORMED_QUERY",
            "does not support aggregate operator SUM",
        ),
        ("SELECT COUNT(), Id FROM User", "MALFORMED_QUERY", "must be the only element"),
    ],
)
def test_refusals_in_salesforce_words(text: str, code: str, words: str) -> None:
    error = refusal(text)
    assert error.code == code
    assert words in error.message(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Username FROM LoginEvent",
        "SELECT Username FROM LoginEvent WHERE EventDate >= 2026-03-11T00:00:00Z "
        "AND EventDate < 2026-03-12T00:00:00Z",
        "SELECT Username FROM LoginEvent WHERE EventDate = TODAY",
        "SELECT Username FROM LoginEvent WHERE EventDate = 2026-03-11T09:30:00Z "
        "AND EventIdentifier = 'e1'",
    ],
)
def test_big_objects_answer_their_narrow_grammar(text: str) -> None:
    assert [record["Username"] for record in answer(text)] == ["ann"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Username FROM LoginEvent WHERE Username = 'ann'",
        "SELECT Username FROM LoginEvent WHERE EventIdentifier = 'e1'",
        "SELECT Username FROM LoginEvent WHERE EventDate >= TODAY AND EventIdentifier = 'e1'",
        "SELECT Username FROM LoginEvent WHERE EventDate = TODAY AND EventIdentifier = 'e1'",
        "SELECT Username FROM LoginEvent WHERE EventDate != TODAY",
        "SELECT Username FROM LoginEvent WHERE EventDate = TODAY OR EventDate = YESTERDAY",
        "SELECT Username FROM LoginEvent ORDER BY EventDate DESC",
        "SELECT Username FROM ApiEvent ORDER BY EventDate ASC",
        "SELECT Username FROM ApiEvent ORDER BY EventIdentifier DESC",
        "SELECT COUNT() FROM LoginEvent",
        "SELECT COUNT(Username) FROM LoginEvent",
    ],
)
def test_big_objects_refuse_everything_else(text: str) -> None:
    assert refusal(text).code == "MALFORMED_QUERY"


def test_api_events_may_be_sorted_newest_first() -> None:
    assert answer("SELECT Username FROM ApiEvent ORDER BY EventDate DESC LIMIT 5") == []


NUMBERS = st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30)


@given(NUMBERS, st.integers(-5, 5), st.booleans(), st.booleans())
def test_filters_cut_a_table_in_two_and_order_keeps_every_row(
    values: list[int | None], pivot: int, descending: bool, nulls_last: bool
) -> None:
    rows: list[dict[str, Value]] = [{"Id": f"{n:015d}", "N": v} for n, v in enumerate(values)]
    numbers = table("Numbers", [Field("Id", "id"), Field("N", "int")], rows)

    def chosen(clauses: str) -> list[str]:
        text = f"SELECT Id, N FROM Numbers {clauses}"
        result = run(text, lambda _name: numbers, NOW)
        return [str(record["Id"]) for record in records_of(result, 0, 100, BASE)]

    equal, unequal = chosen(f"WHERE N = {pivot}"), chosen(f"WHERE N != {pivot}")
    assert sorted(equal + unequal) == [str(row["Id"]) for row in rows]
    below, above = chosen(f"WHERE N < {pivot}"), chosen(f"WHERE N >= {pivot}")
    assert len(below) + len(above) == sum(value is not None for value in values)
    direction, nulls = "DESC" if descending else "ASC", "LAST" if nulls_last else "FIRST"
    ordered = [values[int(i)] for i in chosen(f"ORDER BY N {direction} NULLS {nulls}")]
    known = [value for value in ordered if value is not None]
    assert known == sorted((v for v in values if v is not None), reverse=descending)
    blanks = [None] * (len(values) - len(known))
    assert ordered == (known + blanks if nulls_last else blanks + known)
