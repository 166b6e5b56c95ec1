"""The known faults of the CometD library, each shown not to reach us.

The numbers are those of the assessment of aiocometd-ng 0.5.6; a new release of the library, or
another client behind the same interface, is judged by this file.
"""

import asyncio
import itertools
from datetime import UTC, datetime

import pytest
from aiocometd_ng.constants import ConnectionType
from aiocometd_ng.transports.long_polling import LongPollingTransport
from aiocometd_ng.transports.registry import TRANSPORT_CLASSES

from console.clock import SystemClock
from console.secrets import Secret
from console.streaming.faults import EndKind, SessionEnded
from console.streaming.session import CometdSession
from console.streaming.types import StreamBounds, StreamPhase, StreamTimings
from tests.unit.streaming.bayeux_server import (
    INVALID_REPLAY,
    STICKY,
    BayeuxServer,
    failed,
    hang,
    normal,
    ok,
    replies,
    reset,
    status,
    truncated,
    unknown_client,
)
from tests.unit.streaming.harness import LOGIN, QUICK, end_of, eventually

HANDSHAKE, CONNECT, SUBSCRIBE = "/meta/handshake", "/meta/connect", "/meta/subscribe"


def session_on(server, timings=QUICK, bounds=None):
    url = f"{server.url}/cometd/62.0"
    positions = {LOGIN: "-1"}
    return CometdSession(
        url, Secret("good"), positions, SystemClock(), timings, bounds or StreamBounds()
    )


async def test_1_a_lost_connection_is_a_short_pause_and_nothing_is_lost(stream):
    async with BayeuxServer() as server, stream(server) as watched:
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.publish(LOGIN)
        await watched.until(lambda: len(watched.events) == 1)
        server.say(CONNECT, reset, reset)
        expected = [10, *server.publish(LOGIN, 5)]
        server.forget_sessions()
        expected += server.publish(LOGIN, 5)
        await watched.until(lambda: len(watched.events) >= 11)
    assert watched.numbers == expected
    assert watched.tokens_refused == 0


async def test_2_an_interval_is_milliseconds(stream):
    async with BayeuxServer(hold_s=0.05, interval_ms=250) as server, stream(server) as watched:
        await watched.until(lambda: server.count(CONNECT) >= 4)
    moments = [seen.at_s for seen in server.requests(CONNECT)]
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert all(0.24 <= pause < 1.5 for pause in pauses)


async def test_3_a_refused_replay_id_after_a_new_handshake_is_reported_and_mended(stream):
    async with BayeuxServer() as server, stream(server) as watched:
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.publish(LOGIN, 2)
        await watched.until(lambda: len(watched.events) == 2)
        server.oldest_replay_id = 1000
        server._replay_ids = iter(range(1010, 9999, 10))
        server.forget_sessions()
        await watched.until(lambda: watched.lost)
        server.publish(LOGIN)
        await watched.until(lambda: len(watched.events) == 3)
    (loss,) = watched.lost
    assert (loss.channel, loss.replay_id) == (LOGIN, "20")
    assert "20" in loss.error
    assert loss.since is not None
    assert loss.since <= loss.at <= datetime.now(UTC)
    assert watched.numbers == [10, 20, 1010]


async def test_4_an_unknown_client_costs_no_token_request_refusal(stream):
    async with BayeuxServer() as server, stream(server) as watched:
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.forget_sessions()
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING) == 2)
        assert watched.tokens_refused == 0
        assert server.count(HANDSHAKE) == 2


async def test_5_a_login_that_keeps_failing_is_tried_with_growing_pauses(stream):
    timings = StreamTimings(login_base_s=60.0, login_cap_s=60.0, backoff_base_s=0.01)
    async with (
        BayeuxServer() as server,
        stream(server, token="bad", timings=timings) as watched,
    ):
        await watched.until(lambda: watched.reached(StreamPhase.LOGIN_FAILED))
        state = watched.supervisor.state
    assert watched.tokens_refused == 2
    assert server.count(HANDSHAKE) == 2
    assert state.next_attempt_at is not None
    assert 29 <= (state.next_attempt_at - state.since).total_seconds() <= 61


