"""Whatever is odd about log files, no row is lost, and what is said of a file is what it holds."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.dice import mixed
from console.simulator.logs.csv_file import Columns, csv_line
from console.simulator.logs.files import LogFiles, SimLogFile
from console.simulator.logs.quirks import EVERY_QUIRK, NO_QUIRKS, LogQuirks
from console.simulator.logs.rows import Rows
from console.simulator.moments import DAY_MIN, DAY_MS, iso_ms

OPENED = datetime(2026, 3, 2, tzinfo=UTC)
FIRST_DAY = int(OPENED.timestamp()) // 86_400
DAYS = 3
NOW = OPENED + timedelta(days=DAYS, hours=90)
"""When everything that can come late has come."""


class Ticks:
    """An event type with ``a_minute`` rows in each minute but those of a quiet hour, each row
    unlike all others."""

    columns = Columns(("EVENT_TYPE", "TIMESTAMP_DERIVED", "NOTE"))

    def __init__(self, a_minute: int, quiet_hour: int = 3) -> None:
        self.event_type = f"Ticks{a_minute}"
        self._a_minute = a_minute
        self._quiet_hour = quiet_hour

    def rows(self, minute: int) -> Rows:
        count = 0 if minute // 60 % 24 == self._quiet_hour else self._a_minute
        numbers = [mixed(minute * self._a_minute, n) for n in range(count)]
        moments = [minute * 60_000 + 1 + n * 60_000 // (count or 1) for n in range(count)]
        lines = [
            csv_line((self.event_type, iso_ms(at_ms), f'{n}: "ü"\n{number}'))
            for n, (at_ms, number) in enumerate(zip(moments, numbers, strict=True))
        ]
        return Rows(numbers, lines)

    def of_day(self, day: int) -> list[str]:
        minutes = range(day * DAY_MIN, (day + 1) * DAY_MIN)
        return [line for minute in minutes for line in self.rows(minute).lines]


def files_with(quirks: LogQuirks, *types: Ticks) -> LogFiles:
    since_ms = FIRST_DAY * DAY_MS
    return LogFiles(types, lambda: 0, since_ms, since_ms, quirks)


def lines(files: LogFiles, file: SimLogFile) -> list[str]:
    """The lines of a file without its header; each row of Ticks has two."""
    body = b"".join(files.body(file))
    assert len(body) == files.size(file).length_bytes
    if not body:
        return []
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert rows[0] == list(Ticks.columns.names)
    assert len(rows) - 1 == files.size(file).rows
    return [csv_line(row) for row in rows[1:]]


QUIRKS = st.builds(
    LogQuirks,
    late_hours=st.integers(0, 3),
    remade_days=st.integers(0, 2),
    held_files=st.integers(0, 4),
    repeats=st.integers(0, 3),
    shuffled=st.booleans(),
)


@settings(max_examples=6, deadline=None)
@given(quirks=QUIRKS, day=st.integers(0, DAYS - 1))
def test_a_days_hourly_files_are_its_daily_file_and_that_is_what_happened(
    quirks: LogQuirks, day: int
) -> None:
    ticks = Ticks(3)
    files = files_with(quirks, ticks)
    date = (OPENED + timedelta(days=day)).date()
    of_day = [file for file in files.existing(NOW) if file.log_date.date() == date]
    daily = [file for file in of_day if file.interval == "Daily"]
    hourly = [file for file in of_day if file.interval == "Hourly"]
    happened = Counter(ticks.of_day(FIRST_DAY + day))
    assert [Counter(lines(files, file)) for file in daily] == [happened]
    told = sum((Counter(lines(files, file)) for file in hourly), Counter())
    assert set(told) == set(happened)
    assert sum(told.values()) - sum(happened.values()) == sum(
        files.size(file).duplicates for file in hourly
    )
    for hour in {file.log_date for file in hourly}:
        sequences = sorted(file.sequence for file in hourly if file.log_date == hour)
        assert sequences == list(range(1, len(sequences) + 1))


def test_a_daily_file_is_made_again_when_stragglers_come_and_replaces_the_first() -> None:
    ticks = Ticks(5)
    files = files_with(LogQuirks(remade_days=1), ticks)
    first_seen = OPENED + timedelta(days=1, hours=6)
    (first,) = [file for file in files.existing(first_seen) if file.interval == "Daily"]
    (again,) = [
        file for file in files.existing(NOW) if file.interval == "Daily" and file.log_date == OPENED
    ]
    assert again.file_id != first.file_id
    assert first.created_at + timedelta(hours=3) < again.created_at
    assert (first.sequence, again.sequence) == (0, 0)
    assert again.created_at < OPENED + timedelta(days=4)
    missing = Counter(lines(files, again)) - Counter(lines(files, first))
    stragglers = [f for f in files.existing(NOW) if f.log_date.date() == OPENED.date()]
    late = [file for file in stragglers if file.parts == (2,)]
    assert len(late) == 1
    assert missing
    assert missing == Counter(lines(files, late[0]))
    assert first.created_at < late[0].created_at <= again.created_at
    assert files.find(first.file_id, NOW) is None


def test_without_quirks_each_hour_with_rows_has_one_file_in_time() -> None:
    files = files_with(NO_QUIRKS, Ticks(2))
    found = files.existing(NOW)
    hourly = Counter(file.log_date for file in found if file.interval == "Hourly")
    assert set(hourly.values()) == {1}
    assert {moment.hour for moment in hourly} == set(range(24)) - {3}
    for file in found:
        assert timedelta(hours=3) <= file.created_at - file.log_date - file.covers
        assert file.created_at - file.log_date - file.covers <= timedelta(hours=6)


def test_gaps_leave_an_hour_to_the_daily_file_and_empty_files_hold_no_byte() -> None:
    ticks = Ticks(2)
    files = files_with(LogQuirks(gaps=4, empty_files=1), ticks)
    found = files.existing(NOW)
    hours = {file.log_date for file in found if file.interval == "Hourly"}
    everyone = {OPENED + timedelta(hours=n) for n in range(24 * DAYS)}
    assert everyone - hours
    empty = [file for file in found if file.is_empty]
    assert empty
    assert {file.log_date.hour for file in empty} == {3}
    assert all(b"".join(files.body(file)) == b"" for file in empty)
    assert {files.size(file).length_bytes for file in empty} == {0}
    (daily,) = [f for f in found if f.interval == "Daily" and f.log_date == OPENED]
    assert Counter(lines(files, daily)) == Counter(ticks.of_day(FIRST_DAY))


def test_files_listed_twice_are_equal_but_for_their_ids() -> None:
    files = files_with(LogQuirks(listed_twice=1), Ticks(1))
    listed = [f for f in files.existing(NOW) if f.interval == "Daily" and f.log_date == OPENED]
    assert len({file.file_id for file in listed}) == len(listed) == 2
    assert lines(files, listed[0]) == lines(files, listed[1])


def test_every_quirk_at_once_still_tells_the_truth_about_each_file() -> None:
    files = files_with(EVERY_QUIRK, Ticks(1), Ticks(2))
    for file in files.existing(NOW):
        if file.log_date < OPENED + timedelta(days=1):
            lines(files, file)


def test_a_file_that_grows_is_longer_by_its_last_row() -> None:
    files = files_with(NO_QUIRKS, Ticks(2))
    file = files.existing(NOW)[0]
    before, size = lines(files, file), files.size(file)
    assert files.change(file.file_id[:15], "grown", NOW) == file
    assert lines(files, file) == [*before, before[-1]]
    assert (files.size(file).rows, files.size(file).duplicates) == (size.rows + 1, 1)


@pytest.mark.parametrize("how", ["replaced", "gone"])
def test_a_file_that_is_withdrawn_is_not_found_any_more(how: str) -> None:
    files = files_with(NO_QUIRKS, Ticks(2))
    file = files.existing(NOW)[0]
    held = lines(files, file)
    again = files.change(file.file_id, how, NOW)  # type: ignore[arg-type]
    assert files.find(file.file_id, NOW) is None
    assert files.change(file.file_id, "grown", NOW) is None
    if how == "gone":
        assert again is None
        return
    assert again is not None
    assert files.find(again.file_id, NOW) == again
    assert (again.created_at, again.log_date) == (NOW, file.log_date)
    assert lines(files, again) == held


def test_sizes_got_ready_in_steps_are_those_worked_out_at_once() -> None:
    stepped, at_once = files_with(NO_QUIRKS, Ticks(4)), files_with(NO_QUIRKS, Ticks(4))
    hours = {hour for file in stepped.existing(NOW) for hour in file.hours}
    assert sum(1 for _ in stepped.measuring(stepped.existing(NOW))) == 6 * len(hours)
    assert sum(1 for _ in stepped.measuring(stepped.existing(NOW))) == 0
    assert [stepped.size(f) for f in stepped.existing(NOW)] == [
        at_once.size(f) for f in at_once.existing(NOW)
    ]


def test_a_body_comes_in_pieces_that_leave_others_their_turn() -> None:
    files = files_with(NO_QUIRKS, Ticks(30))
    daily = next(file for file in files.existing(NOW) if file.interval == "Daily")
    pieces = list(files.body(daily))
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 120 * 1024
