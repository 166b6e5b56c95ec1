"""What may be asked of event log objects and of the big objects that store events."""

from datetime import UTC, datetime, timedelta

import pytest

from console.simulator.objects.tables import (
    BigObjectRules,
    EventLogObjectRules,
    Field,
    Row,
    Table,
    TimeSlices,
)
from console.simulator.soql.errors import SoqlError
from console.simulator.soql.records import records_of
from console.simulator.soql.run import run

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def fields(*each: Field) -> dict[str, Field]:
    return {field.name: field for field in each}


LOGS = Table(
    "LoginEventLog",
    fields(Field("Timestamp", "datetime"), Field("UserName"), Field("UserIdentifier", "reference")),
    lambda: [
        {"Timestamp": NOW - n * DAY, "UserName": f"u{n}", "UserIdentifier": None} for n in range(40)
    ],
    "",
    event_log_object=EventLogObjectRules(error_code="INVALID_QUERY"),
)
READ_SPANS: list[tuple[datetime | None, datetime | None]] = []


def stored_events(since: datetime | None, until: datetime | None) -> list[Row]:
    READ_SPANS.append((since, until))
    return [
        {"EventDate": NOW - n * DAY, "EventIdentifier": f"e{n}", "Username": "ann"}
        for n in range(5)
    ]


EVENTS = Table(
    "ApiEvent",
    fields(Field("EventDate", "datetime"), Field("EventIdentifier"), Field("Username")),
    lambda: stored_events(None, None),
    "",
    big_object=BigObjectRules(error_code="UNKNOWN"),
    slices=TimeSlices("EventDate", stored_events),
)
TABLES = {table.name.lower(): table for table in (LOGS, EVENTS)}


def shown(text: str, column: str) -> list[object]:
    answer = run(text, lambda name: TABLES.get(name.lower()), NOW)
    return [record[column] for record in records_of(answer, 0, 2000, "/x")]


def refusal(text: str) -> SoqlError:
    with pytest.raises(SoqlError) as caught:
        shown(text, "")
    return caught.value


# --- event log objects ---


def days(clauses: str) -> list[object]:
    return shown(f"SELECT UserName FROM LoginEventLog {clauses}", "UserName")


def test_an_event_log_object_tells_of_fifteen_days() -> None:
    latest = [f"u{n}" for n in range(16)]
    assert days("") == latest
    assert days("WHERE Timestamp <= 2026-03-11T09:30:00Z") == latest[:15]
    assert days("WHERE Timestamp >= 2026-02-01T00:00:00Z") == [f"u{n}" for n in range(24, 39)]
    assert days("WHERE Timestamp > 2026-03-05T00:00:00Z AND Timestamp < TODAY") == latest[1:7]
    earlier = "WHERE Timestamp < 2026-03-05T00:00:00Z AND Timestamp < TODAY"
    assert days(earlier) == [f"u{n}" for n in range(7, 22)]
    assert days("WHERE UserName = 'u20'") == []
    assert days("WHERE DAY_ONLY(Timestamp) = YESTERDAY") == ["u1"]
    assert shown("SELECT COUNT(UserName) n FROM LoginEventLog", "n") == [16]


@pytest.mark.parametrize(
    "clauses",
    [
        "WHERE Timestamp > 2026-01-01T00:00:00Z AND Timestamp < 2026-03-01T00:00:00Z",
        "WHERE Timestamp = LAST_N_DAYS:30",
        "WHERE Timestamp != TODAY",
        "WHERE Timestamp > 2026-03-01T00:00:00Z AND Timestamp < TODAY AND (NOT Timestamp = TODAY)",
        "WHERE CALENDAR_YEAR(Timestamp) = 2026",
        "WHERE UserIdentifier.Name = 'x'",
        "ORDER BY Owner.Name",
        "OFFSET 5",
        "GROUP BY UserName HAVING COUNT(UserName) > 1",
    ],
)
def test_what_an_event_log_object_does_not_do(clauses: str) -> None:
    assert refusal(f"SELECT UserName FROM LoginEventLog {clauses}").code == "INVALID_QUERY"


# --- big objects ---


def test_a_time_filter_reads_only_its_own_span() -> None:
    READ_SPANS.clear()
    text = "SELECT Username FROM ApiEvent WHERE EventDate >= 2026-03-10T00:00:00Z"
    assert shown(f"{text} AND EventDate < TODAY", "Username") == ["ann"]
    shown("SELECT Username FROM ApiEvent", "Username")
    tuesday = datetime(2026, 3, 10, tzinfo=UTC)
    assert [(tuesday, tuesday + DAY), (None, None)] == READ_SPANS


def test_and_may_be_in_parentheses_on_a_big_object() -> None:
    text = "SELECT EventIdentifier FROM ApiEvent WHERE EventDate >= 2026-03-11T00:00:00Z"
    assert shown(
        f"{text} AND (EventDate > YESTERDAY AND EventDate <= TODAY)", "EventIdentifier"
    ) == ["e0"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Username FROM ApiEvent WHERE DAY_ONLY(EventDate) = TODAY",
        "SELECT toLabel(Username) FROM ApiEvent",
        "SELECT Username, (SELECT Id FROM Members) FROM ApiEvent",
        "SELECT Username FROM ApiEvent OFFSET 1",
        "SELECT Username FROM ApiEvent GROUP BY Username",
        "SELECT Username FROM ApiEvent WHERE EventDate NOT IN (TODAY)",
        "SELECT Username FROM ApiEvent WHERE (NOT EventDate = TODAY)",
        "SELECT Username FROM ApiEvent WHERE EventIdentifier IN (SELECT Id FROM Team)",
    ],
)
def test_the_code_of_a_big_objects_refusal_can_be_chosen(text: str) -> None:
    assert refusal(text).code == "UNKNOWN"
