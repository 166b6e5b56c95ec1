from dataclasses import replace

import pytest

from console.presenters.migration import (
    SORTS,
    app_key,
    find_app,
    present_app,
    present_app_title,
    present_migration,
    present_org,
)
from tests.unit.presenters.sample_rooms import apps_answer
from widgets.row_types import Cell, Tone

ANSWER = apps_answer()


def words(cells: tuple[Cell, ...]) -> str:
    return "".join(cell.text for cell in cells)


def test_the_headline_counts_those_that_have_arrived() -> None:
    assert words(present_migration(ANSWER).headline).startswith(
        "2 of 9 apps are External Client Apps  inventory of 16:43:31"
    )


def test_band_and_legend_have_a_part_for_each_state() -> None:
    view = present_migration(ANSWER)
    assert [part.amount for part in view.parts] == [count for _state, count in ANSWER.summary]
    assert len(view.legend) == len(ANSWER.summary)
    assert "○ 3 not started" in words(view.legend)


def test_those_with_the_longest_way_to_go_come_first_and_busy_ones_before_quiet_ones() -> None:
    rows = present_migration(ANSWER).records.rows
    names = [row.cells[0].text for row in rows]
    assert names[:5] == [
        "HR Feed",
        "Backup Vault",
        "MuleSoft ERP",
        "Data Warehouse Loader",
        "BI Dashboards",
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("calls", lambda app: app.calls_window),
        ("last_used", lambda app: app.last_used.timestamp() if app.last_used else 0),
        ("name", lambda app: app.name.casefold()),
    ],
)
def test_sorts(column: str, value: object) -> None:
    assert column in SORTS
    for descending in (True, False):
        rows = present_migration(ANSWER, column, descending=descending).records.rows
        shown = [value(find_app(ANSWER, row.key)) for row in rows]  # type: ignore[operator]
        assert shown == sorted(shown, reverse=descending)


def test_every_state_has_a_sign_of_its_own_kind() -> None:
    for app in ANSWER.apps:
        title = words(present_app_title(app))
        assert app.state_title in title
    signs = {app.state: words(present_app_title(app)).rsplit("  ", 1)[1][0] for app in ANSWER.apps}
    assert len(set(signs.values())) == len(signs)


def test_a_state_that_a_later_version_invents_is_shown_and_not_green() -> None:
    app = replace(ANSWER.apps[0], state="something_new", state_title="something new")
    *_rest, last = present_app_title(app)
    assert last == Cell("  ? something new", Tone.MUTED)


def test_scopes_that_could_not_be_seen_are_unknown_and_not_none() -> None:
    unseen, none = replace(ANSWER.apps[0], scopes=None), replace(ANSWER.apps[0], scopes=())
    scopes = [
        next(group for group in present_app(app, ANSWER) if group.title == "Scopes")
        for app in (unseen, none)
    ]
    assert [group.empty for group in scopes] == ["could not be seen", "none granted"]
    view = present_migration(apps_answer(apps=(unseen,)))
    broad = [column.key for column in view.records.columns].index("scopes")
    assert view.records.rows[0].cells[broad].text == "–"


def test_broad_scopes_are_flagged() -> None:
    app = next(app for app in ANSWER.apps if app.name == "MuleSoft ERP")
    scopes = next(group for group in present_app(app, ANSWER) if group.title == "Scopes")
    flagged = [(f.name, f.value) for f in scopes.fields if f.tone is Tone.WARNING]
    assert flagged == [("▲ broad", "Full")]
    assert [f.value for f in scopes.fields[1:]] == list(app.scopes or ())


def test_what_the_whole_org_has_in_the_way_and_what_is_not_visible() -> None:
    groups = {group.title: group for group in present_org(ANSWER)}
    assert groups["In the way for the whole org"].fields[0].value.endswith("HR Feed")
    assert groups["Could not be seen"].fields[0].value == "needs the permission View Setup"
    assert "could not be seen: BlacklistedConsumer" in words(present_migration(ANSWER).remarks)
    assert present_org(apps_answer(org_blockers=(), not_visible=())) == ()
    assert present_migration(apps_answer(org_blockers=(), not_visible=())).remarks == ()


def test_an_inventory_that_was_never_read_is_not_an_empty_one() -> None:
    never = present_migration(apps_answer(taken_at=None, apps=(), summary=()))
    empty = present_migration(apps_answer(apps=(), summary=()))
    assert "not been read yet" in words(never.headline)
    assert "for the first time" in never.records.empty
    assert "permission" in empty.records.empty


def test_what_the_org_wrote_is_shown_and_not_obeyed() -> None:
    hostile = "ERP\x1b]0;owned\x07\u2066"
    app = replace(
        ANSWER.apps[2], name=hostile, scopes=(hostile,), users=(hostile,), blockers=(hostile,)
    )
    view = present_migration(apps_answer(apps=(app,)))
    shown = [cell.text for cell in view.records.rows[0].cells]
    shown += [f.value for group in present_app(app, ANSWER) for f in group.fields]
    shown += [words(present_app_title(app))]
    assert all(text.isprintable() for text in shown)
    assert find_app(apps_answer(apps=(app,)), app_key(app)) is app
