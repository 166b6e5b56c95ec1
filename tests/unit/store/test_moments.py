from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.moments import EPOCH, from_ms, to_ms

aware = st.datetimes(timezones=st.just(UTC))


@given(aware)
def test_a_moment_comes_back_rounded_down_to_the_millisecond(moment: datetime) -> None:
    back = from_ms(to_ms(moment))

    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)
    assert back.tzinfo is UTC


@given(st.integers(-(10**12), 10**14))
def test_milliseconds_come_back_exactly(moment_ms: int) -> None:
    assert to_ms(from_ms(moment_ms)) == moment_ms


def test_another_zone_means_the_same_moment() -> None:
    berlin = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))

    assert to_ms(berlin) == to_ms(datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert to_ms(EPOCH) == 0


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        to_ms(datetime(2026, 3, 2, 9))  # noqa: DTZ001