async def test_6_many_refused_subscriptions_ask_for_one_new_token(stream):
    channels = [f"/event/E{n}" for n in range(6)]
    refused = replies(lambda m: [failed(m, "401::Authentication invalid", subscription="x")])
    async with BayeuxServer() as server:
        server.say(SUBSCRIBE, refused)
        async with stream(server, channels) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
    assert watched.tokens_refused == 1
    assert watched.tokens_given == 2


async def test_7_an_outage_is_met_with_growing_pauses(stream):
    timings = StreamTimings(backoff_base_s=0.04, backoff_cap_s=10.0, request_s=1.0)
    async with BayeuxServer() as server:
        server.say(HANDSHAKE, *[status(503, "sorry")] * 5)
        async with stream(server, timings=timings) as watched:
            await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        moments = [seen.at_s for seen in server.requests(HANDSHAKE)]
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    for pause, least in zip(pauses, [0.02, 0.04, 0.08, 0.16, 0.32], strict=True):
        assert pause >= least


async def test_8_a_failed_first_connect_leaves_nothing_behind():
    async with BayeuxServer() as server:
        server.say(CONNECT, status(503, "sorry"))
        with pytest.raises(SessionEnded) as ended:
            async with session_on(server):
                pass
        assert ended.value.end.kind is EndKind.NETWORK
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not [t for t in others if "_connect" in repr(t)]
        assert server.count(CONNECT) == 1


async def test_9_a_cancelled_opening_closes_its_connection():
    never = asyncio.Event()
    async with BayeuxServer() as server:
        server.say(HANDSHAKE, hang(never))
        session = session_on(server, StreamTimings())
        opening = asyncio.create_task(session.__aenter__())
        await eventually(lambda: server.count(HANDSHAKE))
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert session._client._http_session.closed
        never.set()


async def test_10_closing_says_nothing_to_the_loop(loop_complaints, caplog):
    async with BayeuxServer() as server:
        async with session_on(server) as session:
            await session.subscribe(LOGIN)
        assert server.count("/meta/disconnect") == 1
    assert loop_complaints == []
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "WARNING")]


async def test_11_no_event_is_lost_to_short_waits():
    async with BayeuxServer() as server, session_on(server) as session:
        await session.subscribe(LOGIN)
        got: list[object] = []

        async def publish():
            for _ in range(200):
                server.publish(LOGIN)
                await asyncio.sleep(0)

        publishing = asyncio.create_task(publish())
        async with asyncio.timeout(8):
            while len(got) < 200:
                got += [e.payload["n"] for e in await session.next_batch(0.001)]
        await publishing
    assert got == list(range(10, 2010, 10))


async def test_12_a_slow_sink_never_stops_the_heartbeat(stream):
    release = asyncio.Event()

    async def slow(batch):
        await release.wait()

    async with BayeuxServer(hold_s=0.05) as server, stream(server, on_batch=slow) as watched:
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.publish(LOGIN, 20)
        await watched.until(lambda: server.count(CONNECT) > 8)
        assert watched.events == []
        release.set()
        await watched.until(lambda: len(watched.events) == 20)
    assert server.count(HANDSHAKE) == 1


@pytest.mark.parametrize("most", [{"pending_events": 10}, {"pending_bytes": 800}])
async def test_12_a_full_inbox_holds_the_next_connect_until_it_drains(stream, most):
    release = asyncio.Event()

    async def slow(batch):
        await release.wait()

    bounds = StreamBounds(batch_events=5, **most)
    async with (
        BayeuxServer(hold_s=0.05) as server,
        stream(server, on_batch=slow, bounds=bounds) as watched,
    ):
        await watched.until(lambda: watched.reached(StreamPhase.STREAMING))
        server.publish(LOGIN, 30)
        await watched.until(lambda: server.count(CONNECT) >= 2)
        async with asyncio.timeout(5):
            while True:
                before = server.count(CONNECT)
                await asyncio.sleep(0.2)
                if server.count(CONNECT) == before:
                    break
        release.set()
        await watched.until(lambda: len(watched.events) == 30)
        await watched.until(lambda: server.count(CONNECT) > before)
    assert watched.numbers == list(range(10, 310, 10))


