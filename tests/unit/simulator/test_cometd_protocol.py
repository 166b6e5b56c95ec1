"""The streaming endpoint, message by message, with a plain HTTP client."""

import asyncio
import json
from typing import Any

import pytest

from tests.unit.simulator.bayeux import INVALID_ID, LOGINS, READS, Bayeux, connected, until
from tests.unit.simulator.visitor import OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def bayeux(member: Visitor) -> Bayeux:
    return Bayeux(member)


async def test_a_handshake_gives_a_client_id_two_cookies_and_no_advice(bayeux: Bayeux) -> None:
    reply = await bayeux.handshake(ext={"replay": True})
    client_id = reply.pop("clientId")
    assert client_id.isalnum()
    assert len(client_id) == 26
    assert reply == {
        "ext": {"replay": True, "payload.format": True},
        "minimumVersion": "1.0",
        "version": "1.0",
        "supportedConnectionTypes": ["long-polling"],
        "channel": "/meta/handshake",
        "id": "1",
        "successful": True,
    }
    assert set(bayeux.cookies) == {"BAYEUX_BROWSER", "sfdc-stream"}
    assert bayeux.cookies["sfdc-stream"].startswith("!")
    assert bayeux.cookies["sfdc-stream"].endswith("=")


@pytest.mark.parametrize(
    ("path", "authorization", "message", "reason"),
    [
        ("/cometd/66.0", "Bearer wrong", {}, "401::Authentication invalid"),
        ("/cometd/66.0", "", {}, "401::Request requires authentication"),
        (
            "/cometd",
            None,
            {},
            "400::API version in the URI is mandatory. URI format: '/cometd/43.0'",
        ),
        ("/cometd/36.0/", None, {}, "400::API version in the URI is not supported"),
        (
            "/cometd/66.0",
            None,
            {"supportedConnectionTypes": ["websocket"]},
            "400::Invalid connection type",
        ),
    ],
)
async def test_a_denied_handshake_hides_its_cause_in_the_extension(
    bayeux: Bayeux, path: str, authorization: str | None, message: dict[str, Any], reason: str
) -> None:
    bayeux.path = path
    if authorization is not None:
        bayeux.visitor.http.headers["Authorization"] = authorization
    reply = await bayeux.handshake(**message)
    assert (reply["successful"], reply["error"]) == (False, "403::Handshake denied")
    assert reply["advice"] == {"reconnect": "none"}
    assert reply["ext"]["sfdc"] == {"failureReason": reason}


async def test_only_the_first_connect_returns_at_once_and_advises(open_org: OpenOrg) -> None:
    visitor = await open_org(hold_s=1.0)
    bayeux = await connected(visitor)
    await bayeux.handshake()
    loop = asyncio.get_running_loop()
    began = loop.time()
    (first,) = await bayeux.connect()
    assert loop.time() - began < 0.9
    assert first["advice"] == {"interval": 0, "timeout": 110_000, "reconnect": "retry"}
    began = loop.time()
    (second,) = await bayeux.connect()
    assert loop.time() - began >= 0.99
    assert second == {
        "clientId": bayeux.client_id,
        "channel": "/meta/connect",
        "id": "2",
        "successful": True,
    }


