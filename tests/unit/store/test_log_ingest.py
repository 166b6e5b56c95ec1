import dataclasses
import gzip
import io
import sqlite3
from datetime import timedelta

import pytest

from store.console_state import record_identity
from store.errors import LogOfAnotherOrg, UnreadableLog
from store.log_files import disk_file, files, is_stored, malformed_rows
from store.log_ingest import ingest
from store.log_sink import MALFORMED_KEPT
from store.records import IngestResult, LogFile, OrgIdentity
from store.usage import logs_until, usage
from tests.unit.store.elf import (
    API_COLUMNS,
    DAY,
    ORG_ID,
    Call,
    csv_bytes,
    daily,
    hourly,
    rows_csv,
    usage_csv,
)

NEXT_DAY = DAY + timedelta(days=1)
NINE = DAY + timedelta(hours=9)


def calls_at(hour: int, count: int, user: str = "erp") -> list[Call]:
    start = DAY + timedelta(hours=hour)
    return [Call(start + timedelta(seconds=n + 1), user=user) for n in range(count)]


def take(connection: sqlite3.Connection, file: LogFile, body: bytes) -> IngestResult:
    return ingest(connection, file, io.BytesIO(body))


def total(connection: sqlite3.Connection) -> int:
    """Calls by the sums, after making sure that the rows say the same."""
    counted = sum(row.calls for row in usage(connection, DAY, NEXT_DAY))
    rows = connection.execute("SELECT COUNT(*) FROM api_call").fetchone()[0]
    facets = connection.execute(
        "SELECT SUM(calls) FROM usage_facet_hour WHERE dimension = 0"
    ).fetchone()[0]
    assert counted == rows == (facets or 0)
    return counted


def states(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(file.interval, state) for file, _, state in files(connection, DAY, NEXT_DAY)]


def test_a_file_is_stored_with_its_span(connection: sqlite3.Connection) -> None:
    result = take(connection, hourly(9), usage_csv(calls_at(9, 3)))

    assert (result.outcome, result.rows, result.malformed_rows) == ("stored", 3, 0)
    assert (result.first_at, result.last_at) == (
        NINE + timedelta(seconds=1),
        NINE + timedelta(seconds=3),
    )
    assert total(connection) == 3
    assert is_stored(connection, hourly(9))
    assert not is_stored(connection, hourly(9, sequence=2))
    assert not is_stored(connection, hourly(9, created_h=1))


def test_compressed_content_is_the_same_content(connection: sqlite3.Connection) -> None:
    body = usage_csv(calls_at(9, 3))

    assert take(connection, hourly(9), gzip.compress(body)).outcome == "stored"
    assert take(connection, disk_file("copy.csv"), body).outcome == "already_stored"
    assert total(connection) == 3


def test_a_file_from_disk_that_the_org_delivers_later_becomes_the_orgs(
    connection: sqlite3.Connection,
) -> None:
    body = usage_csv(calls_at(9, 3))
    take(connection, disk_file("renamed.csv"), body)

    again = take(connection, hourly(9), body)

    assert (again.outcome, again.rows) == ("already_stored", 3)
    assert is_stored(connection, hourly(9))
    assert total(connection) == 3
    # It is replaced like any hourly file of the org from now on.
    take(connection, daily(), usage_csv(calls_at(9, 4)))
    assert total(connection) == 4


def test_further_sequences_of_an_hour_add_up(connection: sqlite3.Connection) -> None:
    take(connection, hourly(9), usage_csv(calls_at(9, 3)))
    take(connection, hourly(9, sequence=2), usage_csv(calls_at(9, 2, user="late")))

    assert total(connection) == 5


def test_a_file_made_again_replaces_the_one_before(connection: sqlite3.Connection) -> None:
    take(connection, daily(), usage_csv(calls_at(9, 3)))

    result = take(connection, daily(created_h=5), usage_csv(calls_at(9, 3) + calls_at(10, 2)))

    assert result.outcome == "stored"
    assert total(connection) == 5
    assert states(connection) == [("Daily", "superseded"), ("Daily", "stored")]


