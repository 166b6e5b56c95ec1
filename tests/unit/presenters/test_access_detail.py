"""All about one row of the access room."""

from dataclasses import replace

import pytest

from console.answers.access import AccessAnswer
from console.presenters.access import VIEWS, credential_key, present_access
from console.presenters.access_detail import present_access_detail, present_access_title
from store.access_records import Readable
from tests.unit.presenters.sample_access import (
    HOSTILE,
    LOGIN,
    NEVER,
    SOURCES,
    access_answer,
    credential,
    source,
    user,
)
from widgets.row_types import FieldGroup, Tone

ANSWER = access_answer()


def groups(answer: AccessAnswer, view: str, place: int = 0) -> dict[str, FieldGroup]:
    key = present_access(answer, view).records.rows[place].key
    return {group.title: group for group in present_access_detail(answer, view, key)}


def values(group: FieldGroup) -> dict[str, str]:
    return {field.name: field.value for field in group.fields}


def test_findings_come_first_with_what_to_do_and_passes_last() -> None:
    fields = groups(ANSWER, "users")["Checks"].fields
    assert [field.name for field in fields] == [
        "Integration licence", "  What to do", "Tokens in use", "API only",
    ]  # fmt: skip
    assert fields[0].value == "✖ fail: a full user licence: Salesforce"
    assert fields[0].tone is Tone.BAD
    assert fields[2].value.startswith("? unknown: ")


def test_a_user_has_its_place_its_use_and_its_tokens() -> None:
    found = groups(ANSWER, "users")
    assert values(found["User"])["State"] == "active"
    assert values(found["User"])["Calls in 30 d"] == "31,204"
    assert len(found["Breaks if it rotates"].fields) == 5
    assert found["Tokens"].fields[0].value == "2 tokens, used 40 times, last 17:04:31"
    assert "Could not be seen" not in found


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"is_active": False}, "inactive"),
        ({"is_frozen": True}, "active, frozen"),
        ({"is_active": None, "is_frozen": None}, "–"),
    ],
)
def test_the_state_of_a_user_is_what_the_org_says(changes: dict[str, object], state: str) -> None:
    answer = access_answer(users=(user(**changes),))
    assert values(groups(answer, "users")["User"])["State"] == state


def test_what_is_unknown_of_a_user_is_a_dash_and_no_zero() -> None:
    nothing = user(name=None, profile=None, licence=None, calls=None, last_login_at=None, tokens=())
    found = groups(access_answer(users=(nothing,)), "users")
    unknown = ("Name", "Profile", "Licence", "Last login", "Calls in 30 d")
    assert {values(found["User"])[name] for name in unknown} == {"–"}


def test_no_token_is_only_said_where_those_of_others_are_listed() -> None:
    bare = access_answer(users=(user(tokens=()),))
    assert groups(bare, "users")["Tokens"].empty == "none listed"
    unread = replace(SOURCES, sources=(source("oauth_tokens", Readable.UNKNOWN),))
    for unseen in (
        replace(bare, sources=unread),
        replace(bare, not_visible=(("OauthToken", "no permission"),)),
    ):
        assert groups(unseen, "users")["Tokens"].empty == "those of others are not visible"


def test_what_could_not_be_seen_stands_with_its_reason() -> None:
    hidden = access_answer(not_visible=(("SetupEntityAccess", "needs View Setup"),))
    assert values(groups(hidden, "users")["Could not be seen"]) == {
        "SetupEntityAccess": "needs View Setup"
    }


def test_a_source_says_what_is_missing_and_what_its_reader_holds() -> None:
    found = groups(ANSWER, "sources", 1)
    assert values(found["Source"])["Needs"] == "the permission View Event Log Files"
    assert values(found["Source"])["As"] == "watch@acme.example"
    held = [(f.name, f.value) for f in found["Permissions of that user"].fields]
    assert held == [("✓ held", "API Enabled"), ("✖ not held", "View Event Log Files")]
    blind = access_answer(sources=replace(SOURCES, permissions=()))
    assert groups(blind, "sources")["Permissions of that user"].empty == "not visible"


