from dataclasses import replace
from datetime import timedelta

from console.answers.coverage import Completeness
from console.answers.health import HealthAnswer
from console.answers.limits import LimitAnswer
from console.presenters.concerns import FEWEST_ERRORS, concerns
from store.records import LoginState, StoredEvent, TaskPhase, TaskState
from tests.unit.presenters.sample_rooms import NOW, event, usage_answer
from widgets.types import Severity

WELL = HealthAnswer(
    NOW, None, None, None, (), True, 5, 100, Completeness("complete", (), ""), None, 0
)
PART = replace(usage_answer().integrations[0], name="ERP", calls=1_000, errors=0, over_budget=None)


def limit(severity: str, fraction: float | None) -> LimitAnswer:
    return LimitAnswer("DailyBulkV2QueryJobs", 1, 1, fraction, severity, NOW, ())


def failed(number: int, username: str = "ceo@acme.example") -> StoredEvent:
    return event(
        number,
        event_type="LoginEventStream",
        status="Invalid Password",
        username=username,
        occurred_at=NOW - timedelta(seconds=number),
    )


def test_nothing_is_found_where_all_is_well() -> None:
    assert concerns((limit("ok", 0.2), limit("unknown", None)), (PART,), (), WELL) == ()


def test_a_wrong_clock_of_this_machine_is_said() -> None:
    login = LoginState("u@acme.example", NOW, NOW, None, None, None, clock_skew_s=3_660.0)
    (behind,) = concerns((), (), (), replace(WELL, login=login))
    assert behind.text == "this machine's clock is 1 h 1 min behind the org's"
    ahead = replace(WELL, login=replace(login, clock_skew_s=-7_200.0))
    assert "2 h ahead of" in concerns((), (), (), ahead)[0].text
    right = replace(WELL, login=replace(login, clock_skew_s=None))
    assert concerns((), (), (), right) == ()


def test_an_endangered_limit_leads_to_the_limits() -> None:
    (found,) = concerns((limit("critical", 0.91),), (), (), WELL)
    assert found.text == "91.0 % of DailyBulkV2QueryJobs"
    assert (found.severity, found.room) == (Severity.CRITICAL, "limits")


def test_an_integration_over_its_budget_says_by_how_much() -> None:
    over = replace(PART, counted_calls=21_000, budget_calls=20_000, over_budget=True)
    (found,) = concerns((), (over,), (), WELL)
    assert found.text == "ERP over budget by 1,000 calls"


def test_errors_count_from_a_tenth_of_the_calls_but_not_when_they_are_few() -> None:
    (found,) = concerns((), (replace(PART, errors=100),), (), WELL)
    assert found.text == "ERP: 10.0 % of calls fail"
    assert concerns((), (replace(PART, errors=99),), (), WELL) == ()
    few = replace(PART, calls=FEWEST_ERRORS - 1, errors=FEWEST_ERRORS - 1)
    assert concerns((), (few,), (), WELL) == ()


def test_the_third_failed_login_of_one_user_is_a_concern_two_are_not() -> None:
    two = (failed(1), failed(2), failed(3, "other@acme.example"))
    assert concerns((), (), two, WELL) == ()
    (found,) = concerns((), (), (*two, failed(4)), WELL)
    assert found.text == "3 failed logins: ceo@acme.example"
    assert found.at == NOW - timedelta(seconds=1)


def test_a_login_that_stream_and_log_both_tell_of_counts_once() -> None:
    streamed = (failed(1), failed(2))
    logged = tuple(replace(event, event_type="Login", source="log") for event in streamed)
    assert concerns((), (), (*streamed, *logged), WELL) == ()


def test_failed_calls_are_no_failed_logins() -> None:
    calls = tuple(event(n, event_type="ApiTotalUsage", status="500") for n in range(5))
    assert concerns((), (), calls, WELL) == ()


def test_the_console_s_own_troubles_are_concerns() -> None:
    broken = TaskState("log_files", TaskPhase.FAILED, NOW, "no permission", None, None)
    retried = TaskState("stream", TaskPhase.BACKING_OFF, NOW, "503", None, None)
    health = replace(WELL, tasks=(retried, broken), own_calls_24h=101)
    texts = [found.text for found in concerns((), (), (), health)]
    assert texts == [
        "collecting log_files failed: no permission",
        "collecting stream is retried: 503",
        "orgwatch itself made 101 calls of 100",
    ]


def test_an_org_that_is_down_or_retires_its_version_is_a_concern() -> None:
    down = TaskState("connection", TaskPhase.BACKING_OFF, NOW, "org down: no answer", None, None)
    ageing = replace(down, phase=TaskPhase.RUNNING, message="This API is deprecated")
    for task, texts in (
        (down, ["org down: no answer"]),
        (ageing, ["the org on the API version in use: This API is deprecated"]),
        (replace(ageing, message=""), []),
        (replace(ageing, phase=TaskPhase.STOPPED, message="stopped"), []),
    ):
        found = concerns((), (), (), replace(WELL, tasks=(task,)))
        assert [one.text for one in found] == texts


def test_the_worst_comes_first_then_the_newest() -> None:
    late = replace(limit("warning", 0.8), name="Late", sampled_at=NOW)
    early = replace(limit("warning", 0.9), name="Early", sampled_at=NOW - timedelta(hours=1))
    worst = replace(limit("exceeded", 1.2), name="Worst", sampled_at=NOW - timedelta(hours=2))
    found = concerns((early, late, worst), (), (), WELL)
    assert [one.text.split()[-1] for one in found] == ["Worst", "Late", "Early"]


def test_a_key_that_ends_or_was_refused_is_said_in_time() -> None:
    login = LoginState("u@acme.example", NOW, NOW, None, None, None, key_in_use="first")
    for days, text in ((31, None), (29, "ends in 29 d"), (-1, "has ended")):
        until = NOW + timedelta(days=days)
        found = concerns((), (), (), replace(WELL, login=replace(login, certificate_until=until)))
        if text is None:
            assert found == ()
        else:
            assert text in found[0].text
    switched = replace(login, key_in_use="next", key_switched_at=NOW)
    (refused,) = concerns((), (), (), replace(WELL, login=switched))
    assert "next" in refused.text
