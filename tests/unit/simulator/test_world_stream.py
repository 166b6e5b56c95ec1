"""The event bus: ordered, numbered with holes, kept 72 hours, and equal to what happened."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simulator.life.client_acts import LoginAttempt
from console.simulator.world import PublishedEvent, World, WorldOptions
from tests.unit.simulator.stepped_clock import NOON, SteppedClock
from tests.unit.simulator.test_world_window import request_at

LOGIN, API, LOGOUT = (
    "/event/LoginEventStream",
    "/event/ApiEventStream",
    "/event/LogoutEventStream",
)
SHORT = WorldOptions(history=timedelta(minutes=5))
API_FIELDS = (
    "EventDate CreatedDate CreatedById EventIdentifier RelatedEventIdentifier UserId Username"
    " LoginKey SessionKey LoginHistoryId SessionLevel SourceIp PolicyId PolicyOutcome"
    " EvaluationTime ApiType ApiVersion Application Client ConnectedAppId Platform UserAgent"
    " Operation QueriedEntities Query RowsProcessed RowsReturned ElapsedTime RequestIdentifier"
    " AdditionalInfo ActionName BotId BotSessionIdentifier PlannerId Records"
)
LOGIN_FIELDS = (
    "EventDate AuthServiceId CountryIso Platform EvaluationTime CipherSuite PostalCode"
    " ClientVersion LoginGeoId LoginUrl LoginHistoryId LoginSubType CreatedById SessionKey ApiType"
    " AuthMethodReference LoginType PolicyOutcome Status AdditionalInfo ApiVersion EventIdentifier"
    " RelatedEventIdentifier LoginLatitude City Subdivision SourceIp Username UserId CreatedDate"
    " Country LoginLongitude TlsProtocol LoginKey Application UserType PolicyId HttpMethod"
    " SessionLevel Browser"
)
LOGOUT_FIELDS = (
    "EventIdentifier EventDate CreatedDate CreatedById UserId Username LoginKey SessionKey"
    " SessionLevel SourceIp RelatedEventIdentifier"
)


def everything(world: World, channel: str) -> list[PublishedEvent]:
    return world.events_after(channel, 0, 1_000_000)


def all_events(world: World) -> list[PublishedEvent]:
    found = [event for channel in world.channels for event in everything(world, channel)]
    return sorted(found, key=lambda event: event.replay_id)


@pytest.fixture(scope="module")
def world() -> World:
    """Ninety minutes of Acme; tests that share it only read."""
    return World(SteppedClock(), WorldOptions(history=timedelta(minutes=90)))


@settings(max_examples=12, deadline=None)
@given(steps_ms=st.lists(st.integers(1, 150_000), max_size=8))
def test_how_often_the_world_is_advanced_changes_nothing(steps_ms: list[int]) -> None:
    clock, at_once = SteppedClock(), SteppedClock()
    stepped, leaping = World(clock, SHORT), World(at_once, SHORT)
    for step_ms in steps_ms:
        clock.step(timedelta(milliseconds=step_ms))
        stepped.advance()
    at_once.step(timedelta(milliseconds=sum(steps_ms)))
    leaping.advance()
    assert all_events(stepped) == all_events(leaping)


def test_advancing_onto_an_event_and_past_every_minute_loses_and_repeats_nothing() -> None:
    clock, at_once = SteppedClock(), SteppedClock()
    stepped, leaping = World(clock, SHORT), World(at_once, SHORT)
    at_once.step(timedelta(minutes=4))
    leaping.advance()
    moments = {event.published_at for event in all_events(leaping)}
    moments |= {NOON.replace(second=0) + timedelta(seconds=n) for n in range(20, 240)}
    for moment in sorted(moment for moment in moments if moment > NOON):
        clock.at = moment
        stepped.advance()
    clock.at = at_once.at
    stepped.advance()
    assert all_events(stepped) == all_events(leaping)


def test_replay_ids_rise_with_holes_over_all_channels_in_order_of_publication(
    world: World,
) -> None:
    events = all_events(world)
    ids = [event.replay_id for event in events]
    assert len(set(ids)) == len(ids)
    assert ids[-1] - ids[0] > len(ids)
    moments = [event.published_at for event in events]
    assert moments == sorted(moments)
    assert moments[-1] <= NOON


def test_every_event_is_told_once_and_its_payload_has_the_real_fields(world: World) -> None:
    events = all_events(world)
    assert len({event.event_uuid for event in events}) == len(events)
    assert len({event.payload["EventIdentifier"] for event in events}) == len(events)
    wanted = {LOGIN: LOGIN_FIELDS, API: API_FIELDS, LOGOUT: LOGOUT_FIELDS}
    assert wanted.keys() <= {event.channel for event in events} | {LOGOUT}
    for event in events:
        if event.channel in wanted:
            assert set(event.payload) == set(wanted[event.channel].split())
    assert all(len(event.schema) == 22 for event in events)
    assert len({event.schema for event in events}) == len({event.channel for event in events})
    json.dumps([event.payload for event in events])


def test_events_follow_their_acts_within_seconds(world: World) -> None:
    for event in all_events(world):
        happened = datetime.fromisoformat(str(event.payload["EventDate"]))
        assert timedelta(0) < event.published_at - happened <= timedelta(seconds=6)
        assert datetime.fromisoformat(str(event.payload["CreatedDate"])) == event.published_at


def test_bulk_reads_say_as_little_as_they_do_in_a_real_org(world: World) -> None:
    bulk = [e.payload for e in everything(world, API) if e.payload["ApiType"] == "Bulk"]
    assert bulk
    assert {p["LoginHistoryId"] for p in bulk} == {p["Records"] for p in bulk} == {None}
    assert {p["Client"] for p in bulk} == {p["UserAgent"] for p in bulk} == {""}


def test_the_api_stream_carries_reads_only_and_a_lively_number_of_them(world: World) -> None:
    reads = [event.payload for event in everything(world, API)]
    assert {p["Operation"] for p in reads} <= {"Query", "QueryMore", "QueryAll"}
    assert 10 * 90 < len(reads) < 60 * 90
    some = [p["ConnectedAppId"] for p in reads if p["Username"] == "svc-erp@acme.example"]
    assert None in some
    assert {str(i)[:3] for i in some if i} == {"0H4"}


def test_a_session_joins_logins_with_the_reads_in_it(world: World) -> None:
    opened = {e.payload["LoginKey"]: e.payload["LoginHistoryId"] for e in everything(world, LOGIN)}
    rest = [e.payload for e in everything(world, API) if e.payload["LoginHistoryId"]]
    joined = [p for p in rest if p["LoginKey"] in opened]
    assert len(joined) > len(rest) / 3
    assert all(p["LoginHistoryId"] == opened[p["LoginKey"]] for p in joined)


def test_paging_by_replay_id_loses_and_repeats_nothing(world: World) -> None:
    seen: list[PublishedEvent] = []
    last = 0
    while page := world.events_after(API, last, 173):
        seen.extend(page)
        last = page[-1].replay_id
    assert seen == everything(world, API)
    assert world.oldest_replay_id(API) == seen[0].replay_id
    assert world.newest_replay_id(API) == seen[-1].replay_id


def test_a_channel_that_is_not_offered_has_nothing(world: World) -> None:
    assert world.events_after("/event/UriEventStream", 0, 10) == []
    assert world.newest_replay_id("/event/UriEventStream") is None
    options = WorldOptions(history=timedelta(minutes=1), event_monitoring=False)
    free = World(SteppedClock(), options)
    assert free.channels == (LOGOUT,)
    assert free.events_after(API, 0, 10) == []


def test_events_are_forgotten_after_72_hours() -> None:
    clock = SteppedClock()
    world = World(clock, SHORT)
    first = everything(world, API)[0]
    clock.at = first.published_at + timedelta(hours=72)
    world.advance()
    assert world.oldest_replay_id(API) == first.replay_id
    clock.step(timedelta(milliseconds=1))
    world.advance()
    oldest = world.oldest_replay_id(API)
    assert oldest is not None
    assert oldest > first.replay_id


def test_listeners_are_woken_by_news_until_they_leave() -> None:
    clock = SteppedClock()
    world = World(clock, SHORT)
    woken: list[int] = []
    leave = world.subscribe_listener(lambda: woken.append(1))
    world.advance()
    assert woken == []
    clock.step(timedelta(minutes=1))
    world.advance()
    assert woken == [1]
    leave()
    leave()
    clock.step(timedelta(minutes=1))
    world.advance()
    assert woken == [1]


def test_a_real_login_is_published_at_once_even_when_time_stands_still() -> None:
    clock = SteppedClock()
    world = World(clock, SHORT)
    before = world.newest_replay_id(LOGIN) or 0
    attempt = LoginAttempt(clock.at, "orgwatch@acme.example", "orgwatch", "127.0.0.1")
    world.add_login(attempt)
    world.add_login(attempt)
    found = world.events_after(LOGIN, before, 10)
    assert [e.payload["Application"] for e in found] == ["orgwatch", "orgwatch"]
    assert found[0].event_uuid != found[1].event_uuid
    assert found[0].payload["LoginType"] == "Remote Access 2.0"


def test_a_login_that_names_nobody_leaves_no_trace() -> None:
    clock = SteppedClock()
    world = World(clock, SHORT)
    before = world.newest_replay_id(LOGIN)
    world.add_login(LoginAttempt(clock.at, "nobody@acme.example", "orgwatch", "127.0.0.1"))
    assert world.newest_replay_id(LOGIN) == before


def test_only_answered_reads_of_real_clients_are_streamed_and_joined_to_their_login() -> None:
    clock = SteppedClock()
    world = World(clock, SHORT)
    world.add_login(LoginAttempt(clock.at, "orgwatch@acme.example", "orgwatch", "127.0.0.1"))
    before = world.newest_replay_id(API) or 0
    read = {"operation": "Query", "query": "SELECT Id FROM User", "entity": "User", "rows": 23}
    world.add_request(request_at(world))
    world.add_request(request_at(world, status=400, **read))
    world.add_request(request_at(world, **read))
    found = world.events_after(API, before, 10)
    assert [e.payload["Query"] for e in found] == ["SELECT Id FROM User"]
    login = everything(world, LOGIN)[-1].payload
    assert found[0].payload["LoginKey"] == login["LoginKey"]
    assert found[0].payload["ConnectedAppId"] == world.facts.console_app.consumer_id
