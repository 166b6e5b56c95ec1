"""The console's own login in one line, in every state it can be in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.presenters.login_line import login_fields, login_line
from store.records import LoginState
from tests.unit.presenters.sample_access import HOSTILE, LOGIN, NOW
from widgets.row_types import Tone

SIX_MINUTES = timedelta(minutes=6)
REFUSED = replace(
    LOGIN,
    obtained_at=None,
    expires_at=None,
    error="The app is not approved for this user",
    error_meaning="An administrator has to approve it.",
    error_next_step="Add the permission set to the app.",
    error_detail="user hasn't approved this consumer",
    next_attempt_at=NOW + SIX_MINUTES,
)


def said(login: LoginState | None) -> str:
    return "".join(cell.text for cell in login_line(login, NOW)).rstrip()


@pytest.mark.parametrize(
    ("login", "line"),
    [
        (None, "? no login is recorded in this store"),
        (LOGIN, "✓ token 34 min old, 1 h 26 min left (introspection)"),
        (
            replace(LOGIN, expires_at=None, expiry_source=None),
            "✓ token 34 min old, its end is not known",
        ),
        (replace(LOGIN, expires_at=NOW - SIX_MINUTES), "✖ token expired 6 min ago"),
        (replace(LOGIN, obtained_at=None), "? no token just now"),
        (
            replace(LOGIN, obtained_at=NOW + SIX_MINUTES),
            "? the login of that time is no longer recorded",
        ),
        (REFUSED, "✖ The app is not approved for this user   next attempt in 6 min"),
        (
            replace(REFUSED, next_attempt_at=NOW - SIX_MINUTES),
            "✖ The app is not approved for this user   tried again soon",
        ),
        (
            replace(REFUSED, next_attempt_at=None),
            "✖ The app is not approved for this user",
        ),
        (
            replace(REFUSED, obtained_at=NOW - SIX_MINUTES, expires_at=NOW + SIX_MINUTES),
            "✖ The app is not approved for this user   next attempt in 6 min   "
            "the token before it serves 6 min more",
        ),
        (
            replace(LOGIN, key_in_use="next"),
            "✓ token 34 min old, 1 h 26 min left (introspection)   next key in use",
        ),
        (
            replace(LOGIN, key_in_use="first"),
            "✓ token 34 min old, 1 h 26 min left (introspection)",
        ),
    ],
)
def test_every_state_is_said(login: LoginState | None, line: str) -> None:
    assert said(login) == line


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(days=363, hours=2), "certificate 363 days", Tone.MUTED),
        (timedelta(days=30), "certificate 30 days", Tone.MUTED),
        (timedelta(days=29, hours=23), "certificate 29 days", Tone.WARNING),
        (timedelta(days=1, hours=1), "certificate 1 day", Tone.WARNING),
        (timedelta(hours=5), "certificate 5 h", Tone.WARNING),
        (timedelta(), "certificate ended 0 s ago", Tone.BAD),
        (timedelta(hours=-5), "certificate ended 5 h ago", Tone.BAD),
    ],
)
def test_the_certificate_warns_before_it_ends(left: timedelta, words: str, tone: Tone) -> None:
    *_rest, last = login_line(replace(LOGIN, certificate_until=NOW + left), NOW)
    assert (last.text, last.tone) == (words, tone)


def test_a_login_in_order_fits_on_a_line_of_eighty_columns() -> None:
    usual = replace(LOGIN, certificate_until=NOW + timedelta(days=363), key_in_use="first")
    assert len(said(usual)) <= 78


def test_the_detail_tells_a_refusal_in_full() -> None:
    fields = {field.name: field.value for field in login_fields(REFUSED, NOW).fields}
    assert fields["Last error"] == REFUSED.error
    assert fields["It means"] == REFUSED.error_meaning
    assert fields["What to do"] == REFUSED.error_next_step
    assert fields["It said"] == REFUSED.error_detail
    assert fields["Next attempt"] == "2026-11-16 17:10:31"


def test_the_detail_of_a_login_in_order_names_no_error() -> None:
    whole = replace(
        LOGIN,
        key_in_use="next",
        key_switched_at=NOW - SIX_MINUTES,
        introspection="the app may not introspect",
        certificate_until=NOW + timedelta(days=12),
    )
    fields = {field.name: field.value for field in login_fields(whole, NOW).fields}
    assert "Last error" not in fields
    assert "Next attempt" not in fields
    assert fields["Key"] == "the next one, since 2026-11-16 16:58:31"
    assert fields["Introspection"] == "the app may not introspect"
    assert fields["Certificate until"] == "2026-11-28"
    assert fields["Known from"] == "introspection"


def test_a_long_step_is_not_cut() -> None:
    step = "In Setup, open the app's policies. " * 8
    fields = {
        f.name: f.value for f in login_fields(replace(REFUSED, error_next_step=step), NOW).fields
    }
    assert fields["What to do"] == step


def test_what_the_org_said_is_shown_and_not_obeyed() -> None:
    odd = replace(
        REFUSED, username=HOSTILE, error=HOSTILE, error_meaning=HOSTILE, error_next_step=HOSTILE,
        error_detail=HOSTILE, introspection=HOSTILE, expiry_source=HOSTILE, key_in_use=HOSTILE,
    )  # fmt: skip
    texts = [said(odd), *(field.value for field in login_fields(odd, NOW).fields)]
    assert all(text.isprintable() for text in texts)
