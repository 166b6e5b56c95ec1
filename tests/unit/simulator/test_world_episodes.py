"""Changed rhythms, planted calls and a scale keep every sum exact."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.life.logins import Logins
from console.simulator.life.org_acts import OrgActs, bulk_step_of
from console.simulator.life.own_acts import OwnActs
from console.simulator.life.rolling_window import RollingWindow
from console.simulator.life.traffic import Call, Traffic
from console.simulator.life.truth import Ledger
from console.simulator.moments import DAY_MS, HOUR_MS, MINUTE_MS, to_ms
from console.simulator.org.integration import LoginHabit, Rhythm, RhythmChange, SimIntegration
from console.simulator.org.story_acme import INTEGRATIONS
from console.simulator.scenarios.planting import planted_call

START_MS = to_ms(datetime(2026, 3, 3, tzinfo=UTC))
FIRST = START_MS // MINUTE_MS
BY_KEY = {integration.key: integration for integration in INTEGRATIONS}
QUIET = replace(BY_KEY["erp"], key="quiet", rhythm=Rhythm(1_500, (1,) * 24))
SOAP = replace(BY_KEY["scanner"], key="soap", rhythm=Rhythm(700, (1,) * 24))
FREE = replace(BY_KEY["mobile"], key="free", rhythm=Rhythm(400, (1,) * 24))
THREE = (QUIET, SOAP, FREE)

SPAN_MIN = 28 * 60
spans = st.tuples(st.integers(0, SPAN_MIN), st.integers(1, 400))
changes = st.lists(
    st.builds(
        lambda who, span, factor, extra: RhythmChange(
            who, FIRST + span[0], FIRST + sum(span), factor, extra
        ),
        st.sampled_from(THREE),
        spans,
        st.sampled_from((0.0, 0.5, 3.0)),
        st.sampled_from((0.0, 2.5)),
    ),
    max_size=3,
)
offsets = st.lists(st.integers(1, SPAN_MIN * MINUTE_MS), max_size=12)


def planted_at(moments: list[int]) -> list[Call]:
    return [
        planted_call(THREE[n % 3], THREE[n % 3].shapes[0], START_MS + at, n)
        for n, at in enumerate(moments)
    ]


@settings(max_examples=8, deadline=None)
@given(
    changes=changes,
    moments=offsets,
    at=st.lists(st.integers(DAY_MS, SPAN_MIN * MINUTE_MS), min_size=1),
)
def test_the_pool_equals_a_count_by_hand_whatever_happens(
    changes: list[RhythmChange], moments: list[int], at: list[int]
) -> None:
    traffic = Traffic(7, THREE, tuple(changes), planted_at(moments))
    window = RollingWindow(traffic.count, traffic.counted_times)
    times = [
        call.at_ms
        for minute in range(FIRST, FIRST + SPAN_MIN + 1)
        for call in traffic.calls(minute)
        if call.integration.counts
    ]
    for offset in at[:5]:
        end_ms = START_MS + offset
        assert window.used(end_ms) == sum(end_ms - DAY_MS < t <= end_ms for t in times)


def ledger_of(traffic: Traffic) -> Ledger:
    logins = Logins(7, traffic.integrations)
    return Ledger(traffic, logins, OrgActs(7, traffic, logins), OwnActs(), "888")


@settings(max_examples=8, deadline=None)
@given(
    changes=changes,
    moments=offsets,
    cuts=st.lists(st.integers(0, 12 * HOUR_MS), min_size=2, max_size=2, unique=True),
)
def test_truth_is_the_sum_over_the_calls_by_every_property(
    changes: list[RhythmChange], moments: list[int], cuts: list[int]
) -> None:
    since_ms, until_ms = (START_MS + cut for cut in sorted(cuts))
    traffic = Traffic(7, THREE, tuple(changes), planted_at(moments))
    minutes = range(since_ms // MINUTE_MS, until_ms // MINUTE_MS + 1)
    calls = [c for m in minutes for c in traffic.calls(m) if since_ms <= c.at_ms < until_ms]
    told = {entry["key"]: entry for entry in ledger_of(traffic).integrations(since_ms, until_ms)}
    for integration in THREE:
        entry, mine = told[integration.key], [c for c in calls if c.integration is integration]
        read = [call.rows for call in mine if call.shape.read and not call.failed]
        assert entry["calls"] == len(mine)
        assert entry["counted_calls"] == (len(mine) if integration.counts else 0)
        assert entry["errors"] == sum(call.failed for call in mine)
        assert entry["rows_read"] == sum(read)
        for name, of in (
            ("by_user", lambda call: call.user.username),
            ("by_address", lambda call: call.client_ip),
            ("by_family", lambda call: call.shape.family),
            ("by_entity", lambda call: call.shape.entity),
            ("by_status", lambda call: str(call.status)),
        ):
            values = [of(call) for call in mine]
            assert entry[name] == {value: values.count(value) for value in values}


@lru_cache(maxsize=1)
def shared_ledger() -> Ledger:
    return ledger_of(Traffic(7, THREE))


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 9 * HOUR_MS), min_size=3, max_size=3))
def test_parts_of_a_window_add_up_to_it(cuts: list[int]) -> None:
    first, middle, last = (START_MS + cut for cut in sorted(cuts))
    ledger = shared_ledger()
    for name in ("calls", "counted_calls", "errors", "rows_read"):
        whole, *parts = (
            sum(int(str(entry[name])) for entry in ledger.integrations(*span))
            for span in ((first, last), (first, middle), (middle, last))
        )
        assert whole == sum(parts)
    totals = [
        ledger.logins(*span)["total"] for span in ((first, last), (first, middle), (middle, last))
    ]
    assert totals[0] == int(str(totals[1])) + int(str(totals[2]))


def test_preparing_in_steps_changes_nothing_that_is_told() -> None:
    prepared, direct = ledger_of(Traffic(7, THREE)), ledger_of(Traffic(7, THREE))
    span = (START_MS + 20 * MINUTE_MS, START_MS + 4 * HOUR_MS)
    assert sum(1 for _ in prepared.preparing(*span)) == 3 * 60
    assert sum(1 for _ in prepared.preparing(*span)) == 0
    assert prepared.integrations(*span) == direct.integrations(*span)


def test_a_silenced_integration_neither_calls_nor_logs_in() -> None:
    silence = RhythmChange(SOAP, FIRST + 60, FIRST + 240, factor=0.0)
    traffic, logins = Traffic(7, THREE, (silence,)), Logins(7, THREE, changes=(silence,))
    minutes = range(FIRST, FIRST + 300)
    calling = {m for m in minutes for call in traffic.calls(m) if call.integration is SOAP}
    logging_in = {m for m in minutes for one in logins.of_minute(m) if one.user is SOAP.users[0]}
    quiet = set(range(FIRST + 60, FIRST + 240))
    assert not calling & quiet
    assert calling - quiet
    assert logging_in - quiet
    assert not {m for m in logging_in & quiet if is_success(logins, m)}


def is_success(logins: Logins, minute: int) -> bool:
    return any(one.succeeded and one.user is SOAP.users[0] for one in logins.of_minute(minute))


def test_scale_multiplies_the_rhythms_and_leaves_planted_calls_alone() -> None:
    planted = planted_at([5 * MINUTE_MS + 7])
    one, ten = (Traffic(7, THREE, (), planted, scale) for scale in (1.0, 10.0))
    minutes = range(FIRST, FIRST + 720)
    few, many = (sum(map(traffic.count, minutes)) for traffic in (one, ten))
    assert 9.5 < many / few < 10.5
    assert all(planted[0] in traffic.calls(FIRST + 5) for traffic in (one, ten))


def test_narrowing_to_some_callers_gives_exactly_their_calls() -> None:
    traffic = Traffic(7, THREE, (), planted_at([7, 8, 9]))
    for wanted in (frozenset({SOAP}), frozenset({QUIET, FREE}), frozenset[SimIntegration]()):
        for minute in range(FIRST, FIRST + 90):
            expected = [call for call in traffic.calls(minute) if call.integration in wanted]
            assert traffic.raw_calls(minute, wanted) == expected


def test_a_borrowed_session_is_the_victims() -> None:
    thief = replace(QUIET, key="other", borrows_from=QUIET, login=LoginHabit(every_min=3))
    at_ms = START_MS + 5 * HOUR_MS
    stolen = planted_call(thief, thief.shapes[0], at_ms, 0)
    own = planted_call(QUIET, QUIET.shapes[0], at_ms, 0)
    assert stolen.session == own.session
    assert not any(
        login.user is thief.users[0]
        for minute in range(FIRST, FIRST + 120)
        for login in Logins(7, (thief,), dead_credentials=False).of_minute(minute)
    )


def test_steps_of_bulk_jobs_are_those_of_the_bulk_calls_that_were_answered() -> None:
    loader = BY_KEY["dwh"]
    traffic = Traffic(7, (loader,))
    acts = OrgActs(7, traffic, Logins(7, (loader,)))
    minutes = range(FIRST, FIRST + 240)
    calls = [c for m in minutes for c in traffic.calls(m) if c.shape.family == "Bulk"]
    steps = [step for m in minutes for step in acts.bulk_steps(m)]
    answered = [call for call in calls if not call.failed]
    assert [(step.at_ms, step.number) for step in steps] == [(c.at_ms, c.number) for c in answered]
    assert {step.step for step in steps} == {"created", "polled", "results_read"}
    assert all(
        step.job_id in call.resource
        for step, call in zip(steps, answered, strict=True)
        if step.step != "created"
    )
    assert all(bulk_step_of(call) is None for call in calls if call.failed)


def test_people_export_reports_in_the_session_of_their_login() -> None:
    logins = Logins(7, INTEGRATIONS)
    acts = OrgActs(7, Traffic(7, ()), logins)
    days = range(START_MS // DAY_MS, START_MS // DAY_MS + 14)
    found = acts.between(days[0] * DAY_MS, (days[-1] + 1) * DAY_MS)
    opened = {login.number: login for day in days for login in logins.desk_logins(day)}
    assert {type(act).__name__ for act in found} >= {"ReportExport", "PermissionChange"}
    for act in found:
        login = opened[act.by.session]
        assert act.by.user is login.user
        assert login.at_ms < act.at_ms < login.at_ms + DAY_MS
        assert act in acts.of_minute(act.at_ms // MINUTE_MS)
