import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.disk_ingest import ingest_file
from store.errors import UnreadableLog
from store.events import newest, raw
from store.records import EventFilter

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
LATE = datetime(2027, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"the public samples are not at {SAMPLES}"
)


def take(connection: sqlite3.Connection, name: str) -> tuple[str, int]:
    with (SAMPLES / name).open("rb") as body:
        result = ingest_file(connection, name, body)
    assert result.malformed_rows == 0
    return result.file.event_type, result.rows


@pytest.mark.parametrize(
    ("name", "event_type", "rows", "username", "address"),
    [
        ("appomni-elf-API-query.json", "API", 1, None, "198.51.100.1"),
        ("appomni-elf-API-update.json", "API", 1, None, "198.51.100.1"),
        ("appomni-elf-ApexCallout.json", "ApexCallout", 1, None, "198.51.100.1"),
        ("appomni-elf-Login.json", "Login", 1, "john@example.com", "198.51.100.1"),
        ("appomni-elf-Logout.json", "Logout", 1, None, "198.51.100.2"),
        ("appomni-elf-UniqueQuery.json", "UniqueQuery", 1, None, None),
        ("appomni-rtem-ApiEventStream-query.json", "ApiEventStream", 1, ..., ...),
        ("appomni-rtem-ApiEventStream-querymore.json", "ApiEventStream", 1, ..., ...),
        ("appomni-rtem-BulkApiResultEvent.json", "BulkApiResultEvent", 1, ..., ...),
        ("appomni-rtem-LoginEventStream-failure.json", "LoginEventStream", 1, ..., "198.51.100.2"),
        ("appomni-rtem-LoginEventStream-success.json", "LoginEventStream", 1, ..., "198.51.100.1"),
        ("appomni-rtem-LogoutEventStream.json", "LogoutEventStream", 1, "john@example.com", ...),
        ("appomni-rtem-ReportEventStream-export.json", "ReportEventStream", 1, ..., ...),
        ("appomni-setupaudit-add-permission.json", "SetupAuditTrail", 1, "bob@example.com", None),
        ("appomni-setupaudit-create-integration.json", "SetupAuditTrail", 1, ..., None),
        ("azuresentinel-elf-API-2020.csv", "API", 1, None, None),
        ("azuresentinel-elf-ApexUnexpectedException-2020.csv", "ApexUnexpectedException", 1, ..., ...),
        ("azuresentinel-elf-BulkApi-2020.csv", "BulkApi", 1, None, "203.0.113.167"),
        ("azuresentinel-elf-RestApi-2020.csv", "RestApi", 1, None, "203.0.113.67"),
        ("newrelic-elf-ApexCallout.csv", "ApexCallout", 2, None, None),
        ("sfdcassets-LoginEvent-soql.json", "LoginEvent", 1, ..., "Salesforce.com IP"),
    ],
)  # fmt: skip
def test_public_logs_and_events_go_in(
    connection: sqlite3.Connection,
    name: str,
    event_type: str,
    rows: int,
    username: object,
    address: object,
) -> None:
    assert take(connection, name) == (event_type, rows)

    events = newest(connection, EventFilter(), LATE)
    assert len(events) == rows
    for event in events:
        assert event.event_type == event_type
        assert username is ... or event.username == username
        assert address is ... or event.source_ip == address
        assert datetime(2020, 1, 1, tzinfo=UTC) < event.occurred_at < LATE
        stored = raw(connection, event.key)
        assert stored is not None
        assert json.loads(stored[1])


def test_rows_of_eleven_types_in_one_list(connection: sqlite3.Connection) -> None:
    take(connection, "azuresentinel-elf-rows-2020.json")

    rows = json.loads((SAMPLES / "azuresentinel-elf-rows-2020.json").read_text())
    events = newest(connection, EventFilter(), LATE)
    assert sorted(e.event_type for e in events) == sorted(row["EVENT_TYPE"] for row in rows)
    assert [e.status for e in events if e.event_type == "RestApi"] == ["200"]


def test_a_failed_login_is_a_problem(connection: sqlite3.Connection) -> None:
    take(connection, "appomni-rtem-LoginEventStream-failure.json")
    take(connection, "appomni-rtem-LoginEventStream-success.json")
    take(connection, "appomni-elf-Login.json")

    problems = newest(connection, EventFilter(problems_only=True), LATE)

    assert [event.status for event in problems] == ["LOGIN_OAUTH_NO_CONSUMER", "Password Lockout"]


def test_embedded_line_feeds_stay_in_their_value(connection: sqlite3.Connection) -> None:
    take(connection, "azuresentinel-elf-ApexUnexpectedException-2020.csv")

    (event,) = newest(connection, EventFilter(), LATE)
    stored = raw(connection, event.key)
    assert stored is not None
    assert json.loads(stored[1])["STACK_TRACE"].count("\n") == 2


def test_a_header_alone_is_an_empty_log(connection: sqlite3.Connection) -> None:
    assert take(connection, "riyasuri-elf-ApiTotalUsage-header-2025.csv") == ("ApiTotalUsage", 0)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("newrelic-eventlogfile-records.json", "lists log files"),
        ("newrelic-limits.json", "limits"),
        ("README.md", "no TIMESTAMP column"),
    ],
)
def test_what_is_no_log_is_refused_with_the_reason(
    connection: sqlite3.Connection, name: str, says: str
) -> None:
    with pytest.raises(UnreadableLog) as caught:
        take(connection, name)

    assert says in caught.value.meaning
