"""Every story plants what it says, with the figures that it says, and a calm week plants nothing."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from console.errors import ConfigurationError
from console.simulator.faults.documents import fault_from
from console.simulator.faults.kinds import FaultKind
from console.simulator.life.logins import Login
from console.simulator.life.rolling_window import RollingWindow
from console.simulator.life.schedule import session_at
from console.simulator.life.stage import Stage, set_stage
from console.simulator.life.traffic import Call
from console.simulator.moments import DAY_MS, HOUR_MS, MINUTE_MS, to_ms
from console.simulator.org.places import place_of
from console.simulator.rest.limits_table import limits_at
from console.simulator.scenarios.catalogue import SCENARIOS, scenario_named
from console.simulator.scenarios.scenario import Incident
from tests.unit.simulator.stepped_clock import NOON

OPENED_MS = to_ms(NOON)
REQUIRED = {
    "acme",
    "calm-week",
    "runaway-etl",
    "retry-storm",
    "chatty-client",
    "rest-loads",
    "vip-failed-logins",
    "password-spray",
    "stolen-token",
    "dormant-app",
    "off-hours",
    "migration",
    "no-event-monitoring",
    "missing-permissions",
}
STAGES = {name: set_stage(name, 7, OPENED_MS, None, 1.0) for name in SCENARIOS}
CALM = STAGES["calm-week"]
WITH_INCIDENT = [
    name for name, stage in STAGES.items() if stage.plot.incidents and name != "missing-permissions"
]


def calls_in(stage: Stage, incident: Incident, key: str = "") -> list[Call]:
    """Everything that the incident's users call in its span, or one integration alone."""
    return [
        call
        for minute in range(incident.since_ms // MINUTE_MS, incident.until_ms // MINUTE_MS + 1)
        for call in stage.traffic.calls(minute)
        if incident.since_ms <= call.at_ms < incident.until_ms
        and call.user.username in incident.users
        and key in ("", call.integration.key)
    ]


def logins_in(stage: Stage, incident: Incident) -> list[Login]:
    return [
        login
        for minute in range(incident.since_ms // MINUTE_MS, incident.until_ms // MINUTE_MS + 1)
        for login in stage.logins.of_minute(minute)
        if incident.since_ms <= login.at_ms < incident.until_ms
        and login.user.username in incident.users
        and login.source_ip in incident.addresses
    ]


def only_incident(name: str) -> Incident:
    (incident,) = STAGES[name].plot.incidents
    return incident


def extra_calls(name: str) -> list[Call]:
    """What the incident's users call in the story and not in a calm week under the same seed."""
    incident = only_incident(name)
    calm = Counter(calls_in(CALM, incident))
    return [call for call in calls_in(STAGES[name], incident) if call not in calm]


def test_every_story_that_was_asked_for_is_there_and_says_what_it_is() -> None:
    assert set(SCENARIOS) == REQUIRED
    for name, scenario in SCENARIOS.items():
        sentences = scenario.description.count(". ") + 1
        assert (scenario.name, 2 <= sentences <= 5) == (name, True), name
        assert 3 <= len(scenario.title) <= 60


def test_an_unknown_story_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        scenario_named("retrystorm")
    assert "retry-storm" in refusal.value.next_step


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_the_same_opening_plants_the_same_and_everything_belongs_to_the_org(name: str) -> None:
    stage, again = STAGES[name], set_stage(name, 7, OPENED_MS, None, 1.0)
    assert stage.plot == again.plot
    facts, plot = stage.scenario.facts, stage.plot
    assert len({user.username for user in facts.users}) == len(facts.users)
    assert len({one.key for one in stage.scenario.integrations}) == len(stage.traffic.integrations)
    for integration in stage.scenario.integrations:
        assert set(integration.users) <= set(facts.users), integration.name
        assert integration.app is None or integration.app in facts.apps, integration.name
        assert all(place_of(address).country for address in integration.addresses)
    for call in plot.calls:
        assert call.integration in stage.traffic.integrations
        assert call.at_ms % MINUTE_MS
        assert call.status == call.shape.success
    assert len({(call.integration, call.number) for call in plot.calls}) == len(plot.calls)
    for login in plot.logins:
        assert login.user in facts.users
        assert place_of(login.source_ip).country


def test_scripted_troubles_are_documents_that_the_control_endpoint_takes() -> None:
    scripted = {name: scenario.faults for name, scenario in SCENARIOS.items() if scenario.faults}
    assert set(scripted) == {"retry-storm"}
    (refusal,) = scripted["retry-storm"]
    fault = fault_from(refusal.document, NOON)
    span_ms = only_incident("retry-storm").until_ms - only_incident("retry-storm").since_ms
    assert fault.kind is FaultKind.HTTP_503
    assert 0 <= float(str(refusal.document["for_s"])) * 1_000 - span_ms < 2_000


@pytest.mark.parametrize("name", ["acme", "calm-week", "no-event-monitoring", "migration"])
def test_stories_without_an_incident_plant_none(name: str) -> None:
    plot = STAGES[name].plot
    assert (plot.incidents, plot.calls, plot.logins, plot.acts) == ((), (), (), ())


def test_in_a_calm_week_no_limit_comes_near_its_end() -> None:
    facts = CALM.scenario.facts
    for hour in range(7 * 24):
        at_ms = OPENED_MS + hour * HOUR_MS - 1
        limits = limits_at(at_ms, 115_000, 0, facts.fullest_limit_share)
        assert max(1 - left / most for most, left in limits.values() if most) < 0.75


def test_in_a_calm_week_nothing_stands_out() -> None:
    hours: dict[str, list[int]] = {}
    errors = calls = 0
    for hour in range(OPENED_MS // HOUR_MS - 7 * 24, OPENED_MS // HOUR_MS, 5):
        counts: Counter[str] = Counter()
        for minute in range(hour * 60, hour * 60 + 60):
            for call in CALM.traffic.calls(minute):
                counts[call.integration.key] += 1
                errors += call.failed
                calls += 1
        for key, count in counts.items():
            hours.setdefault(key, []).append(count)
    assert errors / calls < 0.01
    for integration in CALM.scenario.integrations:
        rhythm = integration.rhythm
        highest = rhythm.calls_per_day * max(rhythm.hours) / sum(rhythm.hours)
        assert max(hours[integration.key]) < 1.4 * highest * max(1, rhythm.weekend) + 10
    failed = [
        login
        for minute in range(OPENED_MS // MINUTE_MS - 7 * 1440, OPENED_MS // MINUTE_MS)
        for login in CALM.logins.of_minute(minute)
        if not login.succeeded
    ]
    assert 5 < len(failed) < 40
    assert {login.status for login in failed} == {"Invalid password"}
    assert max(Counter((one.user, one.at_ms // HOUR_MS) for one in failed).values()) <= 2


@pytest.mark.parametrize("name", WITH_INCIDENT)
def test_the_calls_of_an_incident_are_as_many_as_truth_says(name: str) -> None:
    incident = only_incident(name)
    figures = incident.figures
    extra = len(calls_in(STAGES[name], incident)) - len(calls_in(CALM, incident))
    if name == "runaway-etl":
        expected = int(figures["calls"]) - int(figures["usual_calls"])
        assert len(calls_in(STAGES[name], incident)) == figures["calls"]
    elif name == "chatty-client":
        rhythmic = [c for c in calls_in(STAGES[name], incident) if c not in STAGES[name].plot.calls]
        expected = int(figures["calls"]) + len(rhythmic)
    else:
        expected = int(figures.get("calls", 0))
    assert extra == expected


@pytest.mark.parametrize("name", WITH_INCIDENT)
@pytest.mark.parametrize("begins", [timedelta(hours=-7), timedelta(0), timedelta(hours=9)])
def test_an_episode_begins_when_it_is_asked_to(name: str, begins: timedelta) -> None:
    stage = set_stage(name, 7, OPENED_MS, begins, 1.0)
    (incident,) = stage.plot.incidents
    asked_ms = OPENED_MS + begins // timedelta(milliseconds=1)
    assert 0 <= stage.began_ms - asked_ms < MINUTE_MS
    late = 4 * HOUR_MS if name == "off-hours" else MINUTE_MS
    assert 0 <= incident.since_ms - stage.began_ms < late
    moments = [act.at_ms for act in (*stage.plot.calls, *stage.plot.logins, *stage.plot.acts)]
    assert all(incident.since_ms <= at_ms < incident.until_ms for at_ms in moments)


def test_the_runaway_load_empties_the_pool_in_the_minute_that_truth_names() -> None:
    stage, incident = STAGES["runaway-etl"], only_incident("runaway-etl")
    pool_max = stage.scenario.facts.pool_max
    window = RollingWindow(stage.traffic.count, stage.traffic.counted_times)
    empty_ms = to_ms(datetime.fromisoformat(str(incident.figures["pool_exhausted_at"])))
    assert window.used(empty_ms) >= pool_max > window.used(empty_ms - MINUTE_MS)
    calm = RollingWindow(CALM.traffic.count, CALM.traffic.counted_times)
    assert window.used(incident.since_ms) == calm.used(incident.since_ms)
    assert calm.used(empty_ms) < 0.9 * pool_max


def test_the_storm_repeats_each_refused_update_at_once() -> None:
    figures = only_incident("retry-storm").figures
    storm = extra_calls("retry-storm")
    by_record: dict[str, list[Call]] = {}
    for call in storm:
        by_record.setdefault(call.resource, []).append(call)
    pauses = [
        later.at_ms - earlier.at_ms
        for calls in by_record.values()
        for earlier, later in pairwise(calls)
    ]
    assert {call.status for call in storm} == {figures["status"]}
    assert len(by_record) == figures["operations"]
    assert {len(calls) for calls in by_record.values()} == {figures["attempts_per_operation"]}
    assert len(storm) - len(by_record) == figures["wasted_calls"]
    assert 0 < max(pauses) <= int(figures["longest_pause_ms"]) + 1


def test_the_chatty_client_touches_each_record_twice() -> None:
    incident = only_incident("chatty-client")
    planted = STAGES["chatty-client"].plot.calls
    records = Counter(call.resource for call in planted)
    assert len(records) == incident.figures["records"]
    assert set(records.values()) == {2}
    assert Counter(call.shape.method for call in planted) == {"GET": 1_000, "PATCH": 1_000}


def test_the_loads_through_rest_move_the_records_that_truth_counts() -> None:
    incident = only_incident("rest-loads")
    calls = calls_in(STAGES["rest-loads"], incident)
    assert {call.shape.family for call in calls} == {"REST"}
    writes = sum(call.rows for call in calls if call.shape.method == "POST")
    reads = sum(call.rows for call in calls if call.shape.read)
    assert (writes, reads) == (14_600, 50_000)
    assert (incident.figures["records_written"], incident.figures["records_read"]) == (
        writes,
        reads,
    )
    (login,) = logins_in(STAGES["rest-loads"], incident)
    assert {call.session for call in calls} == {login.number}


def test_five_logins_of_the_cfo_fail_within_three_minutes() -> None:
    incident = only_incident("vip-failed-logins")
    logins = logins_in(STAGES["vip-failed-logins"], incident)
    assert [login.status for login in logins] == ["Invalid password"] * 5
    assert logins[-1].at_ms - logins[0].at_ms == incident.figures["span_ms"]
    assert int(incident.figures["span_ms"]) < 3 * MINUTE_MS
    before = STAGES["vip-failed-logins"].logins
    past = [
        login
        for day in range(OPENED_MS // DAY_MS - 7, OPENED_MS // DAY_MS)
        for login in before.desk_logins(day)
        if login.user.username == incident.subject
    ]
    assert len(past) >= 5
    assert not {login.source_ip for login in past} & set(incident.addresses)


def test_the_spray_tries_everybody_and_gets_in_once() -> None:
    incident = only_incident("password-spray")
    logins = logins_in(STAGES["password-spray"], incident)
    tries = Counter(login.user.username for login in logins)
    assert tries == dict.fromkeys(incident.users, 2)
    entered = [login.user.username for login in logins if login.succeeded]
    assert entered == [incident.figures["entered_as"]]
    assert len(logins) - 1 == incident.figures["failed_logins"]
    (found,) = STAGES["password-spray"].plot.acts
    assert found.by.session == next(login.number for login in logins if login.succeeded)


def test_the_stolen_token_is_the_victims_session_from_elsewhere() -> None:
    stage, incident = STAGES["stolen-token"], only_incident("stolen-token")
    theft = extra_calls("stolen-token")
    thief, victim = theft[0].integration, theft[0].integration.borrows_from
    assert victim is not None
    assert {call.client_ip for call in theft} == set(incident.addresses)
    assert not set(incident.addresses) & set(victim.addresses)
    assert (thief.app, thief.user_agent == victim.user_agent) == (victim.app, False)
    assert all(call.session == session_at(victim, 0, call.at_ms) for call in theft)
    assert not logins_in(stage, incident)
    steps = [step for call in theft for step in stage.acts.bulk_steps(call.at_ms // MINUTE_MS)]
    mine = {step.number: step for step in steps if step.by.source_ip in incident.addresses}
    kinds = Counter(step.step for step in mine.values())
    assert (kinds["created"], kinds["deleted"], kinds["results_read"]) == (3, 3, 12)
    created = {step.job_id for step in mine.values() if step.step == "created"}
    assert created == {step.job_id for step in mine.values() if step.step == "deleted"}
    exported = sum(step.rows for step in mine.values() if step.step == "results_read")
    assert exported == incident.figures["rows_exported"]
    described = [call for call in theft if call.resource.endswith("/describe")]
    assert len(described) == incident.figures["tables_described"]
    assert sum(call.failed for call in theft) == incident.figures["failed_calls"]
    assert max(call.at_ms for call in described) < min(step.at_ms for step in mine.values())


def test_the_dormant_app_was_silent_before() -> None:
    stage, incident = STAGES["dormant-app"], only_incident("dormant-app")
    day = range(OPENED_MS // MINUTE_MS - 1440, OPENED_MS // MINUTE_MS)
    assert not [c for m in day for c in stage.traffic.calls(m) if c.user.username in incident.users]
    (login,) = logins_in(stage, incident)
    app = next(app for app in stage.scenario.facts.apps if app.name == incident.subject)
    before, after = datetime(2026, 3, 4, 12, 0, tzinfo=UTC), datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    assert stage.last_used(app, incident.users[0], before) == app.last_used_at
    assert to_ms(stage.last_used(app, incident.users[0], after) or before) == login.at_ms
    assert {call.session for call in calls_in(stage, incident)} == {login.number}


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_whatever_the_hour_somebody_calls_outside_of_theirs(hour: int) -> None:
    opened_ms = to_ms(datetime(2026, 3, 4, hour, 31, tzinfo=UTC))
    stage = set_stage("off-hours", 7, opened_ms, None, 1.0)
    (incident,) = stage.plot.incidents
    (suspect,) = {call.integration for call in stage.plot.calls}
    hours = {call.at_ms // HOUR_MS % 24 for call in stage.plot.calls}
    assert {suspect.rhythm.hours[each] for each in hours} == {0}
    assert len(calls_in(stage, incident, suspect.key)) == incident.figures["calls"]


def test_every_state_of_a_migration_is_there_and_shows_in_apps_and_traffic() -> None:
    stage = STAGES["migration"]
    standings = {standing.app: standing for standing in stage.scenario.standings}
    assert {standing.state for standing in standings.values()} == set(range(10))
    apps = {(app.kind, app.name): app for app in stage.scenario.facts.apps}
    day = range(OPENED_MS // MINUTE_MS - 1440, OPENED_MS // MINUTE_MS, 5)
    calling = {call.integration.app for minute in day for call in stage.traffic.calls(minute)}
    for name, standing in standings.items():
        old = apps.get(("connected_app", name))
        new = apps.get(("external_client_app", name))
        never = apps.get(("uninstalled", name))
        shown = {
            0: never is not None and never in calling and not never.token_uses,
            1: never is not None and never in calling and never.token_uses > 0,
            2: old is not None and old.namespace is not None and new is None,
            3: old is not None and old in calling and new is None,
            4: old in calling and new is not None and new not in calling,
            5: old in calling and new in calling,
            6: old is not None and old not in calling and new in calling,
            7: old is not None and old.last_used_at is not None and new in calling,
            8: old is not None and not old.enabled and new in calling,
            9: old is None and new in calling,
        }
        assert shown[standing.state], name
        assert standing.counterpart == (new.developer_name if new else None)
        if old and new:
            match = "consumer_key" if old.consumer_key == new.consumer_key else "name"
            assert standing.match == match, name
        if standing.blocked_from_simple_move:
            assert old is not None
            assert old.flow == "username_password"


def test_support_portals_calls_and_logins_went_over_at_once() -> None:
    stage = STAGES["migration"]
    old, new = (
        next(one for one in stage.scenario.integrations if one.key == key)
        for key in ("support-old", "support")
    )
    minutes = range(OPENED_MS // MINUTE_MS - 6 * 1440, OPENED_MS // MINUTE_MS, 3)
    when = {
        one: [m for m in minutes if stage.traffic.raw_calls(m, frozenset({one}))]
        for one in (old, new)
    }
    assert max(when[old]) < min(when[new])
    last = stage.last_used(old.app, old.users[0].username, NOON) if old.app else None
    assert last is not None
    assert timedelta(days=3) < NOON - last < timedelta(days=5)
