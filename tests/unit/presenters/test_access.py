"""What the access room says of users, sources, credentials and API versions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.answers.access import AccessAnswer
from console.presenters.access import VIEWS, days_text, present_access
from store.access_records import Readable
from tests.unit.presenters.sample_access import (
    HOSTILE,
    LOGIN,
    NEVER,
    NOW,
    PASSED,
    SOURCES,
    access_answer,
    credential,
    source,
    user,
)
from widgets.column_fit import GAP, fit_columns
from widgets.row_types import Cell, Row, Tone

ANSWER = access_answer()
LINE_80 = 78
"""Cells of a line on an 80-column screen, without the margins."""


def words(cells: tuple[Cell, ...]) -> str:
    return "".join(cell.text for cell in cells)


def row_of(answer: AccessAnswer, view: str, place: int = 0) -> dict[str, Cell]:
    records = present_access(answer, view).records
    row: Row = records.rows[place]
    return {column.key: cell for column, cell in zip(records.columns, row.cells, strict=True)}


def test_a_user_s_row_counts_its_checks_and_names_the_first_finding() -> None:
    row = row_of(ANSWER, "users")
    assert (row["fail"].text, row["unknown"].text, row["pass"].text) == ("1", "1", "1")
    assert row["worst"].text == "Integration licence: a full user licence: Salesforce"
    assert row["breaks"].text == "MuleSoft ERP, Billing Sync, Order Sync and 2 more"
    assert row["versions"].text == "35.0, 58.0"


def test_a_user_without_findings_is_only_called_so_when_nothing_is_unknown() -> None:
    assert row_of(ANSWER, "users", 1)["worst"].text == "none"
    unsure = access_answer(users=(user(checks=(PASSED, *user().checks[1:2])),))
    assert row_of(unsure, "users")["worst"].text == "none known"


def test_the_summary_fits_into_eighty_columns_even_of_a_large_org() -> None:
    users = tuple(user(f"svc-{number}") for number in range(999))
    summary = words(present_access(access_answer(users=users), "users").summary)
    assert summary == "999 users, 999 with findings   2 of 4 sources readable   2 versions end"
    assert len(summary) <= LINE_80


def test_an_org_without_findings_is_told_so() -> None:
    calm = access_answer(users=(user(checks=(PASSED,)),), versions=())
    summary = present_access(calm, "users").summary
    assert words(summary).startswith("1 user, none with a finding")
    assert summary[1].tone is Tone.GOOD


def test_the_line_of_lists_marks_the_open_one_and_says_when_it_was_read() -> None:
    for view in VIEWS:
        line = words(present_access(ANSWER, view).views)
        assert line.count("[") == 1
        assert line.endswith("read 16:04" if view == "sources" else "read 16:14")
        assert len(line) <= LINE_80
    assert "read" not in words(present_access(NEVER, "users").views)


def test_a_source_says_whether_and_what_is_missing_by_its_name_in_setup() -> None:
    row = row_of(ANSWER, "sources", 1)
    assert row["readable"].text == "✖ no"
    assert row["missing"].text == "View Event Log Files"
    assert row_of(ANSWER, "sources", 3)["readable"].text == "? unknown"


def test_unknown_use_is_a_dash_and_a_name_of_several_apps_claims_no_zero() -> None:
    shared, lonely = row_of(ANSWER, "credentials", 1), row_of(ANSWER, "credentials", 2)
    assert (shared["kind"].text, shared["calls"].text) == ("shares a name", "–")
    assert shared["breaks"].text == "see those of this name"
    assert (lonely["kind"].text, lonely["calls"].text) == ("not listed", "0")
    assert lonely["breaks"].text == "nothing seen in the logs"
    unlogged = access_answer(credentials=(credential(calls=None, integrations=()),))
    row = row_of(unlogged, "credentials")
    assert (row["calls"].text, row["breaks"].text) == ("–", "no log is stored")


def test_only_certificates_that_end_soon_are_remarked() -> None:
    remarks = words(present_access(ANSWER, "credentials").remarks)
    assert "▲ certificate Old ended 41 days ago" in remarks
    assert "Good" not in remarks
    assert "Use since 2026-10-17" in remarks
    assert "the logs are partial" in remarks


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (2, "ends in 2 days"),
        (1, "ends in 1 day"),
        (0, "ends within a day"),
        (-1, "ended 1 day ago"),
        (-41, "ended 41 days ago"),
    ],
)
def test_the_end_of_a_certificate_in_words(days: int, said: str) -> None:
    assert days_text(days) == said


def test_versions_show_their_end_and_what_is_current_has_none() -> None:
    retired, retiring, current = (row_of(ANSWER, "versions", place) for place in range(3))
    assert retired["fate"].text == "✖ retired in Summer '25"
    assert retiring["fate"].text == "▲ retires in Summer '28"
    assert (current["fate"].text, current["days"].text) == ("✓ current", "–")


def test_what_could_not_be_seen_is_remarked_name_by_name_so_that_it_wraps() -> None:
    hidden = access_answer(not_visible=(("A", "no permission"), ("B", "no permission")))
    remarks = present_access(hidden, "users").remarks
    assert words(remarks) == "? could not be seen: A, B"
    assert len(remarks) == 3
    assert present_access(hidden, "sources").remarks == ()
    fields = access_answer(not_visible=(("A: B.C", "no"), ("A: D", "no"), ("E", "no")))
    assert words(present_access(fields, "users").remarks) == "? could not be seen: A, E"


@pytest.mark.parametrize("view", VIEWS)
def test_a_store_without_any_reading_claims_nothing(view: str) -> None:
    shown = present_access(NEVER, view)
    assert words(shown.summary) == "The org's users have not been read yet"
    assert shown.records.rows == ()
    assert "when it has logged in" in shown.records.empty or view == "versions"


@pytest.mark.parametrize("view", ["users", "sources"])
def test_where_the_login_is_refused_an_empty_list_says_what_to_do(view: str) -> None:
    login = replace(LOGIN, error="The app is not approved", error_next_step="Approve it in Setup.")
    empty = present_access(replace(NEVER, login=login), view).records.empty
    assert empty == "The org lets nobody in. What to do: Approve it in Setup."


def test_empty_lists_say_what_they_rest_on() -> None:
    bare = access_answer(users=(), credentials=(), versions=())
    assert "No integration user is known" in present_access(bare, "users").records.empty
    assert "No app is known to be used" in present_access(bare, "credentials").records.empty
    assert "last 30 days" in present_access(bare, "versions").records.empty
    blind = replace(bare, completeness=NEVER.completeness)
    assert present_access(blind, "versions").records.empty.startswith("Not known")
    assert "there are no logs" in words(present_access(blind, "credentials").remarks)


@pytest.mark.parametrize("view", VIEWS)
def test_at_eighty_columns_no_column_is_cut_by_the_edge(view: str) -> None:
    columns = present_access(ANSWER, view).records.columns
    # Mark, margins and the scroll bar take four cells.
    fitted = fit_columns(columns, 80 - 4)
    assert sum(width for _, width in fitted) + GAP * (len(fitted) - 1) <= 80 - 4


@pytest.mark.parametrize("view", VIEWS)
def test_what_the_org_wrote_is_shown_and_not_obeyed(view: str) -> None:
    odd = source(HOSTILE, Readable.NO, HOSTILE, HOSTILE)
    answer = access_answer(
        sources=replace(SOURCES, sources=(odd,)),
        users=(user(username=HOSTILE, integrations=(HOSTILE,), api_versions=(HOSTILE,)),),
        credentials=(credential(HOSTILE, kind=HOSTILE),),
        versions=(
            replace(
                ANSWER.versions[0],
                fate=replace(ANSWER.versions[0].fate, version=HOSTILE),
                integrations=(HOSTILE,),
            ),
        ),
        not_visible=((HOSTILE, HOSTILE),),
    )
    shown = present_access(answer, view)
    cells = [*shown.summary, *shown.views, *shown.remarks]
    cells += [cell for row in shown.records.rows for cell in row.cells]
    assert all(cell.text.isprintable() for cell in cells)


def test_times_of_another_day_carry_their_date() -> None:
    old = access_answer(users=(user(last_login_at=NOW - timedelta(days=3)),))
    assert row_of(old, "users")["last_login"].text == "11-13 17:04"
    never = access_answer(users=(user(last_login_at=None),))
    assert row_of(never, "users")["last_login"].text == "–"
