from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.answers.coverage import Completeness, Gap
from console.answers.health import HealthAnswer
from console.presenters.status import present_status, present_without_store
from store.records import LoginState, TaskPhase, TaskState
from widgets.types import Severity, StatusItem, StatusView

NOW = datetime(2026, 11, 16, 12, 4, 31, tzinfo=UTC)
LOGIN = LoginState("u@acme.example", NOW, NOW - timedelta(minutes=34), None, None, None)
STREAM = TaskState("stream", TaskPhase.RUNNING, NOW, "", None, NOW)
PENDING = Gap("log:Login", NOW - timedelta(hours=1), NOW, "pending", "not there yet")
HEALTH = HealthAnswer(
    as_of=NOW,
    org=None,
    login=LOGIN,
    stream=STREAM,
    tasks=(STREAM,),
    collector_alive=True,
    own_calls_24h=212,
    own_calls_budget=1_150,
    completeness=Completeness("partial", (PENDING,), "logs to 11:00, stream complete"),
    last_event_at=NOW - timedelta(seconds=2),
    store_bytes=0,
)


def shown(
    health: HealthAnswer,
    *,
    as_of: datetime | None = None,
    has_collector: bool = True,
    failure: str | None = None,
) -> StatusView:
    return present_status(
        health, alias="acme", as_of=as_of, note="", has_collector=has_collector, failure=failure
    )


def item(view: StatusView, label: str) -> StatusItem:
    return next(item for item in view.items if item.label == label)


def test_the_line_says_login_stream_data_and_own_calls() -> None:
    view = shown(HEALTH)
    assert view.items[0].long == "acme"
    assert item(view, "login").long == "token 34 min old"
    assert item(view, "stream").long == "live, last event 2 s ago"
    assert item(view, "data").long == "logs to 11:00, stream complete"
    assert item(view, "own calls").long == "212 of 1,150"
    assert view.clock == "12:04:31Z"


def test_log_files_that_are_not_due_yet_are_no_fault_but_a_gap_is() -> None:
    assert item(shown(HEALTH), "data").severity is Severity.OK
    gap = replace(PENDING, state="blind")
    blind = replace(HEALTH, completeness=Completeness("partial", (PENDING, gap), "…"))
    assert item(shown(blind), "data").severity is Severity.WARNING


def test_what_was_never_seen_is_unknown_and_not_well() -> None:
    view = shown(replace(HEALTH, login=None, stream=None, collector_alive=None))
    assert item(view, "login").severity is Severity.UNKNOWN
    assert item(view, "stream").severity is Severity.UNKNOWN


def test_a_past_moment_does_not_borrow_the_state_of_today() -> None:
    then = NOW - timedelta(days=1)
    view = shown(replace(HEALTH, as_of=then), as_of=then)
    assert item(view, "login").severity is Severity.UNKNOWN
    assert item(view, "stream").severity is Severity.UNKNOWN


def test_a_refused_login_shows_the_org_s_words_without_their_control_characters() -> None:
    refused = replace(LOGIN, error="invalid_grant\x1b[2J")
    login = item(shown(replace(HEALTH, login=refused)), "login")
    assert login.severity is Severity.CRITICAL
    assert "\x1b" not in login.long
    assert "invalid_grant" in login.long


def test_an_expired_token_is_said() -> None:
    expired = replace(LOGIN, expires_at=NOW - timedelta(seconds=1))
    assert item(shown(replace(HEALTH, login=expired)), "login").long == "token expired"


def test_a_stream_that_backs_off_says_when_it_tries_again() -> None:
    waiting = replace(
        STREAM,
        phase=TaskPhase.BACKING_OFF,
        message="server unavailable",
        next_at=NOW + timedelta(seconds=12),
    )
    stream = item(shown(replace(HEALTH, stream=waiting)), "stream")
    assert stream.severity is Severity.WARNING
    assert stream.long == "retry: server unavailable, next attempt in 12 s"
    assert stream.short == "retry 12s"


def test_a_dead_collector_outranks_the_login_that_it_left_behind() -> None:
    for view in (shown(replace(HEALTH, collector_alive=False)), shown(HEALTH, failure="gone")):
        assert any(one.long == "collector stopped" for one in view.items)
        assert all(one.label != "login" for one in view.items)
        assert item(view, "stream").long == "off"
        assert item(view, "stream").severity is Severity.CRITICAL


def test_marks_say_what_is_unusual() -> None:
    assert [mark.long for mark in shown(HEALTH).marks] == []
    assert [mark.long for mark in shown(HEALTH, has_collector=False).marks] == ["attached"]
    past = shown(HEALTH, as_of=NOW - timedelta(days=1))
    assert [mark.long for mark in past.marks] == ["past"]
    assert past.clock == "2026-11-15 12:04:31Z"


def test_own_calls_over_budget_are_a_warning() -> None:
    assert item(shown(HEALTH), "own calls").severity is None
    over = shown(replace(HEALTH, own_calls_24h=1_151))
    assert item(over, "own calls").severity is Severity.WARNING


def test_without_a_store_the_line_claims_nothing() -> None:
    view = present_without_store("acme", NOW, "simulated org", None)
    assert [one.long for one in view.items] == ["acme", "no data yet"]
    assert view.items[1].severity is Severity.UNKNOWN
    stopped = present_without_store("acme", NOW, "", "it said no")
    assert stopped.items[1].severity is Severity.CRITICAL


def test_a_refused_login_says_when_it_is_tried_again() -> None:
    refused = replace(
        LOGIN,
        obtained_at=None,
        error="The user is inactive",
        next_attempt_at=NOW + timedelta(minutes=4),
    )
    shown_item = item(shown(replace(HEALTH, login=refused)), "login")
    assert shown_item.long == "The user is inactive, next attempt in 4 min"
    assert shown_item.severity is Severity.CRITICAL
    serves = replace(refused, obtained_at=NOW, expires_at=NOW + timedelta(minutes=4))
    assert item(shown(replace(HEALTH, login=serves)), "login").severity is Severity.WARNING
    past = replace(refused, next_attempt_at=NOW - timedelta(minutes=4))
    assert item(shown(replace(HEALTH, login=past)), "login").long == "The user is inactive"


def test_a_login_by_the_next_key_is_marked() -> None:
    switched = replace(LOGIN, key_in_use="next")
    assert (
        item(shown(replace(HEALTH, login=switched)), "login").long == "token 34 min old, next key"
    )


def test_an_org_that_is_down_is_said_in_place_of_the_login() -> None:
    since = NOW - timedelta(minutes=3)
    down = TaskState(
        "connection", TaskPhase.BACKING_OFF, since, "org down", NOW + timedelta(seconds=40), None
    )
    org = item(shown(replace(HEALTH, tasks=(STREAM, down))), "org")
    assert org.long == "down since 12:01:31Z, next try in 40 s"
    assert org.severity is Severity.CRITICAL
    back = replace(down, phase=TaskPhase.RUNNING, next_at=None)
    assert item(shown(replace(HEALTH, tasks=(STREAM, back))), "login")
    before = replace(HEALTH, tasks=(STREAM, down), as_of=since - timedelta(minutes=1))
    assert all(one.label != "org" for one in shown(before).items)
