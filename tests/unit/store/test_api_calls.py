import io
import json
import sqlite3
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from store.events import newest, raw
from store.log_files import disk_file
from store.log_ingest import ingest
from store.records import EventFilter, StoredEvent
from tests.unit.store.elf import DAY, Call, rows_csv
from tests.unit.store.fresh import fresh_store

NINE = DAY + timedelta(hours=9)
LATE = DAY + timedelta(days=1)
texts = st.text(st.characters(exclude_characters='\0\r"', exclude_categories=["Cs"]), max_size=12)
odd_times = st.sampled_from(
    [
        {"TIMESTAMP": "20260302091407.13"},
        {"TIMESTAMP": "20260302091407"},
        {"TIMESTAMP_DERIVED": "2026-03-02T09:14:07.999Z"},
        {"TIMESTAMP_DERIVED": ""},
        {"TIMESTAMP": ""},
        {},
    ]
)
statuses = st.sampled_from(["200", "404", "", "200.0", "007", "-1", "teapot"])
flags = st.sampled_from(["1", "0", "true", "FALSE", "", "maybe"])


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    fields = Call(NINE + timedelta(milliseconds=draw(st.integers(0, 3_599_999)))).fields()
    for name in ("CLIENT_NAME", "ENTITY_NAME", "USER_NAME", "REQUEST_ID", "API_RESOURCE"):
        fields[name] = draw(texts)
    fields["STATUS_CODE"] = draw(statuses)
    fields["COUNTS_AGAINST_API_LIMIT"] = draw(flags)
    fields["API_CLIENT_CATEGORY"] = draw(st.sampled_from(["EXTERNAL_APPLICATION", ""]))
    fields["A_COLUMN_TO_COME"] = draw(texts)
    return fields | draw(odd_times)


def take(connection: sqlite3.Connection, found: list[dict[str, str]]) -> list[StoredEvent]:
    ingest(connection, disk_file("calls.csv"), io.BytesIO(rows_csv(found)))
    return list(newest(connection, EventFilter(), LATE, limit=1000))


@given(st.lists(rows(), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_row_comes_back_as_it_was_in_the_file(found: list[dict[str, str]]) -> None:
    with fresh_store() as connection:
        events = take(connection, found)
        stored = [raw(connection, event.key) for event in events]

    back = [json.loads(item[1]) for item in stored if item is not None]
    assert sorted(map(str, back)) == sorted(map(str, found))
    assert all(list(row) == list(found[0]) for row in back)


@given(
    st.lists(rows(), min_size=2, max_size=8), st.sampled_from(["TIMESTAMP_DERIVED", "TIMESTAMP"])
)
@settings(max_examples=30, deadline=None)
def test_a_file_without_one_of_the_time_columns_comes_back_too(
    found: list[dict[str, str]], missing: str
) -> None:
    kept = [{name: text for name, text in row.items() if name != missing} for row in found]
    other = "TIMESTAMP" if missing == "TIMESTAMP_DERIVED" else "TIMESTAMP_DERIVED"
    kept = [row for row in kept if row[other]]
    if not kept:
        return
    with fresh_store() as connection:
        stored = [raw(connection, event.key) for event in take(connection, kept)]

    assert sorted(item[1] for item in stored if item) == sorted(
        json.dumps(row, ensure_ascii=False) for row in kept
    )


def test_what_a_call_shows(connection: sqlite3.Connection) -> None:
    fields = Call(NINE, resource="/v62.0/sobjects/Order/801Hs000001abcE", status="404").fields()

    (event,) = take(connection, [fields])

    assert event.key.startswith("a")
    assert (event.source, event.event_type, event.channel) == ("log", "ApiTotalUsage", None)
    assert event.occurred_at == NINE
    assert (event.username, event.app_name) == ("erp@acme.example", "ERP")
    assert (event.api_type, event.api_version, event.status) == ("REST", "62.0", "404")
    assert event.operation == "/v62.0/sobjects/Order/801Hs000001abcE"
    assert (event.entities, event.source_ip) == ("Order", "203.0.113.20")
    assert (event.client, event.rows, event.user_agent) == (None, None, None)


def test_a_version_that_salesforce_does_not_know_is_not_known(
    connection: sqlite3.Connection,
) -> None:
    (event,) = take(connection, [Call(NINE, version="9998.0").fields()])

    assert event.api_version is None
    stored = raw(connection, event.key)
    assert stored is not None
    assert json.loads(stored[1])["API_VERSION"] == "9998.0"


def test_rows_of_another_org_in_one_file_keep_their_org(connection: sqlite3.Connection) -> None:
    rows_of_two = [Call(NINE).fields(), Call(NINE).fields() | {"ORGANIZATION_ID": "00DOther"}]

    events = take(connection, rows_of_two)

    stored = [raw(connection, event.key) for event in events]
    orgs = {json.loads(item[1])["ORGANIZATION_ID"] for item in stored if item}
    assert orgs == {"00DHs000000abcD", "00DOther"}


def test_unknown_keys_have_no_record(connection: sqlite3.Connection) -> None:
    for key in ("", "a", "a1", "s1", "l99", "x1", "a-1", "a1; DROP TABLE", "a" + "9" * 40, "a²"):
        assert raw(connection, key) is None
