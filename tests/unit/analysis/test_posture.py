"""Each check of an integration user: what passes, what fails, and what stays unknown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.analysis.posture import (
    API_ONLY,
    IDLE_TOKEN,
    PostureCheck,
    UserFacts,
    Verdict,
    checks_of,
    ending_flow,
)
from console.settings import Expectation
from store.posture_records import HeldPermission, IntegrationUser, LoginSum, TokenSum
from store.records import AppKind, AppRecord

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USER_ID = "005Hs000000AAAAAAA"

APP = AppRecord(
    kind=AppKind.EXTERNAL_CLIENT_APP,
    app_id="0xIHs000000AAAAAAA",
    name="ERP Sync",
    developer_name="ERP_Sync",
    consumer_id=None,
    pre_authorized_only=True,
    enabled=True,
    scopes=("api",),
    refresh_token_policy=None,
    token_users=None,
    token_uses=None,
    last_used_at=None,
    created_at=None,
    namespace=None,
    evidence={},
)
LOGIN = LoginSum(USER_ID, "ERP Sync", "Remote Access 2.0", "", "203.0.113.7", "Success", 9, NOW)
TOKEN = TokenSum(USER_ID, "ERP Sync", 1, 12, NOW - timedelta(days=1))
GOOD = UserFacts(
    user=IntegrationUser(
        user_id=USER_ID,
        username="svc-erp@acme.example",
        name="ERP",
        is_active=True,
        profile="Minimum Access - API Only Integrations",
        licence="Salesforce Integration",
        last_login_at=NOW,
        is_frozen=False,
        permissions=(HeldPermission(API_ONLY, "profile Minimum Access"),),
        permission_set_licences=(),
    ),
    apps=(("ERP Sync", APP),),
    logins=(LOGIN,),
    logins_known=True,
    tokens=(TOKEN,),
    tokens_known=True,
    api_versions=("62.0", "66.0"),
    logs_known=True,
    expect=Expectation(source=("203.0.113.0/24",)),
)


def found(facts: UserFacts, id_: str) -> PostureCheck:
    return next(check for check in checks_of(facts, NOW) if check.id == id_)


def user(**changes: object) -> UserFacts:
    return replace(GOOD, user=replace(GOOD.user, **changes))


def app(**changes: object) -> UserFacts:
    return replace(GOOD, apps=(("ERP Sync", replace(APP, **changes)),))


def test_a_user_with_nothing_wrong_passes_every_check() -> None:
    assert {check.verdict for check in checks_of(GOOD, NOW)} == {Verdict.PASS}


@pytest.mark.parametrize(
    ("id_", "facts", "words"),
    [
        ("api_only", user(permissions=()), "browser"),
        ("licence", user(licence="Salesforce"), "full user licence: Salesforce"),
        (
            "privileges",
            user(permissions=(HeldPermission("Modify All Data", "permission set Admin"),)),
            "Modify All Data through permission set Admin",
        ),
        ("pre_authorized", app(pre_authorized_only=False), "every user may authorize: ERP Sync"),
        ("scopes", app(scopes=("api", "refresh_token")), "ERP Sync: refresh_token + api"),
        ("scopes", app(scopes=("full",)), "ERP Sync: full"),
        (
            "flows",
            replace(GOOD, logins=(replace(LOGIN, login_sub_type="OauthUsernamePassword"),)),
            "username-password",
        ),
        ("api_versions", replace(GOOD, api_versions=("66.0", "38.0")), "38.0 retires in Summer"),
        (
            "tokens",
            replace(GOOD, tokens=(replace(TOKEN, last_used_at=NOW - IDLE_TOKEN * 1.01),)),
            "ERP Sync last used",
        ),
        (
            "sources",
            replace(GOOD, logins=(LOGIN, replace(LOGIN, source_ip="198.51.100.4"))),
            "outside 203.0.113.0/24: 198.51.100.4",
        ),
    ],
)
def test_what_is_wrong_fails_with_its_evidence_and_a_next_step(
    id_: str, facts: UserFacts, words: str
) -> None:
    check = found(facts, id_)
    assert check.verdict is Verdict.FAIL
    assert words in check.evidence
    assert check.next_step


HIDDEN: dict[str, Callable[[UserFacts], UserFacts]] = {
    "permissions": lambda f: replace(f, user=replace(f.user, permissions=None)),
    "licence": lambda f: replace(f, user=replace(f.user, licence=None)),
    "apps": lambda f: replace(f, apps=tuple((name, None) for name, _ in f.apps)),
    "policy": lambda f: replace(
        f,
        apps=tuple((name, a and replace(a, pre_authorized_only=None)) for name, a in f.apps),
    ),
    "scopes": lambda f: replace(
        f, apps=tuple((name, a and replace(a, scopes=None)) for name, a in f.apps)
    ),
    "logins": lambda f: replace(f, logins=(), logins_known=False),
    "tokens": lambda f: replace(f, tokens=(), tokens_known=False),
    "logs": lambda f: replace(f, api_versions=(), logs_known=False),
}


@pytest.mark.parametrize(
    ("hidden", "unknown"),
    [
        ("permissions", {"api_only", "privileges"}),
        ("licence", {"licence"}),
        ("apps", {"pre_authorized", "scopes"}),
        ("policy", {"pre_authorized"}),
        ("scopes", {"scopes"}),
        ("logins", {"flows", "sources"}),
        ("tokens", {"tokens"}),
        ("logs", {"api_versions"}),
    ],
)
def test_what_is_hidden_is_unknown_and_nothing_else_is(hidden: str, unknown: set[str]) -> None:
    checks = checks_of(HIDDEN[hidden](GOOD), NOW)
    assert {check.id for check in checks if check.verdict is Verdict.UNKNOWN} == unknown
    assert {check.id for check in checks if check.verdict is Verdict.FAIL} == set()


@given(
    st.sets(st.sampled_from(sorted(HIDDEN))),
    st.lists(st.sampled_from(["full", "api", "web", "refresh_token"]), unique=True),
    st.booleans(),
    st.sampled_from(["Salesforce", "Salesforce Integration"]),
    st.lists(st.sampled_from(["66.0", "38.0", "25.0", "x"]), unique=True),
    st.integers(0, 200),
)
def test_hiding_anything_never_turns_a_failure_or_an_unknown_into_a_pass(
    hidden: set[str],
    scopes: list[str],
    pre_authorized: bool,
    licence: str,
    versions: list[str],
    idle_days: int,
) -> None:
    seen = replace(
        GOOD,
        user=replace(GOOD.user, licence=licence),
        apps=(
            ("ERP Sync", replace(APP, scopes=tuple(scopes), pre_authorized_only=pre_authorized)),
        ),
        api_versions=tuple(versions),
        tokens=(replace(TOKEN, last_used_at=NOW - timedelta(days=idle_days)),),
    )
    less = seen
    for name in sorted(hidden):
        less = HIDDEN[name](less)
    before = {check.id: check.verdict for check in checks_of(seen, NOW)}
    for check in checks_of(less, NOW):
        if check.verdict is Verdict.PASS:
            assert before[check.id] is Verdict.PASS, check


@pytest.mark.parametrize(
    ("login_type", "sub_type", "flow"),
    [
        ("Remote Access 2.0", "OauthUsernamePassword", "username-password"),
        ("Remote Access 2.0", "OAuth Username-Password", "username-password"),
        ("Remote Access 2.0", "OAuth User-Agent", "user-agent"),
        ("Other Apex API", "", "SOAP login()"),
        ("Other Apex API", "SoapApiLoginEnterprise", "SOAP login()"),
        ("Remote Access 2.0", "", None),
        ("Remote Access 2.0", "OauthClientCredentials", None),
        ("Application", "UsernamePasswordUiLogin", None),
    ],
)
def test_the_flows_that_end_are_known_by_label_and_by_api_value(
    login_type: str, sub_type: str, flow: str | None
) -> None:
    login = replace(LOGIN, login_type=login_type, login_sub_type=sub_type)
    assert ending_flow(login) == flow


def test_what_was_seen_fails_although_the_rest_is_hidden() -> None:
    part = replace(
        GOOD,
        logins=(replace(LOGIN, login_type="Other Apex API", source_ip="198.51.100.4"),),
        logins_known=False,
        tokens=(replace(TOKEN, oldest_use_at=NOW - IDLE_TOKEN * 2),),
        tokens_known=False,
    )
    failed = {check.id for check in checks_of(part, NOW) if check.verdict is Verdict.FAIL}
    assert failed == {"flows", "sources", "tokens"}


def test_one_idle_token_among_busy_ones_of_the_same_app_is_found() -> None:
    facts = replace(GOOD, tokens=(replace(TOKEN, tokens=5, oldest_use_at=NOW - IDLE_TOKEN * 2),))
    assert found(facts, "tokens").verdict is Verdict.FAIL


def test_attempts_that_failed_say_nothing_of_the_user() -> None:
    attack = replace(
        LOGIN, status="Invalid Password", login_type="Other Apex API", source_ip="198.51.100.4"
    )
    assert {check.verdict for check in checks_of(replace(GOOD, logins=(LOGIN, attack)), NOW)} == {
        Verdict.PASS
    }
    alone = replace(GOOD, logins=(attack,))
    assert found(alone, "flows").verdict is Verdict.UNKNOWN
    assert found(alone, "sources").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "id_"),
    [
        ({"login_type": "Acceso remoto 2.0"}, "flows"),
        ({"login_sub_type": "Nombre de usuario y contraseña de OAuth"}, "flows"),
        ({"status": "Correcto"}, "sources"),
    ],
)
def test_words_in_another_language_are_unknown_and_no_pass(
    changes: dict[str, str], id_: str
) -> None:
    facts = replace(GOOD, logins=(replace(LOGIN, **changes),))
    assert found(facts, id_).verdict is Verdict.UNKNOWN


def test_a_permission_whose_column_is_not_shown_is_unknown() -> None:
    hidden = user(permissions=(), permissions_not_visible=(API_ONLY, "Manage Users"))
    assert found(hidden, "api_only").verdict is Verdict.UNKNOWN
    assert found(hidden, "privileges").verdict is Verdict.UNKNOWN
    broad = user(
        permissions=(HeldPermission("Modify All Data", "profile Admin"),),
        permissions_not_visible=("Manage Users",),
    )
    assert found(broad, "privileges").verdict is Verdict.FAIL


def test_apps_that_only_tokens_name_are_not_all_of_them() -> None:
    facts = replace(GOOD, logins=(), logins_known=False, api_versions=(), logs_known=False)
    for id_ in ("pre_authorized", "scopes"):
        assert found(facts, id_).verdict is Verdict.UNKNOWN


def test_permissions_are_told_by_what_gives_them_and_once() -> None:
    held = (
        HeldPermission("Modify All Data", "profile Legacy"),
        HeldPermission("View All Data", "profile Legacy"),
        HeldPermission("View All Data", "permission set Reader"),
        HeldPermission("Manage Users", "permission set Admin"),
    )
    assert found(user(permissions=held), "privileges").evidence == (
        "Modify All Data, View All Data through profile Legacy; "
        "Manage Users through permission set Admin"
    )


def test_an_address_that_is_none_is_outside_every_network() -> None:
    facts = replace(GOOD, logins=(replace(LOGIN, source_ip="Salesforce.com IP"),))
    assert found(facts, "sources").verdict is Verdict.FAIL


def test_many_names_are_cut_with_a_count() -> None:
    many = tuple((f"App {n}", replace(APP, pre_authorized_only=False)) for n in range(8))
    assert found(replace(GOOD, apps=many), "pre_authorized").evidence.endswith("and 3 more")