def test_a_version_older_than_the_stored_one_is_not_stored(connection: sqlite3.Connection) -> None:
    take(connection, daily(created_h=5), usage_csv(calls_at(9, 5)))

    result = take(connection, daily(), usage_csv(calls_at(9, 3)))

    assert result.outcome == "superseded"
    assert total(connection) == 5
    assert is_stored(connection, daily())


def test_the_daily_file_takes_the_place_of_the_hourly_ones(connection: sqlite3.Connection) -> None:
    take(connection, hourly(0), usage_csv(calls_at(0, 3)))
    take(connection, hourly(23), usage_csv(calls_at(23, 4)))
    other_day = hourly(0, day=NEXT_DAY)
    take(connection, other_day, usage_csv([Call(NEXT_DAY + timedelta(minutes=5))]))
    take(connection, hourly(5, event_type="Login"), login_csv())

    take(connection, daily(), usage_csv(calls_at(0, 3) + calls_at(23, 5)))

    assert sum(row.calls for row in usage(connection, DAY, NEXT_DAY)) == 8
    assert sum(row.calls for row in usage(connection, NEXT_DAY, NEXT_DAY + timedelta(days=1))) == 1
    assert connection.execute("SELECT COUNT(*) FROM log_row").fetchone() == (1,)
    assert states(connection) == [
        ("Daily", "stored"),
        ("Hourly", "superseded"),
        ("Hourly", "stored"),
        ("Hourly", "superseded"),
    ]


def test_an_hourly_file_behind_its_daily_is_not_even_read(connection: sqlite3.Connection) -> None:
    take(connection, daily(), usage_csv(calls_at(9, 3)))
    body = io.BytesIO(usage_csv(calls_at(9, 1, user="late")))

    result = ingest(connection, hourly(9, sequence=3), body)

    assert (result.outcome, result.rows) == ("superseded", 0)
    assert body.tell() == 0
    assert total(connection) == 3
    assert is_stored(connection, hourly(9, sequence=3))
    assert is_stored(connection, hourly(9, sequence=4)), "whatever comes for that day is needless"
    assert not is_stored(connection, hourly(9, day=NEXT_DAY))


def test_a_day_with_all_calls_in_one_hour_still_becomes_daily(
    connection: sqlite3.Connection,
) -> None:
    body = usage_csv(calls_at(9, 3))
    take(connection, hourly(9), body)

    assert take(connection, daily(), body).outcome == "stored"
    assert total(connection) == 3
    assert is_stored(connection, hourly(9, sequence=2))


def test_a_copy_on_disk_of_a_superseded_hour_is_not_counted_again(
    connection: sqlite3.Connection,
) -> None:
    hour = usage_csv(calls_at(9, 3))
    take(connection, hourly(9), hour)
    take(connection, daily(), usage_csv(calls_at(9, 4)))

    assert take(connection, disk_file("old copy.csv"), hour).outcome == "superseded"
    assert total(connection) == 4


@pytest.mark.parametrize("day_first", [True, False])
def test_a_folder_with_hours_and_their_day_counts_every_call_once(
    connection: sqlite3.Connection, day_first: bool
) -> None:
    hours = [usage_csv(calls_at(hour, 3)) for hour in (8, 9)]
    day = usage_csv([*calls_at(8, 3), *calls_at(9, 4)])
    parts = [("day.csv", day), *((f"{n}.csv", body) for n, body in enumerate(hours))]

    outcomes = [
        take(connection, disk_file(name), body).outcome
        for name, body in (parts if day_first else reversed(parts))
    ]

    assert total(connection) == 7
    assert outcomes == (
        ["stored", "already_stored", "already_stored"] if day_first else ["stored"] * 3
    )


