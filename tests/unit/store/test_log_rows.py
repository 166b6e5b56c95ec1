import io
import json
import sqlite3
from datetime import timedelta

import pytest

from store.events import newest, raw
from store.log_files import disk_file
from store.log_ingest import ingest
from store.records import EventFilter, StoredEvent
from tests.unit.store.elf import DAY, rows_csv

LATE = DAY + timedelta(days=1)
COMMON = {
    "TIMESTAMP": "20260302091407.412",
    "REQUEST_ID": "4u6LyuMrDvb_G-l1cJIQk-",
    "ORGANIZATION_ID": "00DHs000000abcD",
    "USER_ID": "005Hs00000BAlWS",
}


def shown(connection: sqlite3.Connection, fields: dict[str, str]) -> StoredEvent:
    ingest(connection, disk_file("x.csv"), io.BytesIO(rows_csv([COMMON | fields])))
    (event,) = newest(connection, EventFilter(), LATE)
    return event


def is_problem(connection: sqlite3.Connection) -> bool:
    return bool(newest(connection, EventFilter(problems_only=True), LATE))


def test_a_login_shows_the_clients_address_not_salesforces(connection: sqlite3.Connection) -> None:
    event = shown(
        connection,
        {
            "EVENT_TYPE": "Login",
            "CLIENT_IP": "Salesforce.com IP",
            "SOURCE_IP": "203.0.113.58",
            "USER_NAME": "svc.erp@acme.example",
            "BROWSER_TYPE": "Go-http-client/1.1",
            "API_VERSION": "9998.0",
            "LOGIN_STATUS": "LOGIN_NO_ERROR",
            "LOGIN_KEY": "bY5Wfv8t/Ith7WVE",
            "SESSION_KEY": "",
            "URI": "/services/oauth2/token",
        },
    )

    assert (event.source_ip, event.username) == ("203.0.113.58", "svc.erp@acme.example")
    assert (event.user_agent, event.api_version) == ("Go-http-client/1.1", None)
    assert (event.status, event.operation) == ("LOGIN_NO_ERROR", "/services/oauth2/token")
    assert (event.login_key, event.session_key) == ("bY5Wfv8t/Ith7WVE", None)
    assert event.request_id == "4u6LyuMrDvb_G-l1cJIQk-"
    assert not is_problem(connection)


def test_a_soap_call_shows_its_method_and_rows(connection: sqlite3.Connection) -> None:
    event = shown(
        connection,
        {
            "EVENT_TYPE": "API",
            "URI": "Api",
            "METHOD_NAME": "query",
            "CLIENT_NAME": "vendor/integration_app",
            "ENTITY_NAME": "Order",
            "ROWS_PROCESSED": "27",
            "CLIENT_IP": "198.51.100.1",
            "API_TYPE": "P",
        },
    )

    assert (event.operation, event.rows, event.client) == ("query", 27, "vendor/integration_app")
    assert (event.entities, event.source_ip, event.api_type) == ("Order", "198.51.100.1", "P")


@pytest.mark.parametrize(
    ("text", "rows"),
    [("-1", None), ("-1.0", None), ("", None), ("1000364.0", 1_000_364), ("many", None)],
)
def test_a_number_of_rows_that_nobody_knows_is_not_zero(
    connection: sqlite3.Connection, text: str, rows: int | None
) -> None:
    assert shown(connection, {"EVENT_TYPE": "RestApi", "ROWS_PROCESSED": text}).rows == rows


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"EVENT_TYPE": "Login", "LOGIN_STATUS": "LOGIN_OAUTH_NO_CONSUMER"}, True),
        ({"EVENT_TYPE": "Login", "LOGIN_STATUS": "LOGIN_NO_ERROR", "REQUEST_STATUS": "F"}, False),
        ({"EVENT_TYPE": "RestApi", "STATUS_CODE": "500", "REQUEST_STATUS": "S"}, True),
        ({"EVENT_TYPE": "RestApi", "STATUS_CODE": "399"}, False),
        ({"EVENT_TYPE": "RestApi", "STATUS_CODE": "400"}, True),
        ({"EVENT_TYPE": "API", "REQUEST_STATUS": "A"}, True),
        ({"EVENT_TYPE": "API", "REQUEST_STATUS": "R"}, False),
        ({"EVENT_TYPE": "API", "REQUEST_STATUS": ""}, False),
    ],
)
def test_what_counts_as_a_problem(
    connection: sqlite3.Connection, fields: dict[str, str], problem: bool
) -> None:
    shown(connection, fields)

    assert is_problem(connection) is problem


def test_the_whole_row_is_kept_with_outer_quotes_stripped_once(
    connection: sqlite3.Connection,
) -> None:
    fields = {
        "EVENT_TYPE": "ApexCallout",
        "URL": '"https://sts.example/token"',
        "STACK_TRACE": 'line one\nline "two"',
        "COLUMN_TO_COME": "9",
    }

    event = shown(connection, fields)

    assert event.operation == "https://sts.example/token"
    stored = raw(connection, event.key)
    assert stored is not None
    assert stored[0] == event
    assert json.loads(stored[1]) == COMMON | fields | {"URL": "https://sts.example/token"}
