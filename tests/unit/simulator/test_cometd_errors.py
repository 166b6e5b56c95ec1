"""Every error that the streaming API documents, by its cause or by a fault; and the switches."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from console.simulator.cometd.options import StreamingOptions
from console.simulator.oauth.options import AppPolicy, OauthOptions
from console.simulator.org.story_acme import ACME
from console.simulator.web.wire import WireOptions
from tests.unit.simulator.bayeux import INVALID_ID, LOGINS, READS, Bayeux, connected
from tests.unit.simulator.visitor import OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

NONE = {"reconnect": "none", "interval": 0}
SIMULTANEOUS = (
    "403::To protect all customers from excessive use and Denial of Service attacks, we limit the "
    "number of simultaneous connections per server. Your request has been denied because this "
    "limit has been exceeded. Please try your request again later."
)
BUSY = "503::Server is too busy.  Please try your request again later."


@pytest.fixture
def bayeux(member: Visitor) -> Bayeux:
    return Bayeux(member)


async def answer_to(bayeux: Bayeux, channel: str) -> dict[str, Any]:
    if channel == "/meta/handshake":
        return await bayeux.handshake()
    await bayeux.handshake()
    fields = {"subscription": LOGINS} if "subscribe" in channel else {}
    (reply,) = await bayeux.send(bayeux.message(channel, **fields))
    return reply


@pytest.mark.parametrize(
    ("on", "error", "advice"),
    [
        ("/meta/connect", "401::Authentication invalid", NONE),
        ("/meta/connect", "401::Request requires authentication", NONE),
        ("/meta/handshake", "403::Handshake denied", {"reconnect": "none"}),
        ("/meta/connect", "403::Unknown client", {"interval": 0, "reconnect": "handshake"}),
        ("/meta/connect", "403::Client has not completed handshake", None),
        ("/meta/subscribe", "403::Client has not completed handshake", None),
        ("/meta/subscribe", "403::Organization concurrent user limit exceeded", None),
        ("/meta/connect", "403::Organization total events daily limit exceeded", None),
        ("/meta/subscribe", "403::Organization total events daily limit exceeded", None),
        ("/meta/subscribe", "403::Restricted channel", None),
        ("/meta/subscribe", "403::User not enabled for streaming", None),
        ("/meta/subscribe", "403::Cannot create channel /event/X", None),
        ("/meta/subscribe", "403::Subscription limit exceeded for this topic", None),
        ("/meta/subscribe", "403:denied_by_security_policy:create_denied", None),
        ("/meta/subscribe", "403:denied_by_security_policy:subscribe_denied", None),
        (
            "/meta/subscribe",
            "400::The channel you requested to subscribe to doesn't exist {/event/X}",
            None,
        ),
        ("/meta/subscribe", INVALID_ID % 5, None),
        ("/meta/connect", "400::Authenticated user id does not match the session's user id", None),
        ("/meta/connect", "413::Maximum Request Size Exceeded", None),
        ("/meta/subscribe", "404::Unknown channel", None),
        ("/meta/unsubscribe", "404::channel names may not vary only by case", None),
    ],
)
async def test_every_documented_error_can_be_asked_for(
    bayeux: Bayeux, on: str, error: str, advice: dict[str, object] | None
) -> None:
    await bayeux.visitor.fault("bayeux_error", on=on, error=error)
    reply = await answer_to(bayeux, on)
    assert (reply["channel"], reply["successful"], reply["error"]) == (on, False, error)
    assert reply.get("advice") == advice
    with_client_id = error != "403::Unknown client" and on != "/meta/handshake"
    assert ("clientId" in reply) is with_client_id
    assert "error" not in await answer_to(bayeux, on) or on == "/meta/unsubscribe"


@pytest.mark.parametrize("reason", [BUSY, SIMULTANEOUS, "401::Authentication invalid"])
async def test_the_true_cause_may_hide_in_the_extension(bayeux: Bayeux, reason: str) -> None:
    error = "403:denied_by_security_policy:subscribe_denied"
    await bayeux.visitor.fault(
        "bayeux_error", on="/meta/subscribe", error=error, failure_reason=reason, reconnect="retry"
    )
    reply = await answer_to(bayeux, "/meta/subscribe")
    assert (reply["error"], reply["ext"]["sfdc"]) == (error, {"failureReason": reason})
    assert reply["advice"]["reconnect"] == "retry"


async def test_a_fault_of_one_channel_leaves_the_others_alone(bayeux: Bayeux) -> None:
    await bayeux.visitor.fault(
        "bayeux_error", on="/meta/subscribe", error="403::Restricted channel"
    )
    await bayeux.handshake()
    assert (await bayeux.connect())[0]["successful"] is True
    assert (await bayeux.subscribe())["error"] == "403::Restricted channel"
    assert (await bayeux.subscribe())["successful"] is True


@pytest.mark.parametrize("channel", ["/meta/connect", "/meta/subscribe"])
async def test_without_a_handshake_there_is_no_client(bayeux: Bayeux, channel: str) -> None:
    for message in ({"channel": channel}, {"channel": channel, "clientId": None}):
        (reply,) = await bayeux.send(message)
        assert reply["error"] == "403::Client has not completed handshake"


async def test_only_long_polling_is_served(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    (reply,) = await bayeux.send(bayeux.message("/meta/connect", connectionType="websocket"))
    assert reply["error"] == "400::Invalid connection type"


async def test_what_the_user_may_not_see_cannot_be_subscribed_to(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    bayeux = await connected(visitor)
    await visitor.fault("withhold_permission", permission="ViewDataLeakageEvents")
    assert (await bayeux.subscribe())["error"] == "403:denied_by_security_policy:create_denied"
    assert (await bayeux.subscribe("/event/LogoutEventStream"))["successful"] is True
    await visitor.fault("withhold_permission", permission="ApiEnabled")
    assert (await bayeux.subscribe())["error"] == "403::User not enabled for streaming"
    await visitor.fault("grant_permission", permission="ApiEnabled")
    await visitor.fault("grant_permission", permission="ViewDataLeakageEvents")
    assert (await bayeux.subscribe())["successful"] is True


async def test_a_version_that_retires_is_refused_at_the_next_handshake(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0)
    bayeux = await connected(visitor)
    await visitor.fault("retire_versions", below=67)
    reply = await bayeux.handshake()
    assert reply["ext"]["sfdc"]["failureReason"].startswith("400::API version")


async def test_a_sticky_cookie_runs_out_by_fault_and_by_time(open_org: OpenOrg) -> None:
    options = StreamingOptions(sticky_life_s=3600)
    visitor = await open_org(speed=0.0, wire=WireOptions(streaming=options))
    bayeux = await connected(visitor)
    assert bayeux.attributes["BAYEUX_BROWSER"] == "Path=/; HttpOnly"
    path, expires, same_site = bayeux.attributes["sfdc-stream"].split("; ")
    assert (path, same_site) == ("Path=/", "SameSite=None")
    until = parsedate_to_datetime(expires.removeprefix("Expires=")) - datetime.now(UTC)
    assert timedelta(minutes=58) < until < timedelta(minutes=61)
    sticky = bayeux.cookies["sfdc-stream"]
    await visitor.fault("expire_sticky")
    (reply,) = await bayeux.connect()
    assert reply["error"] == "403::Unknown client"
    assert bayeux.cookies["sfdc-stream"] != sticky
    await bayeux.handshake()
    assert (await bayeux.connect())[0]["successful"] is True
    brief = await open_org(speed=0.0, wire=WireOptions(streaming=StreamingOptions(sticky_life_s=0)))
    await brief.log_in()
    bayeux = Bayeux(brief)
    await bayeux.handshake()
    assert (await bayeux.connect())[0]["error"] == "403::Unknown client"


async def test_multiple_clients_can_be_claimed(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    await bayeux.connect()
    await bayeux.visitor.fault("multiple_clients")
    (reply,) = await bayeux.connect()
    assert reply["advice"] == {
        "interval": 2000,
        "multiple-clients": True,
        "reconnect": "retry",
        "timeout": 110_000,
    }


async def test_an_acknowledge_extension_is_not_taken_up(bayeux: Bayeux) -> None:
    reply = await bayeux.handshake(ext={"ack": True, "replay": True})
    assert reply["ext"] == {"replay": True, "payload.format": True}


async def test_a_second_subscribe_begins_where_it_says(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    retained = bayeux.visitor.org.world.events_after(LOGINS, 0, 30)
    await bayeux.subscribe(replay=-2)
    assert (await bayeux.subscribe(replay=retained[19].replay_id))["successful"] is True
    received = await bayeux.events(10)
    assert received[0]["data"]["event"]["replayId"] == retained[20].replay_id


async def test_as_many_clients_as_the_edition_has(open_org: OpenOrg) -> None:
    options = WireOptions(streaming=StreamingOptions(most_clients=2))
    visitor = await open_org(speed=0.0, wire=options)
    await visitor.log_in()
    replies = [await Bayeux(visitor).handshake() for _ in range(3)]
    assert [reply["successful"] for reply in replies] == [True, True, False]
    assert replies[2]["ext"]["sfdc"] == {
        "failureReason": "403::Organization concurrent user limit exceeded"
    }


async def test_what_is_not_known_of_real_orgs_can_be_switched(open_org: OpenOrg) -> None:
    options = StreamingOptions(
        schemes=("oauth",),
        quoted_cookies_reach_session=False,
        takes_future_replay_ids=True,
        takes_channel_lists=True,
        connect_timeout_ms=5_000,
    )
    visitor = await open_org(speed=0.0, wire=WireOptions(streaming=options))
    token = await visitor.token()
    bayeux = Bayeux(visitor)
    visitor.http.headers["Authorization"] = f"Bearer {token}"
    denied = await bayeux.handshake()
    assert denied["ext"]["sfdc"]["failureReason"] == "401::Request requires authentication"
    visitor.http.headers["Authorization"] = f"OAuth {token}"
    await bayeux.handshake()
    (first,) = await bayeux.connect()
    assert first["advice"]["timeout"] == 5_000
    assert (await bayeux.subscribe(replay=99_999_999_999))["successful"] is True
    both = await bayeux.subscribe([LOGINS, READS])
    assert (both["successful"], both["subscription"]) == (True, [LOGINS, READS])
    bayeux.cookies["sfdc-stream"] = json.dumps(bayeux.cookies["sfdc-stream"])
    assert (await bayeux.connect())[0]["error"] == "403::Unknown client"


async def test_the_defaults_of_those_switches(bayeux: Bayeux) -> None:
    await bayeux.handshake()
    assert (await bayeux.subscribe([LOGINS, READS]))["error"] == "400::Channel name not specified"
    bayeux.cookies["sfdc-stream"] = f'"{bayeux.cookies["sfdc-stream"]}"'
    assert (await bayeux.connect())[0]["successful"] is True


@pytest.mark.parametrize("takes", [True, False])
async def test_tokens_in_jwt_form(open_org: OpenOrg, takes: bool) -> None:
    key = ACME.console_app.consumer_key
    oauth = OauthOptions(app_policies={key: AppPolicy(issues_jwts=True)}, jwt_tokens_stream=takes)
    visitor = await open_org(speed=0.0, wire=WireOptions(oauth=oauth))
    await visitor.log_in()
    assert visitor.http.headers["Authorization"].startswith("Bearer eyJ")
    assert (await Bayeux(visitor).handshake())["successful"] is takes
