from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.log_time import compact_ms, compact_text, iso_ms, iso_text
from store.moments import to_ms

whole_ms = st.integers(0, to_ms(datetime(9999, 12, 31, tzinfo=UTC)))
MOMENT = datetime(2026, 3, 2, 9, 14, 7, tzinfo=UTC)


@given(whole_ms)
def test_both_forms_are_read_as_they_are_written(moment_ms: int) -> None:
    assert compact_ms(compact_text(moment_ms)) == moment_ms
    assert iso_ms(iso_text(moment_ms)) == moment_ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("20260302091407.412", 412),
        ("20260302091407.13", 130),
        ("20260302091407.1", 100),
        ("20260302091407.", 0),
        ("20260302091407", 0),
        (" 20260302091407.412 ", 412),
        ("20260302091407.4129", 412),
    ],
)
def test_a_shorter_fraction_means_tenths_and_hundredths(text: str, ms: int) -> None:
    assert compact_ms(text) == to_ms(MOMENT) + ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-03-02T09:14:07.412Z", 412),
        ("2026-03-02T09:14:07.412+0000", 412),
        ("2026-03-02T10:14:07+01:00", 0),
        ("2026-03-02T07:44:07.5-0130", 500),
        ("2026-03-02 09:14:07", 0),
    ],
)
def test_iso_times_with_and_without_zone(text: str, ms: int) -> None:
    assert iso_ms(text) == to_ms(MOMENT) + ms


@pytest.mark.parametrize(
    "text", ["", "9998.0", "20261302091407", "20260230000000", "٢٠٢٦0302091407"]
)
def test_what_is_no_time_is_not_known(text: str) -> None:
    assert compact_ms(text) is None
    assert iso_ms(text) is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for read in (compact_ms, iso_ms):
        found = read(text)
        assert found is None or isinstance(found, int)