async def test_13_every_session_is_a_new_one(stream):
    async with BayeuxServer() as server, stream(server) as watched:
        for round_number in range(1, 4):
            await watched.until(lambda n=round_number: watched.reached(StreamPhase.STREAMING) == n)
            server.publish(LOGIN)
            await watched.until(lambda n=round_number: len(watched.events) == n)
            server.forget_sessions()
    cookies = {seen.cookie for seen in server.requests(SUBSCRIBE)}
    assert len(cookies) == 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (replies(lambda m: [{"errorCode": "INVALID_SESSION_ID"}]), EndKind.UNREADABLE),
        (status(401, '[{"errorCode":"INVALID_SESSION_ID"}]'), EndKind.AUTHENTICATION),
        (status(200, "<html>Log in</html>"), EndKind.UNREADABLE),
        (status(302, "", Location="https://elsewhere.example/"), EndKind.UNREADABLE),
        (status(503, "<html>Down</html>"), EndKind.NETWORK),
        (status(200, "[]"), EndKind.UNREADABLE),
        (status(200, ""), EndKind.UNREADABLE),
        (replies(lambda m: [ok(m), 7, None]), EndKind.NETWORK),
        (truncated, EndKind.NETWORK),
        (reset, EndKind.NETWORK),
    ],
)
async def test_14_answers_that_are_not_bayeux_end_the_session_with_a_sentence(answer, kind):
    async with BayeuxServer() as server:
        server.say(CONNECT, normal, answer)
        async with session_on(server) as session:
            await session.subscribe(LOGIN)
            if kind is EndKind.NETWORK and answer not in (truncated, reset):
                server.say(CONNECT, reset)
            end = await end_of(session)
    assert end.kind is kind
    assert end.reason


async def test_14_a_silent_server_is_noticed_by_the_deadline():
    never = asyncio.Event()
    timings = StreamTimings(request_s=1.0, hold_margin_s=0.3)
    async with BayeuxServer(hold_s=0.2) as server:
        server.say(CONNECT, normal, hang(never))
        async with session_on(server, timings) as session:
            end = await end_of(session, wait_s=60.0)
        never.set()
    assert end.kind is EndKind.SILENT


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_15_cookies_go_back_byte_for_byte(host):
    async with BayeuxServer() as server:
        server.host = host
        async with session_on(server) as session:
            await session.subscribe(LOGIN)
    cookie = server.requests(SUBSCRIBE)[0].cookie
    assert cookie is not None
    assert f"sfdc-stream={STICKY}" in cookie.split("; ")


async def test_16_advice_without_a_timeout_keeps_the_last_one():
    short = replies(lambda m: [ok(m, advice={"interval": 0, "reconnect": "retry"})])
    async with BayeuxServer(hold_s=0.2) as server:
        server.say(CONNECT, normal, short)
        async with session_on(server) as session:
            async with asyncio.timeout(5):
                while server.count(CONNECT) < 3:
                    await session.next_batch(0.01)
            assert session._guard.hold_s == pytest.approx(0.2)


async def test_the_handshake_asks_for_replay_and_the_first_connect_for_an_answer_at_once():
    async with BayeuxServer() as server, session_on(server) as session:
        await session.subscribe(LOGIN)
        handshake = server.requests(HANDSHAKE)[0]
        first, *_ = server.requests(CONNECT)
    assert handshake.messages[0]["ext"] == {"replay": True}
    assert handshake.messages[0]["supportedConnectionTypes"] == ["long-polling"]
    assert handshake.authorization == "Bearer good"
    assert first.messages[0]["advice"] == {"timeout": 0}


