"""One figure for the API pool, whichever of the org's two sources told it last."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.answers.coverage import completeness
from console.answers.limits import answer_limits
from console.answers.moment import Moment
from store import limit_samples
from store.database import open_reader
from store.records import CoverageHour, CoverageState, LimitSample, PoolSample
from store.writer import open_writer

NOW = datetime(2026, 11, 16, 12, 4, 31, tzinfo=UTC)


def used_by_both(store: Path, header_age: timedelta) -> tuple[int | None, str | None, int | None]:
    """The pool's use with its source, and the same in the list of limits."""

    def record(connection: sqlite3.Connection) -> None:
        limit_samples.record_pool(connection, PoolSample(73_048, 115_000, NOW - header_age))
        listed = [LimitSample("DailyApiRequests", 115_000, 115_000 - 72_974, NOW)]
        limit_samples.record_limits(connection, listed)

    with open_writer(store) as writer:
        writer.submit(record).result(20)
    with open_reader(store) as reader:
        answer = answer_limits(reader.connection, Moment.rolling(NOW))
    return answer.pool.used_calls, answer.pool.source, answer.limits[0].used


def test_a_header_outranks_a_later_reading_of_limits_that_may_lag(tmp_path: Path) -> None:
    assert used_by_both(tmp_path / "acme.db", timedelta(minutes=4)) == (73_048, "header", 73_048)


def test_a_header_that_is_older_than_that_lag_does_not(tmp_path: Path) -> None:
    assert used_by_both(tmp_path / "acme.db", timedelta(minutes=6)) == (72_974, "limits", 72_974)


@pytest.mark.parametrize(
    ("partial_hour", "words"),
    [(12, "stream partial this hour"), (9, "stream complete since 10:00")],
)
def test_the_stream_is_said_to_be_whole_only_from_where_it_is(
    partial_hour: int, words: str
) -> None:
    moment = Moment(NOW, NOW - timedelta(hours=6), NOW)
    hours = [
        CoverageHour(
            "stream:/event/LoginEventStream",
            NOW.replace(hour=hour, minute=0, second=0),
            CoverageState.PARTIAL if hour == partial_hour else CoverageState.COMPLETE,
            4,
            "",
            NOW,
        )
        for hour in range(6, 13)
    ]
    assert completeness(hours, moment).summary == words
