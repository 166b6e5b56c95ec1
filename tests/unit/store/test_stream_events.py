import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta

from store.events import last_event_at, newest, per_minute, raw
from store.records import EventFilter, ReplayPosition
from store.stream_events import record_events, replay_positions
from tests.unit.store.happenings import streamed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
API = "/event/ApiEventStream"
LOGIN = "/event/LoginEventStream"


def count(connection: sqlite3.Connection) -> int:
    return len(newest(connection, EventFilter(), NOON + timedelta(days=1)))


def test_events_and_positions_go_in_together(connection: sqlite3.Connection) -> None:
    position = ReplayPosition(LOGIN, "1002", NOON)

    new = record_events(connection, [streamed(1, NOON), streamed(2, NOON)], [position])

    assert new == 2
    assert replay_positions(connection) == {LOGIN: position}


def test_an_event_delivered_twice_is_stored_once(connection: sqlite3.Connection) -> None:
    record_events(connection, [streamed(1, NOON)], [])

    again = dataclasses.replace(streamed(1, NOON), received_at=NOON + timedelta(minutes=5))
    assert record_events(connection, [again, streamed(2, NOON), streamed(2, NOON)], []) == 1
    assert count(connection) == 2


def test_without_uuid_channel_and_replay_id_tell_events_apart(
    connection: sqlite3.Connection,
) -> None:
    one = streamed(1, NOON, event_uuid=None, replay_id="7")
    same = streamed(2, NOON, event_uuid=None, replay_id="7")
    elsewhere = streamed(3, NOON, event_uuid=None, replay_id="7", channel=API)

    assert record_events(connection, [one, same, elsewhere], []) == 2


def test_without_any_id_the_content_tells_events_apart(connection: sqlite3.Connection) -> None:
    one = streamed(1, NOON, event_uuid=None, replay_id=None)
    other = streamed(2, NOON, event_uuid=None, replay_id=None)

    assert record_events(connection, [one, one, other], []) == 2


def test_a_position_moves(connection: sqlite3.Connection) -> None:
    later = NOON + timedelta(minutes=1)
    record_events(
        connection, [], [ReplayPosition(LOGIN, "5", NOON), ReplayPosition(API, "6", NOON)]
    )
    record_events(connection, [], [ReplayPosition(LOGIN, "9", later)])

    assert replay_positions(connection) == {
        LOGIN: ReplayPosition(LOGIN, "9", later),
        API: ReplayPosition(API, "6", NOON),
    }


def test_every_field_comes_back(connection: sqlite3.Connection) -> None:
    event = dataclasses.replace(
        streamed(1, NOON, app_name="Order Sync", user_id="005Hs00000BAlWSIA1"),
        app_id="0H4Hs0000008QxKAU",
        client="loader",
        user_agent="python-requests/2.31.0",
        api_type="REST",
        api_version="62.0",
        operation="Query",
        entities="Order",
        rows=2,
        login_key="35wF",
        session_key="vMAS",
        request_id="TID:1",
    )
    record_events(connection, [event], [])

    (found,) = newest(connection, EventFilter(), NOON)

    given = dataclasses.asdict(event)
    for name, value in dataclasses.asdict(found).items():
        if name not in ("key", "source"):
            assert value == given[name], name
    assert raw(connection, found.key) == (found, event.payload_json)


def test_hostile_values_are_stored_as_they_are_or_spelled_out(
    connection: sqlite3.Connection,
) -> None:
    lone_surrogate = dataclasses.replace(streamed(1, NOON), username="x\ud800y", rows=2**70)
    control = streamed(2, NOON, username="\x1b[31m\u202e'); DROP TABLE stream_event; --\0")
    record_events(connection, [lone_surrogate, control], [])

    second, first = newest(connection, EventFilter(), NOON)

    assert (first.username, first.rows) == ("x\\ud800y", None)
    assert second.username == control.username


def test_events_a_minute_end_with_the_moment_of_looking(connection: sqlite3.Connection) -> None:
    at = [
        NOON - timedelta(minutes=m, milliseconds=ms) for m, ms in ((0, 0), (0, 1), (1, 0), (2, 0))
    ]
    events = [streamed(n, moment) for n, moment in enumerate(at)]
    events.append(streamed(9, NOON - timedelta(seconds=5), channel=API))
    events.append(streamed(10, NOON + timedelta(milliseconds=1)))
    record_events(connection, events, [])

    assert per_minute(connection, NOON, 3) == (0, 1, 1, 3)[1:]
    assert per_minute(connection, NOON, 3, channel=API) == (0, 0, 1)
    assert sum(per_minute(connection, NOON, 60)) == 5


def test_the_newest_event_is_not_after_the_moment_of_looking(
    connection: sqlite3.Connection,
) -> None:
    assert last_event_at(connection, NOON) is None
    record_events(connection, [streamed(1, NOON), streamed(2, NOON + timedelta(hours=1))], [])

    assert last_event_at(connection, NOON + timedelta(minutes=5)) == NOON
    assert last_event_at(connection, NOON - timedelta(minutes=5)) is None
