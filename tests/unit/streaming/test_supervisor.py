"""The stream as a whole: channels, positions, tokens and what it says about itself."""

import asyncio

import pytest

from console.clock import SystemClock
from console.errors import LoginRefused, OrgUnreachable
from console.streaming.supervisor import StreamSupervisor
from console.streaming.types import StreamPhase, StreamTimings
from tests.unit.streaming.bayeux_server import BayeuxServer, failed, normal, replies, unknown_client
from tests.unit.streaming.harness import API, LOGIN, QUICK, Watched

DENIED = "403:denied_by_security_policy:create_denied"


async def test_a_refused_channel_is_reported_and_the_others_go_on(stream):
    async with BayeuxServer() as server:
        server.refused_channels[API] = DENIED
        async with stream(server, (API, LOGIN)) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
            server.publish(LOGIN)
            await watched.until(lambda: watched.events)
            state = watched.supervisor.state
    assert state.live == (LOGIN,)
    assert DENIED in state.refused[API]


async def test_a_refused_channel_is_asked_for_again(stream):
    async with BayeuxServer() as server:
        server.refused_channels[API] = DENIED
        async with stream(server, (API, LOGIN)) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
            del server.refused_channels[API]
            await watched.until(lambda: set(watched.supervisor.state.live) == {API, LOGIN})
            server.publish(API)
            await watched.until(lambda: watched.events)
    assert server.count("/meta/handshake") == 1


async def test_when_every_channel_is_refused_no_session_is_held(stream):
    timings = StreamTimings(refused_retry_s=1000.0)
    async with BayeuxServer() as server:
        server.refused_channels[LOGIN] = DENIED
        async with stream(server, timings=timings) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.BACKING_OFF))
            await watched.until(lambda: server.count("/meta/disconnect") == 1)
            state = watched.supervisor.state
    assert state.reason == "the org refused every channel"
    assert 900 <= (state.next_attempt_at - state.since).total_seconds() <= 1000


async def test_a_stored_position_is_where_the_stream_continues(stream):
    async with BayeuxServer() as server:
        server.publish(LOGIN, 5)
        async with stream(server, positions={LOGIN: "30"}) as watched:
            await watched.until(lambda: len(watched.events) == 2)
    assert watched.numbers == [40, 50]


@pytest.mark.parametrize(("retained", "expected"), [(False, [40]), (True, [10, 20, 30, 40])])
async def test_where_the_first_run_starts(stream, retained, expected):
    async with BayeuxServer() as server:
        server.publish(LOGIN, 3)
        async with stream(server, retained=retained) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
            server.publish(LOGIN)
            await watched.until(lambda: len(watched.events) == len(expected))
    assert watched.numbers == expected


async def test_a_break_before_the_first_event_is_a_reported_gap(stream):
    async with BayeuxServer() as server, stream(server) as watched:
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.forget_sessions()
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING) == 2)
    (loss,) = watched.lost
    assert loss.replay_id is None
    assert loss.since is not None
    assert loss.since <= loss.at


async def test_positions_move_only_when_the_sink_has_returned():
    async with BayeuxServer() as server:
        server.publish(LOGIN, 3)
        watched = Watched(server)

        async def full_disk(batch):
            raise OSError("disk full")

        supervisor = StreamSupervisor(
            channels=[LOGIN],
            api_version="62.0",
            token=watched.give_token,
            refused=watched.refuse_token,
            clock=SystemClock(),
            positions={LOGIN: "10"},
            on_replay_lost=watched.lose,
            timings=QUICK,
        )
        with pytest.raises(OSError, match="disk full"):
            await supervisor.run(full_disk)
        assert supervisor.state.phase is StreamPhase.STOPPED
        again = asyncio.create_task(supervisor.run(watched.take))
        await watched.until(lambda: len(watched.events) == 2)
        again.cancel()
        with pytest.raises(asyncio.CancelledError):
            await again
    assert watched.numbers == [20, 30]


async def test_a_revoked_token_is_replaced_and_the_stream_continues(stream):
    async with BayeuxServer() as server, stream(server) as watched:
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.publish(LOGIN)
        await watched.until(lambda: watched.events)
        watched.token = "newer"
        server.tokens = {"newer"}
        expected = [10, *server.publish(LOGIN, 4)]
        await watched.until(lambda: len(watched.events) == 5 and watched.tokens_refused)
    assert watched.numbers == expected
    assert watched.tokens_refused == 1
    assert not watched.reached(StreamPhase.LOGIN_FAILED)


@pytest.mark.parametrize(
    ("error", "phase"),
    [
        (LoginRefused("The key is wrong", "m", "n"), StreamPhase.LOGIN_FAILED),
        (OrgUnreachable("No such host", "m", "n"), StreamPhase.BACKING_OFF),
    ],
)
async def test_without_a_token_the_reason_is_said_and_it_is_tried_again(stream, error, phase):
    async with BayeuxServer() as server, stream(server, token_error=error) as watched:
        await watched.until(lambda: watched.reached(phase))
        assert error.title in {state.reason for state in watched.states}
        watched.token_error = None
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))


async def test_an_unknown_client_right_after_every_handshake_is_not_hammered(stream):
    timings = StreamTimings(backoff_base_s=50.0, backoff_cap_s=50.0)
    async with BayeuxServer() as server:
        server.say("/meta/connect", *[replies(lambda m: [unknown_client(m)])] * 9)
        async with stream(server, timings=timings) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.BACKING_OFF) == 2)
            state = watched.supervisor.state
    assert server.count("/meta/handshake") == 2
    assert state.next_attempt_at is not None
    assert state.next_attempt_at > state.since


async def test_stopping_says_so_and_takes_leave_of_the_org(stream):
    async with BayeuxServer() as server:
        async with stream(server) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        assert server.count("/meta/disconnect") == 1
    assert watched.states[-1].phase is StreamPhase.STOPPED


async def test_a_refused_replay_id_is_asked_once_more_and_not_for_ever(stream):
    refusal = "400::The replayId {30} you provided was invalid.  Please provide a valid ID."
    async with BayeuxServer() as server:
        server.say("/meta/subscribe", *[replies(lambda m: [failed(m, refusal)])] * 2, normal)
        async with stream(server, positions={LOGIN: "30"}) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        sent = [
            seen.messages[0]["ext"]["replay"][LOGIN] for seen in server.requests("/meta/subscribe")
        ]
    assert sent == [30, -2, -2]
    assert len(watched.lost) == 1