async def test_a_connect_that_travels_with_others_is_not_held(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    await bayeux.connect()
    subscribe = bayeux.message("/meta/subscribe", subscription=LOGINS)
    async with asyncio.timeout(5):
        answers = await bayeux.send(bayeux.connect_message(), subscribe)
    assert [answer["channel"] for answer in answers] == ["/meta/subscribe", "/meta/connect"]


async def test_several_channels_in_one_request(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    first = bayeux.message("/meta/subscribe", subscription=LOGINS) | {"id": 7}
    second = bayeux.message("/meta/subscribe", subscription=READS) | {"id": "8"}
    answers = await bayeux.send(first, second)
    assert [(a["id"], a["subscription"], a["successful"]) for a in answers] == [
        (7, LOGINS, True),
        ("8", READS, True),
    ]


async def test_everything_retained_comes_in_order_and_once(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    assert (await bayeux.subscribe(replay=-2))["successful"] is True
    world = bayeux.visitor.org.world
    retained = world.events_after(LOGINS, 0, 1_000_000)
    received = await bayeux.events(least=len(retained))
    assert [e["data"]["event"]["EventUuid"] for e in received[: len(retained)]] == [
        event.event_uuid for event in retained
    ]
    first, expected = received[0], retained[0]
    assert first == {
        "channel": LOGINS,
        "data": {
            "schema": expected.schema,
            "payload": json.loads(json.dumps(dict(expected.payload))),
            "event": {"EventUuid": expected.event_uuid, "replayId": expected.replay_id},
        },
    }


async def test_replay_from_an_id_gives_what_came_after_it(bayeux: Bayeux) -> None:
    retained = bayeux.visitor.org.world.events_after(LOGINS, 0, 50)
    await bayeux.handshake()
    await bayeux.subscribe(replay=retained[19].replay_id)
    received = await bayeux.events(least=30)
    assert [e["data"]["event"]["replayId"] for e in received[:30]] == [
        event.replay_id for event in retained[20:50]
    ]


async def test_a_batch_is_bounded(open_org: OpenOrg) -> None:
    from console.simulator.web.wire import WireOptions

    visitor = await open_org(wire=WireOptions(events_per_reply=10))
    bayeux = await connected(visitor, LOGINS, READS, replay=-2)
    sizes = [len(await bayeux.connect()) - 1 for _ in range(3)]
    assert sizes == [10, 10, 10]


async def test_old_versions_have_no_event_uuid(bayeux: Bayeux) -> None:
    bayeux.path = "/cometd/51.0"
    await bayeux.handshake()
    await bayeux.subscribe(replay=-2)
    event = (await bayeux.events())[0]
    assert set(event["data"]["event"]) == {"replayId"}


async def test_a_held_connect_ends_when_an_event_is_published(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=30.0)
    bayeux = await connected(visitor, LOGINS)
    held = asyncio.create_task(bayeux.events())
    await visitor.ask_token(assertion=visitor.assertion(exp=1))
    async with asyncio.timeout(20):
        received = await held
        while not any(e["data"]["payload"]["Application"] == "orgwatch" for e in received):
            received += await bayeux.events()
    (own,) = (e for e in received if e["data"]["payload"]["Application"] == "orgwatch")
    assert own["data"]["payload"]["Username"] == "orgwatch@acme.example"
    assert own["data"]["payload"]["Status"] == "Failed: Invalid Token"


@pytest.mark.parametrize(
    ("subscription", "replay", "error"),
    [
        ("/event/NoSuchStream", None, "403:denied_by_security_policy:create_denied"),
        (
            "event/LoginEventStream",
            None,
            "400::Channel subscriptions must start with a leading '/'",
        ),
        ("", None, "400::Channel name not specified"),
        (LOGINS, 1, INVALID_ID % 1),
        (LOGINS, 99_999_999_999, INVALID_ID % 99_999_999_999),
        (LOGINS, -3, INVALID_ID % -3),
        (LOGINS, "soon", INVALID_ID % "soon"),
        (
            LOGINS,
            {READS: -1},
            "400::The replayId for channel {/event/LoginEventStream} wasn't found using the "
            "provided replay ID map {{/event/ApiEventStream=-1}}. Ensure that the channel name you "
            "provided in the replay map is valid and matches the channel name used for subscribing.",
        ),
    ],
)
async def test_refused_subscriptions(
    bayeux: Bayeux, subscription: str, replay: object, error: str
) -> None:
    await bayeux.handshake()
    reply = await bayeux.subscribe(subscription, replay)
    assert (reply["successful"], reply["error"]) == (False, error)
    assert reply["subscription"] == subscription


async def test_a_stale_replay_id_can_be_asked_for(bayeux: Bayeux) -> None:
    retained = bayeux.visitor.org.world.events_after(LOGINS, 0, 1)[0].replay_id
    await bayeux.visitor.fault("stale_replay")
    await bayeux.handshake()
    assert (await bayeux.subscribe(replay=-2))["successful"] is True
    assert (await bayeux.subscribe(replay=retained))["error"] == INVALID_ID % retained
    assert (await bayeux.subscribe(replay=retained))["successful"] is True


async def test_unsubscribe_and_disconnect(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    await bayeux.subscribe()
    unsubscribe = bayeux.message("/meta/unsubscribe", subscription=LOGINS)
    (reply,) = await bayeux.send(unsubscribe)
    assert (reply["successful"], reply["subscription"]) == (True, LOGINS)
    assert (await bayeux.send(unsubscribe))[0]["successful"] is False
    (reply,) = await bayeux.send(bayeux.message("/meta/disconnect"))
    assert reply["successful"] is True
    assert (await bayeux.connect())[0]["error"] == "403::Unknown client"


async def test_clients_cannot_publish(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    (reply,) = await bayeux.send(bayeux.message(LOGINS, data={}))
    assert reply["successful"] is False


async def test_an_unknown_client_is_told_to_begin_again(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    bayeux.client_id = "0" * 26
    (reply,) = await bayeux.connect()
    assert reply == {
        "channel": "/meta/connect",
        "id": "2",
        "successful": False,
        "error": "403::Unknown client",
        "advice": {"interval": 0, "reconnect": "handshake"},
    }


async def test_cookies_must_come_back_byte_for_byte(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    sticky = bayeux.cookies["sfdc-stream"]
    bayeux.cookies["sfdc-stream"] = sticky.replace("!", "%21")
    assert (await bayeux.connect())[0]["error"] == "403::Unknown client"
    assert bayeux.cookies["sfdc-stream"] not in (sticky, sticky.replace("!", "%21"))
    bayeux.cookies["sfdc-stream"] = sticky
    assert (await bayeux.connect())[0]["successful"] is True
    del bayeux.cookies["BAYEUX_BROWSER"]
    assert (await bayeux.connect())[0]["error"] == (
        f"400::Client {bayeux.client_id} has established a session, but no BAYEUX_BROWSER cookie "
        "present"
    )


async def test_a_session_dies_when_nothing_is_asked_for_too_long(open_org: OpenOrg) -> None:
    visitor = await open_org(hold_s=1.2, idle_s=0.8)
    bayeux = await connected(visitor)
    (held,) = await bayeux.connect()
    assert held["successful"] is True  # a connect may be held for longer than a session may idle
    book = visitor.org.server._book
    await until(lambda: book.find(bayeux.client_id) is None)
    assert (await bayeux.connect())[0]["error"] == "403::Unknown client"


async def test_two_clients_with_one_cookie_are_told_so(open_org: OpenOrg) -> None:
    visitor = await open_org(hold_s=5)
    first = await connected(visitor)
    held = asyncio.create_task(first.connect())
    second = Bayeux(visitor, cookies={"BAYEUX_BROWSER": first.cookies["BAYEUX_BROWSER"]})
    await second.handshake()
    session = visitor.org.server._book.find(first.client_id)
    await until(lambda: session.holding == 1)
    (answer,) = await second.connect()
    assert answer["advice"]["multiple-clients"] is True
    assert answer["advice"]["interval"] == 2000
    assert not held.done()
    held.cancel()


async def test_a_newer_connect_takes_the_place_of_a_held_one(open_org: OpenOrg) -> None:
    visitor = await open_org(hold_s=10, speed=0.0)
    bayeux = await connected(visitor)
    older = asyncio.create_task(bayeux.connect())
    book = visitor.org.server._book
    session = book.find(bayeux.client_id)
    assert session is not None
    await until(lambda: session.holding == 1)
    newer = asyncio.create_task(bayeux.connect())
    async with asyncio.timeout(5):
        assert (await older)[0]["successful"] is True
    assert not newer.done()
    newer.cancel()


async def test_a_client_that_goes_away_frees_its_held_connect(open_org: OpenOrg) -> None:
    visitor = await open_org(hold_s=60, speed=0.0)
    bayeux = await connected(visitor)
    session = visitor.org.server._book.find(bayeux.client_id)
    assert session is not None
    held = asyncio.create_task(bayeux.connect())
    await until(lambda: session.holding == 1)
    held.cancel()
    await until(lambda: session.holding == 0)


@pytest.mark.parametrize(
    ("kind", "error", "advice"),
    [
        ("revoke_tokens", "401::Authentication invalid", {"reconnect": "none", "interval": 0}),
        ("drop_sessions", "403::Unknown client", {"reconnect": "handshake", "interval": 0}),
    ],
)
async def test_faults_reach_a_held_connect(
    open_org: OpenOrg, kind: str, error: str, advice: dict[str, object]
) -> None:
    visitor = await open_org(hold_s=30, speed=0.0)
    bayeux = await connected(visitor)
    held = asyncio.create_task(bayeux.connect())
    session = visitor.org.server._book.find(bayeux.client_id)
    assert session is not None
    await until(lambda: session.holding == 1)
    await visitor.fault(kind)
    async with asyncio.timeout(5):
        (reply,) = await held
    assert (reply["error"], reply["advice"]) == (error, advice)


async def test_a_pushed_disconnect(open_org: OpenOrg) -> None:
    visitor = await open_org(hold_s=30, speed=0.0)
    bayeux = await connected(visitor)
    held = asyncio.create_task(bayeux.connect())
    session = visitor.org.server._book.find(bayeux.client_id)
    assert session is not None
    await until(lambda: session.holding == 1)
    await visitor.fault("push_disconnect")
    async with asyncio.timeout(5):
        assert {"channel": "/meta/disconnect"} in await held
    (reply,) = await bayeux.connect()
    assert reply["error"] == "403::Unknown client"
    assert reply["advice"] == {"reconnect": "none", "interval": 0}


async def test_a_busy_server_is_only_named_in_the_extension(bayeux: Bayeux) -> None:
    await bayeux.visitor.fault("streaming_busy")
    reply = await bayeux.handshake()
    assert reply["ext"]["sfdc"]["failureReason"].startswith("503::Server is too busy.  Please")
    assert (await bayeux.handshake())["successful"] is True


async def test_a_session_belongs_to_one_user(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    org = bayeux.visitor.org
    other = next(u for u in org.world.facts.users if u.username == "svc-erp@acme.example")
    grant = org.server._wire.tokens.issue(other, org.world.facts.console_app, org.world.now())
    bayeux.visitor.http.headers["Authorization"] = f"Bearer {grant.token}"
    assert (await bayeux.connect())[0]["error"] == (
        "400::Authenticated user id does not match the session's user id"
    )


async def test_requests_that_are_too_large_or_no_messages(bayeux: Bayeux) -> None:
    (reply,) = await bayeux.send({"channel": "/meta/handshake", "padding": "x" * 33_000})
    assert reply["error"] == "413::Maximum Request Size Exceeded"
    for body in (b"", b"{", b"[1]", b"7"):
        answer = await bayeux.visitor.http.post("/cometd/66.0", content=body)
        assert answer.status_code == 400, body
    assert (await bayeux.visitor.http.get("/cometd/66.0")).status_code == 405