def test_an_hour_of_the_org_that_a_file_from_disk_holds_is_not_counted_again(
    connection: sqlite3.Connection,
) -> None:
    take(connection, disk_file("archive.csv"), usage_csv(calls_at(9, 5) + calls_at(10, 5)))

    assert take(connection, hourly(9), usage_csv(calls_at(9, 5))).outcome == "stored"
    assert is_stored(connection, hourly(9))
    assert total(connection) == 10
    assert take(connection, hourly(10), usage_csv(calls_at(10, 6))).outcome == "stored"
    assert total(connection) == 11
    assert take(connection, daily(), usage_csv(calls_at(9, 7) + calls_at(10, 7))).rows == 14
    assert total(connection) == 14
    assert logs_until(connection, DAY + timedelta(days=3)) == NEXT_DAY


def test_logins_in_hours_and_their_day_are_kept_once(connection: sqlite3.Connection) -> None:
    rows = [
        {"EVENT_TYPE": "Login", "TIMESTAMP": f"2026030209{n:02d}00.000", "REQUEST_ID": str(n)}
        for n in range(5)
    ]
    take(connection, disk_file("hour.csv"), rows_csv(rows[:3]))
    take(connection, disk_file("day.csv"), rows_csv(rows))
    take(connection, disk_file("late.csv"), rows_csv(rows[4:]))

    assert connection.execute("SELECT COUNT(*) FROM log_row").fetchone() == (5,)


def test_files_of_different_rows_in_one_hour_stay_apart(connection: sqlite3.Connection) -> None:
    take(connection, disk_file("one.csv"), usage_csv(calls_at(9, 3, user="a")))
    take(connection, disk_file("two.csv"), usage_csv(calls_at(9, 2, user="b")))

    assert total(connection) == 5


def test_the_same_content_under_another_sequence_is_a_retransmission(
    connection: sqlite3.Connection,
) -> None:
    body = usage_csv(calls_at(9, 3))
    take(connection, hourly(9), body)

    assert take(connection, hourly(9, sequence=2), body).outcome == "already_stored"
    assert is_stored(connection, hourly(9, sequence=2))
    assert total(connection) == 3


def test_a_header_alone_is_empty_and_says_nothing_of_other_empty_files(
    connection: sqlite3.Connection,
) -> None:
    header = csv_bytes(API_COLUMNS, [])

    assert take(connection, hourly(3), header).outcome == "empty"
    assert take(connection, hourly(4), header).outcome == "empty"
    assert is_stored(connection, hourly(3))
    assert logs_until(connection, NEXT_DAY) == DAY + timedelta(hours=5)


def test_the_type_is_read_from_the_rows_else_from_the_name(connection: sqlite3.Connection) -> None:
    rows = [{"TIMESTAMP": "20260302091407.412", "QUERY_TYPE": "FKJOIN"}]

    named = take(connection, disk_file("2026-03-02_uniquequery_1.csv"), rows_csv(rows))
    unnamed = take(connection, disk_file("x.csv"), rows_csv([{**rows[0], "QUERY_TYPE": "Y"}]))
    stated = take(connection, disk_file("RestApi.csv"), login_csv())

    types = [result.file.event_type for result in (named, unnamed, stated)]
    assert types == ["UniqueQuery", "Unknown", "Login"]


def test_rows_without_a_time_are_kept_aside_and_the_rest_goes_on(
    connection: sqlite3.Connection,
) -> None:
    good, bad = Call(NINE).fields(), Call(NINE).fields()
    bad |= {"TIMESTAMP": "yesterday", "TIMESTAMP_DERIVED": ""}
    derived_only = Call(NINE).fields() | {"TIMESTAMP": ""}

    result = take(connection, hourly(9), rows_csv([good, bad, derived_only]))

    assert (result.rows, result.malformed_rows) == (2, 1)
    assert total(connection) == 2
    (kept,) = malformed_rows(connection)
    assert (kept.line, kept.file_name) == (3, hourly(9).name)
    assert "TIMESTAMP" in kept.reason
    assert "yesterday" in kept.text


