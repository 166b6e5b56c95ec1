"""Times, cells and sentences on the command line."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.commands.boundary import error_lines, exit_code_of
from console.commands.documents import utc_text
from console.commands.output import csv_cell, table_cell
from console.commands.times import parse_since, parse_time
from console.errors import ConfigurationError, LoginRefused, NotCollected
from console.exit_codes import ExitCode
from console.safe_text import visible
from console.secrets import redact
from store.errors import StoreBusy

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-16", datetime(2026, 11, 16, tzinfo=UTC)),
        ("2026-11-16T09:30:00Z", NOW),
        ("2026-11-16T10:30:00+01:00", NOW),
        ("24h", NOW - timedelta(hours=24)),
        ("7d", NOW - timedelta(days=7)),
        ("90s", NOW - timedelta(seconds=90)),
    ],
)
def test_times_are_utc(text: str, expected: datetime) -> None:
    assert parse_since(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "24", "h", "-3h", "999999w", "2026-13-01"])
def test_what_is_no_time_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_since(text, NOW)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_sentence(text: str) -> None:
    try:
        at = parse_time(text, "--until")
    except click.BadParameter:
        return
    assert at.tzinfo is not None


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_in_json_read_back_to_the_millisecond(at: datetime) -> None:
    text = utc_text(at)
    assert text is not None
    assert text.endswith("Z")
    assert abs(datetime.fromisoformat(text) - at) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@x", "\t=1"])
def test_formulas_are_defused(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


def test_numbers_keep_their_sign_and_unknown_is_empty() -> None:
    assert csv_cell(-5) == "-5"
    assert csv_cell(None) == ""
    assert csv_cell(("a", "b")) == "a b"


def test_a_table_shows_unknown_as_a_dash_and_control_characters_as_signs() -> None:
    assert table_cell(None) == "–"
    assert table_cell(1234567) == "1,234,567"
    assert table_cell("a\x1b[31mb") == "a␛[31mb"


def is_hidden(character: str) -> bool:
    """Control, format, surrogate, private, unassigned, and line or paragraph separators."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text())
def test_visible_text_holds_no_control_character(text: str) -> None:
    shown = visible(text)
    assert not any(is_hidden(character) for character in shown), shown
    assert "\n" not in shown


def test_right_to_left_override_is_shown() -> None:
    assert visible("abc\u202etxt.exe") == "abc⟨U+202E⟩txt.exe"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("t", "m", "n"), ExitCode.WRONG_USAGE),
        (LoginRefused("t", "m", "n"), ExitCode.ORG_REFUSED),
        (NotCollected("t", "m", "n"), ExitCode.NOT_COLLECTED),
        (StoreBusy("t", "m", "n"), ExitCode.STORE_UNUSABLE),
    ],
)
def test_exit_codes_follow_the_contract(error: Exception, code: ExitCode) -> None:
    assert exit_code_of(error) == code  # type: ignore[arg-type]


def test_sentences_show_the_servers_words_as_plain_text() -> None:
    lines = error_lines(LoginRefused("Refused", "Why", "Do this", "bad\x1b]0;x\x07"))
    assert lines == [
        "orgwatch: Refused", "  Why", "  What to do: Do this", "  It said: bad␛]0;x␇",
    ]  # fmt: skip


def test_logs_hide_what_looks_like_a_secret() -> None:
    token = "00DHs000000abcD!AQ8AQ.x_y"
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
    key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
    text = redact(json.dumps({"a": token, "b": jwt}) + key)
    assert token not in text
    assert jwt not in text
    assert "MIIE" not in text
    assert text.count("[hidden]") == 3