def test_a_credential_says_who_breaks_and_what_that_rests_on() -> None:
    found = groups(ANSWER, "credentials")
    breaks = found["Breaks if its key, certificate or secret changes"]
    assert [field.value for field in breaks.fields] == ["MuleSoft ERP"]
    assert values(found["Use"])["Logs of 30 d"] == "partial: logs to 13:00, 4 h behind"
    assert values(found["Use"])["Certificate until"] == "none is visible"


def test_a_credential_s_unknowns_are_dashes() -> None:
    unknown = credential(calls=None, tokens=None, last_used_at=None)
    use = values(groups(access_answer(credentials=(unknown,)), "credentials")["Use"])
    assert (use["Calls in 30 d"], use["Tokens"], use["Last used"]) == ("–", "–", "–")
    shared = values(groups(ANSWER, "credentials", 1)["Use"])
    assert shared["Calls in 30 d"] == "–"
    assert shared["Kind"].startswith("several apps have this name")


def test_a_version_says_its_end_and_who_is_on_it() -> None:
    found = groups(ANSWER, "versions")
    assert values(found["API version"])["Stands"] == "✖ retired in Summer '25"
    assert found["Integrations on it"].fields[0].value == "MuleSoft ERP"


@pytest.mark.parametrize("view", VIEWS)
def test_a_row_that_is_gone_is_said_and_the_login_still_stands(view: str) -> None:
    gone, login = present_access_detail(ANSWER, view, "gone\x1b")
    assert gone.title == "No longer there"
    assert login.title == "Own login"
    title = "".join(cell.text for cell in present_access_title(ANSWER, view, "gone\x1b"))
    assert title.isprintable()
    assert title.split()[0]


@pytest.mark.parametrize("view", VIEWS)
def test_every_detail_ends_in_the_own_login(view: str) -> None:
    assert list(groups(ANSWER, view))[-1] == "Own login"
    (_gone, login) = present_access_detail(NEVER, view, None)
    assert login.empty == "none is recorded in this store"


@pytest.mark.parametrize("view", VIEWS)
def test_what_the_org_wrote_is_shown_and_not_obeyed(view: str) -> None:
    check = replace(user().checks[2], evidence=HOSTILE, next_step=HOSTILE)
    version = replace(ANSWER.versions[0], integrations=(HOSTILE,))
    odd = source("limits", Readable.NO, HOSTILE, HOSTILE)
    answer = access_answer(
        login=replace(LOGIN, username=HOSTILE, error=HOSTILE, error_detail=HOSTILE),
        sources=replace(
            SOURCES, sources=(odd,), username=HOSTILE, permissions=((HOSTILE, False),)
        ),
        users=(
            user(
                username=HOSTILE, name=HOSTILE, profile=HOSTILE, licence=HOSTILE,
                checks=(check,), apps=(HOSTILE,), sources=(HOSTILE,), integrations=(HOSTILE,),
            ),
        ),
        credentials=(credential(HOSTILE, users=(HOSTILE,), addresses=(HOSTILE,)),),
        versions=(version,),
        not_visible=((HOSTILE, HOSTILE),),
    )  # fmt: skip
    key = present_access(answer, view).records.rows[0].key
    texts = [cell.text for cell in present_access_title(answer, view, key)]
    for group in present_access_detail(answer, view, key):
        texts += [
            group.title,
            *(text for field in group.fields for text in (field.name, field.value)),
        ]
    assert all(text.isprintable() for text in texts)


def test_two_apps_of_one_name_are_two_rows() -> None:
    pair = (credential("Order Sync"), credential("Order Sync", kind="external_client_app"))
    assert len({credential_key(one) for one in pair}) == 2
