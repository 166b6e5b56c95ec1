import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta

from store.coverage import hours, hours_of_file, record_hours
from store.records import CoverageHour, CoverageState, IngestResult, LogFile
from tests.unit.store.elf import daily, hourly

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NINE + 10 * HOUR


def row(
    hour: datetime, state: CoverageState = CoverageState.COMPLETE, source: str = "limits"
) -> CoverageHour:
    return CoverageHour(source, hour, state, None, "why", LATER)


def result(file: LogFile, outcome: str = "stored", minutes: float = 90) -> IngestResult:
    first = NINE + timedelta(minutes=30)
    return IngestResult(file, outcome, 5, 0, first, first + timedelta(minutes=minutes))


def test_the_ledger_gives_hours_that_touch_the_span(connection: sqlite3.Connection) -> None:
    record_hours(connection, [row(NINE + n * HOUR) for n in range(4)])

    found = hours(connection, NINE + HOUR, NINE + 2 * HOUR)
    inside = hours(connection, NINE + timedelta(minutes=70), NINE + timedelta(minutes=80))

    assert [hour.hour for hour in found] == [NINE + HOUR, NINE + 2 * HOUR]
    assert [hour.hour for hour in inside] == [NINE + HOUR]


def test_what_is_known_last_of_a_source_and_hour_counts(connection: sqlite3.Connection) -> None:
    record_hours(connection, [row(NINE, CoverageState.PENDING), row(NINE, source="apps")])
    record_hours(connection, [row(NINE + timedelta(minutes=59), CoverageState.PARTIAL)])

    found = hours(connection, NINE - HOUR, NINE + HOUR)

    assert [(hour.source, hour.state) for hour in found] == [
        ("apps", CoverageState.COMPLETE),
        ("limits", CoverageState.PARTIAL),
    ]
    assert found[0] == row(NINE, source="apps")


def test_files_of_the_org_cover_their_hour_or_day() -> None:
    (hour,) = hours_of_file(result(hourly(9)), LATER)
    day = hours_of_file(result(daily()), LATER)

    assert (hour.source, hour.hour, hour.state) == (
        "log:ApiTotalUsage",
        NINE,
        CoverageState.COMPLETE,
    )
    assert [h.hour.hour for h in day] == list(range(24))
    assert hours_of_file(result(hourly(9), outcome="empty"), LATER) == (hour,)


def test_a_file_from_disk_cannot_promise_to_be_whole() -> None:
    from_disk = dataclasses.replace(hourly(9), origin="disk", log_date=None, interval="Unknown")

    found = hours_of_file(result(from_disk), LATER)

    assert [(h.hour, h.state) for h in found] == [
        (NINE, CoverageState.PARTIAL),
        (NINE + HOUR, CoverageState.PARTIAL),
        (NINE + 2 * HOUR, CoverageState.PARTIAL),
    ]


def test_a_file_that_brought_nothing_says_nothing() -> None:
    for outcome in ("already_stored", "superseded"):
        assert hours_of_file(result(hourly(9), outcome=outcome), LATER) == ()
