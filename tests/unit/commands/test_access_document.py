"""The JSON of ``orgwatch access``: null with a reason for what is not known, never a zero."""

import json
from dataclasses import replace
from datetime import timedelta

from console.commands.access_document import access_data
from tests.unit.presenters.sample_access import (
    LOGIN,
    NEVER,
    NOW,
    access_answer,
    credential,
    user,
)


def test_a_store_without_login_and_probe_gives_nulls_with_their_reasons() -> None:
    data, unknown = access_data(NEVER, ())
    assert data["login"] is None
    assert data["taken_at"] is None
    assert data["sources"] == []
    assert unknown == {
        "login": "no login is recorded in the store",
        "sources": "the org was not asked yet what may be read",
    }


def test_the_login_has_its_age_its_end_and_its_error() -> None:
    refused = replace(LOGIN, error="Refused", next_attempt_at=NOW + timedelta(minutes=6))
    login = access_data(access_answer(login=refused), ())[0]["login"]
    assert (login["age_s"], login["expires_in_s"]) == (2_040, 5_160)
    assert login["last_error"] == "Refused"
    assert login["next_attempt_at"] == "2026-11-16T17:10:31Z"
    bare = replace(LOGIN, obtained_at=None, expires_at=None)
    login = access_data(access_answer(login=bare), ())[0]["login"]
    assert (login["age_s"], login["expires_in_s"]) == (None, None)


def test_only_the_wanted_users_are_listed_with_every_check() -> None:
    answer = access_answer()
    data, unknown = access_data(answer, answer.users[:1])
    (one,) = data["users"]
    assert [check["result"] for check in one["checks"]] == ["pass", "unknown", "fail"]
    assert one["checks"][0]["next_step"] is None
    assert one["breaks_on_rotation"][0] == "MuleSoft ERP"
    assert unknown == {}


def test_unknown_use_is_null() -> None:
    unseen = credential(calls=None, tokens=None, last_used_at=None)
    answer = access_answer(credentials=(unseen,), users=(user(calls=None, last_login_at=None),))
    data, _unknown = access_data(answer, answer.users)
    (one,) = data["credentials"]
    assert (one["calls"], one["tokens"], one["last_used"]) == (None, None, None)
    assert data["users"][0]["calls"] is None
    json.dumps(data)


def test_what_could_not_be_seen_is_named_with_its_reason() -> None:
    hidden = access_answer(not_visible=(("OauthToken", "no permission"),))
    data, unknown = access_data(hidden, ())
    assert data["not_visible"] == {"OauthToken": "no permission"}
    assert unknown == {"not visible: OauthToken": "no permission"}


def test_versions_carry_their_end() -> None:
    versions = access_data(access_answer(), ())[0]["api_versions"]
    assert [one["status"] for one in versions] == ["retired", "retiring", "current"]
    assert versions[2]["days_left"] is None