async def test_an_org_without_long_polling_cannot_be_streamed_from():
    only_websocket = replies(
        lambda m: [ok(m, clientId="c", supportedConnectionTypes=["websocket"], ext={})]
    )
    async with BayeuxServer() as server:
        server.say(HANDSHAKE, only_websocket)
        with pytest.raises(SessionEnded) as ended:
            await session_on(server).__aenter__()
    assert ended.value.end.kind is EndKind.UNREADABLE
    assert "long polling" in ended.value.end.detail


def test_other_clients_of_the_library_keep_its_own_transport():
    assert TRANSPORT_CLASSES[ConnectionType.LONG_POLLING] is LongPollingTransport


async def test_a_pushed_disconnect_ends_the_session():
    goodbye = replies(lambda m: [ok(m), {"channel": "/meta/disconnect"}])
    async with BayeuxServer() as server:
        server.say(CONNECT, normal, goodbye)
        async with session_on(server) as session:
            with pytest.raises(SessionEnded) as ended:
                await session.next_batch(5.0)
    assert ended.value.end.kind is EndKind.SERVER_LEFT


async def test_a_busy_server_hidden_under_a_401_is_not_a_login_problem():
    busy = replies(
        lambda m: [
            failed(
                m,
                "401::Authentication invalid",
                advice={"reconnect": "none", "interval": 0},
                ext={"sfdc": {"failureReason": "503::Server is too busy.  Please try again."}},
            )
        ]
    )
    async with BayeuxServer() as server:
        server.say(CONNECT, normal, busy)
        async with session_on(server) as session:
            with pytest.raises(SessionEnded) as ended:
                await session.next_batch(5.0)
    assert ended.value.end.kind is EndKind.BUSY


async def test_events_that_came_with_the_failure_are_handed_out_first():
    event = {"channel": LOGIN, "data": {"payload": {"n": 1}, "event": {"replayId": 5}}}
    async with BayeuxServer() as server:
        server.say(CONNECT, normal, replies(lambda m: [event, unknown_client(m)]))
        async with session_on(server) as session:
            await eventually(lambda: session._guard.end is not None)
            batch = await session.next_batch(5.0)
            with pytest.raises(SessionEnded):
                await session.next_batch(5.0)
    assert [e.payload["n"] for e in batch] == [1]


async def test_an_answer_larger_than_the_bound_is_refused():
    bounds = StreamBounds(reply_bytes=1000)
    async with BayeuxServer() as server:
        server.say(CONNECT, normal, status(200, "[" + " " * 2000 + "]"))
        async with session_on(server, bounds=bounds) as session:
            with pytest.raises(SessionEnded) as ended:
                await session.next_batch(5.0)
    assert "1000 bytes" in ended.value.end.reason


async def test_no_trace_of_the_token_in_failures():
    async with BayeuxServer() as server:
        server.say(CONNECT, normal, reset)
        session = CometdSession(
            f"{server.url}/cometd/62.0",
            Secret("s3cr3t-t0ken"),
            {},
            SystemClock(),
            QUICK,
            StreamBounds(),
        )
        server.tokens = {"s3cr3t-t0ken"}
        with pytest.raises(SessionEnded) as ended:
            async with session:
                await session.next_batch(5.0)
    shown = (ended.value, ended.value.end, session, session._guard, session._client)
    assert "s3cr3t" not in "".join(map(repr, shown))
    assert ended.value.__cause__ is None


def test_the_replay_error_text_used_here_is_the_documented_one():
    assert INVALID_REPLAY % 7 == (
        "400::The replayId {7} you provided was invalid.  Please provide a valid ID, -2 to "
        "replay all events, or -1 to replay only new events."
    )


async def test_an_org_on_this_machine_is_never_asked_through_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://localhost:9")
    async with BayeuxServer() as server, session_on(server) as session:
        assert (await session.subscribe(LOGIN)).refusal is None
