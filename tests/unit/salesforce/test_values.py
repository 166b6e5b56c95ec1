"""Reading the org's values: whatever comes, a value or None, never an exception."""

import math
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.salesforce.backoff import CoolDown, FullJitter
from console.salesforce.limit_header import parse_limit_info
from console.salesforce.retry_after import retry_after_s
from console.salesforce.soql import datetime_literal, quote, quoted_list
from console.salesforce.types import ApiVersion
from console.salesforce.values import (
    as_integer,
    child_of,
    flag_of,
    integer_of,
    moment_of,
    parse_moment,
    text_of,
)
from console.salesforce.versions import choose_version, parse_version

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON)
def test_any_json_value_reads_as_something_or_none(value: object) -> None:
    record = {"key": value}
    assert text_of(record, "key") in (None, value)
    assert flag_of(record, "key") in (None, True, False)
    assert isinstance(child_of(record, "key"), dict)
    number, moment = integer_of(record, "key"), moment_of(record, "key")
    assert number is None or type(number) is int
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (2692.0, 2692),
        ("7200", 7200),
        ("-3", -3),
        (True, None),
        (math.nan, None),
        (math.inf, None),
        ("1e3", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert as_integer(value) == number


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_survives_the_orgs_form(moment: datetime) -> None:
    moment = moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
    assert parse_moment(text.rjust(28, "0")) == moment


def test_a_moment_with_another_offset_becomes_utc() -> None:
    assert parse_moment("2026-03-02T10:00:00.000+0130") == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "pool"),
    [
        ("api-usage=10018/100000", (10018, 100000)),
        ("api-usage=120/100", (120, 100)),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)", (25, 5000)),
        ("per-app-api-usage=17/250(appName=x), api-usage=25/5000", (25, 5000)),
        ("api-usage=10018/100000; api-bursts=1/750", (10018, 100000)),
        ("per-app-api-usage=17/250(appName=api-usage)", None),
        ("api-usage=1/2/3", None),
        ("api-usage=-1/2", None),
        ("api-usage=１/２", None),
        ("", None),
    ],
)
def test_the_limit_header(text: str, pool: tuple[int, int] | None) -> None:
    assert parse_limit_info(text) == pool


@given(st.text())
def test_any_limit_header_reads_as_a_pool_or_none(text: str) -> None:
    pool = parse_limit_info(text)
    assert pool is None or (pool[0] >= 0 and pool[1] >= 0)


@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.lists(st.text(st.characters(exclude_characters=";,"), max_size=20), max_size=3),
)
def test_the_pool_is_found_among_unknown_segments(used: int, most: int, others: list[str]) -> None:
    segments = [*(f"x{other}" for other in others), f"api-usage={used}/{most}"]
    assert parse_limit_info(" ; ".join(segments)) == (used, most)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_a_quoted_value_cannot_leave_its_quotes(value: str) -> None:
    literal = quote(value)
    assert literal[0] == literal[-1] == "'"
    inside = literal[1:-1]
    unescaped, position = "", 0
    while position < len(inside):
        if inside[position] == "\\":
            position += 1
        else:
            assert inside[position] != "'"
        unescaped += inside[position]
        position += 1
    assert unescaped == value


def test_line_breaks_are_escaped_and_other_controls_refused() -> None:
    assert quote("a'b\\c\nd\te") == r"'a\'b\\c\nd\te'"
    for character in "\x00\x1b\x7f":
        with pytest.raises(ValueError, match="control character"):
            quote(f"a{character}")


def test_a_list_needs_values() -> None:
    assert quoted_list(("Login", "O'Hara")) == r"('Login', 'O\'Hara')"
    with pytest.raises(ValueError, match="at least one"):
        quoted_list(())


def test_a_datetime_literal_is_utc_and_never_later() -> None:
    plus_two = timezone(timedelta(hours=2))
    moment = datetime(2026, 3, 2, 11, 0, 0, 999_999, tzinfo=plus_two)
    assert datetime_literal(moment) == "2026-03-02T09:00:00Z"
    with pytest.raises(ValueError, match="offset"):
        datetime_literal(datetime(2026, 3, 2))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("17", 17.0),
        (" 5 ", 5.0),
        ("999999999999", 86_400.0),
        ("-3", None),
        ("soon", None),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
        ("Mon, 99 Foo 2026 08:00:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, datetime(2026, 3, 2, 9, tzinfo=UTC)) == seconds


@given(st.text())
def test_any_retry_after_is_bounded(header: str) -> None:
    seconds = retry_after_s(header, datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert seconds is None or 0 <= seconds <= 86_400


@given(st.floats(1, 100), st.floats(100, 10_000), st.integers())
def test_waits_grow_to_their_cap_and_stay_there(first_s: float, cap_s: float, seed: int) -> None:
    uniform = random.Random(seed).uniform
    cool_down, jitter = CoolDown(first_s, cap_s, uniform), FullJitter(first_s, cap_s, uniform)
    waits = [cool_down.next_s() for _ in range(40)]
    assert 0.8 * first_s <= waits[0] <= 1.2 * first_s
    assert all(wait <= cap_s for wait in waits)
    assert waits[-1] >= 0.8 * cap_s
    cool_down.reset()
    assert cool_down.next_s() <= 1.2 * first_s
    assert all(0 <= jitter.next_s() <= cap_s for _ in range(40))


def test_full_jitter_doubles_its_bound() -> None:
    jitter = FullJitter(1.0, 5.0, lambda low, high: high)
    assert [jitter.next_s() for _ in range(5)] == [1, 2, 4, 5, 5]


@pytest.mark.parametrize(
    ("offered", "configured", "chosen"),
    [
        (["60.0", "66.0", "68.0", "70.0"], None, "68.0"),
        (["60.0", "66.0"], None, "66.0"),
        (["70.0", "71.0"], None, "70.0"),
        (["60.0", "66.0"], "60.0", "60.0"),
        (["60.0", "66.0"], "61.0", None),
        (["9.0", "10.0", "68.0"], "v10.0", "10.0"),
    ],
)
def test_the_version_chosen(offered: list[str], configured: str | None, chosen: str | None) -> None:
    versions = [version for text in offered if (version := parse_version(text))]
    found = choose_version(versions, configured)
    assert (str(found) if found else None) == chosen


def test_versions_are_ordered_by_number() -> None:
    assert ApiVersion(9, 0) < ApiVersion(10, 0)
    assert parse_version("66") is None