def test_only_so_many_broken_rows_are_kept_but_all_are_counted(
    connection: sqlite3.Connection,
) -> None:
    body = usage_csv([Call(NINE)]) + b'"x"\n' * (MALFORMED_KEPT + 500)

    result = take(connection, hourly(9), body)

    assert (result.rows, result.malformed_rows) == (1, MALFORMED_KEPT + 500)
    assert len(malformed_rows(connection, limit=10_000)) == MALFORMED_KEPT


def test_a_refused_file_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    broken = gzip.compress(usage_csv(calls_at(9, 5_000)))[:-20]

    with pytest.raises(UnreadableLog):
        take(connection, hourly(9), broken)

    assert total(connection) == 0
    assert not is_stored(connection, hourly(9))
    assert files(connection, DAY, NEXT_DAY) == ()
    assert not connection.in_transaction
    assert take(connection, hourly(9), usage_csv(calls_at(9, 2))).outcome == "stored"


def test_a_log_of_another_org_is_refused(connection: sqlite3.Connection) -> None:
    record_identity(connection, OrgIdentity("acme", "00D99000000abcDEAO", "Acme", None, None, None))

    with pytest.raises(LogOfAnotherOrg) as caught:
        take(connection, disk_file("foreign.csv"), usage_csv([Call(NINE)]))

    assert "foreign.csv" in caught.value.meaning
    assert total(connection) == 0


def test_a_log_of_the_same_org_in_the_longer_form_is_welcome(
    connection: sqlite3.Connection,
) -> None:
    record_identity(connection, OrgIdentity("acme", ORG_ID + "EAO", "Acme", None, None, None))

    assert take(connection, hourly(9), usage_csv([Call(NINE)])).outcome == "stored"


def test_one_file_may_hold_several_types(connection: sqlite3.Connection) -> None:
    login = dict.fromkeys(API_COLUMNS, "") | {
        "EVENT_TYPE": "Login",
        "TIMESTAMP": "20260302091500.000",
    }
    body = rows_csv([Call(NINE).fields(), login, Call(NINE, user="other").fields()])

    result = take(connection, disk_file("mixed.csv"), body)

    assert (result.rows, result.file.event_type) == (3, "ApiTotalUsage")
    assert total(connection) == 2
    assert connection.execute("SELECT event_type FROM log_row").fetchall() == [("Login",)]


def test_logs_reach_as_far_as_the_newest_file_covers(connection: sqlite3.Connection) -> None:
    assert logs_until(connection, NEXT_DAY) is None
    take(connection, disk_file("a.csv"), usage_csv([Call(NINE + timedelta(minutes=5))]))
    assert logs_until(connection, NEXT_DAY) == NINE + timedelta(minutes=5)
    take(connection, hourly(9), usage_csv([Call(NINE)]))
    assert logs_until(connection, NEXT_DAY) == NINE + timedelta(hours=1)
    assert logs_until(connection, NINE + timedelta(minutes=30)) == NINE + timedelta(minutes=30)
    take(connection, daily(), usage_csv([Call(NINE)]))
    assert logs_until(connection, NEXT_DAY + timedelta(days=3)) == NEXT_DAY


def test_files_are_listed_by_the_span_of_their_rows(connection: sqlite3.Connection) -> None:
    take(connection, hourly(9), usage_csv(calls_at(9, 3)))
    take(connection, hourly(12), usage_csv(calls_at(12, 2)))

    listed = files(connection, NINE - timedelta(hours=1), NINE + timedelta(hours=1))

    assert [(file.log_date, rows, state) for file, rows, state in listed] == [(NINE, 3, "stored")]
    assert listed[0][0] == dataclasses.replace(hourly(9), length_bytes=listed[0][0].length_bytes)


def login_csv() -> bytes:
    return rows_csv(
        [
            {
                "EVENT_TYPE": "Login",
                "TIMESTAMP": "20260302091407.412",
                "ORGANIZATION_ID": ORG_ID,
                "LOGIN_STATUS": "LOGIN_NO_ERROR",
            }
        ]
    )
