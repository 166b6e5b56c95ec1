"""The life cycle of the token, against a token endpoint that verifies real signatures."""

import asyncio
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import jwt
import pytest
from aiohttp import web

from console.errors import LoginRefused, OrgError, OrgUnreachable, UnreadableAnswer
from console.salesforce.types import LoginObservation
from tests.unit.salesforce.scripted_org import (
    START,
    Console,
    ScriptedOrg,
    answering,
    refusing,
    serving,
)


async def test_the_assertion_says_who_asks_for_whom(console: Console) -> None:
    token = await console.tokens.token()
    claims = jwt.decode(
        console.org.assertions[0],
        console.org.public_key,
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )
    assert claims == {
        "iss": "3MVG9.consumer",
        "sub": "orgwatch@acme.example",
        "aud": "https://login.salesforce.com",
        "exp": int(START.timestamp()) + 180,
    }
    assert token.value.reveal() == console.org.granted[0]
    assert token.instance_url == console.org.url
    assert token.scope == ("api", "web")


async def test_many_waiters_cause_one_request(console: Console) -> None:
    tokens = await asyncio.gather(*(console.tokens.token() for _ in range(200)))
    assert console.org.token_requests == 1
    assert len({id(token) for token in tokens}) == 1


async def test_a_token_is_reused_until_five_minutes_before_its_expiry(console: Console) -> None:
    first = await console.tokens.token()
    assert first.expires_at == START + timedelta(minutes=120)
    assert first.expiry_source == "session timeout setting"
    console.clock.advance(minutes=114, seconds=59)
    assert await console.tokens.token() is first
    console.clock.advance(seconds=1)
    second = await console.tokens.token()
    assert second is not first
    assert console.org.token_requests == 2


async def test_expires_in_outranks_the_setting(console: Console) -> None:
    console.org.grant_extra = {"expires_in": 1800}
    token = await console.tokens.token()
    assert token.expires_at == START + timedelta(minutes=30)
    assert token.expiry_source == "expires_in"


async def test_a_jwt_token_says_itself_when_it_expires(console: Console, pem: str) -> None:
    expiry = START + timedelta(minutes=47)
    signed = jwt.encode({"exp": int(expiry.timestamp())}, pem, algorithm="RS256")
    console.org.grant_extra = {"access_token": signed}
    token = await console.tokens.token()
    assert token.expires_at == expiry
    assert token.expiry_source == "token exp claim"


@pytest.mark.parametrize("claim", ["soon", None, -5, 10**30, [1]])
async def test_an_odd_expiry_claim_falls_back_to_the_setting(
    console: Console, pem: str, claim: Any
) -> None:
    signed = jwt.encode({"when": claim}, pem, algorithm="RS256")
    header, _, signature = signed.split(".")
    payload = jwt.utils.base64url_encode(f'{{"exp": {_json(claim)}}}'.encode()).decode()
    console.org.grant_extra = {"access_token": f"{header}.{payload}.{signature}"}
    token = await console.tokens.token()
    assert token.expiry_source == "session timeout setting"


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


async def test_short_lived_tokens_do_not_cause_more_than_one_request_in_20_minutes(
    console: Console,
) -> None:
    console.org.grant_extra = {"expires_in": 120}
    for _ in range(60):
        await console.tokens.token()
        console.clock.advance(minutes=1)
    assert console.org.token_requests == 3


async def test_a_refused_token_is_replaced_once_for_all(console: Console) -> None:
    first = await console.tokens.token()
    await asyncio.gather(*(console.tokens.refused(first) for _ in range(50)))
    tokens = await asyncio.gather(*(console.tokens.token() for _ in range(50)))
    assert {token.value.reveal() for token in tokens} == {console.org.granted[1]}
    assert console.org.token_requests == 2


async def test_a_late_refusal_of_an_old_token_does_not_cost_the_new_one(console: Console) -> None:
    console.org.grant_extra = {"access_token": "00Dxx0000000001!the.same.text.again"}
    first = await console.tokens.token()
    await console.tokens.refused(first)
    second = await console.tokens.token()
    assert second.value.reveal() == first.value.reveal()
    await console.tokens.refused(first)
    assert await console.tokens.token() is second


async def test_tokens_that_are_refused_again_and_again_slow_the_logins_down(
    console: Console,
) -> None:
    requests_in_an_hour = 0
    for _ in range(3600):
        try:
            await console.tokens.refused(await console.tokens.token())
        except LoginRefused as refused:
            assert refused.title == "The org refuses every new token"
            assert refused.retry_after_s is not None
        console.clock.advance(seconds=1)
    requests_in_an_hour = console.org.token_requests
    assert 5 <= requests_in_an_hour <= 12


async def test_a_token_that_lived_long_is_replaced_at_once_every_time(console: Console) -> None:
    for _ in range(5):
        token = await console.tokens.token()
        console.clock.advance(minutes=21)
        await console.tokens.refused(token)
    await console.tokens.token()
    assert console.org.token_requests == 6


async def test_young_tokens_refused_hours_apart_are_replaced_at_once(console: Console) -> None:
    for _ in range(3):
        token = await console.tokens.token()
        console.clock.advance(minutes=1)
        await console.tokens.refused(token)
        await console.tokens.token()
        console.clock.advance(minutes=116)
        await console.tokens.token()
    assert console.observations[-1].error is None


async def test_refused_logins_are_repeated_less_and_less_often(console: Console) -> None:
    console.org.token_answers.extend(
        refusing("invalid_grant", "inactive user") for _ in range(10_000)
    )
    asked_at: list[int] = []
    for second in range(0, 12 * 3600, 20):
        with pytest.raises(LoginRefused) as caught:
            await console.tokens.token()
        if console.org.token_requests > len(asked_at):
            asked_at.append(second)
        else:
            assert caught.value.retry_after_s is not None
        assert caught.value.title == "The user is inactive"
        console.clock.advance(seconds=20)
    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert 40 <= gaps[0] <= 80
    assert gaps[-1] >= 2_800
    assert max(gaps) <= 3_620
    assert len(asked_at) <= 20


async def test_a_login_that_succeeds_ends_the_cool_down(console: Console) -> None:
    console.org.token_answers.append(refusing("invalid_grant", "inactive user"))
    with pytest.raises(LoginRefused):
        await console.tokens.token()
    assert console.observations[-1].error == "The user is inactive"
    assert console.observations[-1].next_attempt_at is not None
    console.clock.moment = console.observations[-1].next_attempt_at
    await console.tokens.token()
    last = console.observations[-1]
    assert (last.error, last.next_attempt_at) == (None, None)
    assert last.obtained_at == console.clock.moment


async def test_login_rate_exceeded_is_left_alone_for_an_hour(console: Console) -> None:
    console.org.token_answers.append(refusing("invalid_grant", "login rate exceeded"))
    with pytest.raises(LoginRefused):
        await console.tokens.token()
    console.clock.advance(minutes=59)
    with pytest.raises(LoginRefused):
        await console.tokens.token()
    assert console.org.token_requests == 1
    console.clock.advance(minutes=2)
    await console.tokens.token()


async def test_renewal_that_fails_leaves_the_old_token_in_service(console: Console) -> None:
    first = await console.tokens.token()
    console.org.token_answers.extend(answering("down", 503) for _ in range(100))
    console.clock.advance(minutes=116)
    assert await console.tokens.token() is first
    assert console.org.token_requests == 2
    assert await console.tokens.token() is first
    assert console.org.token_requests == 2, "the cool-down holds for renewals too"
    console.org.token_answers.clear()
    console.clock.advance(minutes=1)
    assert await console.tokens.token() is not first


async def test_nobody_waits_for_a_renewal_while_the_old_token_serves(console: Console) -> None:
    first = await console.tokens.token()
    asked, release = asyncio.Event(), asyncio.Event()

    async def held(request: web.Request) -> web.StreamResponse:
        asked.set()
        await release.wait()
        return console.org.grant()

    console.org.token_answers.append(held)
    console.clock.advance(minutes=116)
    renewing = asyncio.create_task(console.tokens.token())
    await asyncio.wait_for(asked.wait(), 5)
    assert await asyncio.wait_for(console.tokens.token(), 1) is first
    release.set()
    assert await renewing is not first


def asked(*moments: datetime) -> LoginObservation:
    """What a process leaves behind whose logins were granted at ``moments``."""
    return LoginObservation(
        "orgwatch@acme.example", max(moments), None, None, None, None, requests=moments
    )


async def test_a_restarted_process_spaces_its_login_from_the_one_before(connect: Any) -> None:
    async with connect(asked(START - timedelta(seconds=4))) as console:
        await console.tokens.token()
        assert console.clock.waited_s == [6.0]


@pytest.mark.parametrize("ago_s", [11, 10, -30])
async def test_a_process_started_later_logs_in_at_once(connect: Any, ago_s: int) -> None:
    async with connect(asked(START - timedelta(seconds=ago_s))) as console:
        await console.tokens.token()
        assert console.clock.waited_s == []


async def test_an_unreachable_login_server_is_asked_again_within_minutes(connect: Any) -> None:
    async with connect(login_url="http://127.0.0.1:9") as console:
        for _ in range(12):
            with pytest.raises(OrgUnreachable):
                await console.tokens.token()
            console.clock.advance(minutes=5)
        assert all(one.error == "The connection was refused" for one in console.observations)
        assert len(console.observations) == 12


@pytest.mark.parametrize("minutes_off", [61, -61, 3, 89])
async def test_a_wrong_clock_is_measured_and_compensated(connect: Any, minutes_off: int) -> None:
    async with connect() as console:
        console.org.clock_ahead = timedelta(minutes=minutes_off)
        org_time = START + console.org.clock_ahead
        console.org.token_answers.append(
            refusing(
                "invalid_grant",
                "expired authorization code",
                Date=format_datetime(org_time, usegmt=True),
            )
        )
        await console.tokens.token()
        expiries = [
            jwt.decode(one, options={"verify_signature": False})["exp"]
            for one in console.org.assertions
        ]
        assert expiries[1] - expiries[0] == minutes_off * 60
        assert console.observations[-1].clock_skew_s == minutes_off * 60


@pytest.mark.parametrize(("minutes_off", "said_s"), [(-61, -3_660), (-300, -18_000), (0.5, None)])
async def test_a_clock_ahead_is_seen_although_the_org_lets_it_pass(
    connect: Any, minutes_off: float, said_s: float | None
) -> None:
    async with connect() as console:
        console.org.clock_ahead = timedelta(minutes=minutes_off)
        await console.tokens.token()
        assert console.org.token_requests == 1
        assert console.observations[-1].clock_skew_s == said_s


async def test_a_clock_set_right_is_no_longer_compensated(connect: Any) -> None:
    async with connect() as console:
        console.org.clock_ahead = timedelta(minutes=-61)
        first = await console.tokens.token()
        console.org.clock_ahead = timedelta()
        await console.tokens.refused(first)
        await console.tokens.token()
        assert console.org.token_requests == 3
        assert console.observations[-1].clock_skew_s is None


async def test_a_clock_that_is_off_by_hours_is_named_and_not_hidden(console: Console) -> None:
    console.org.token_answers.append(
        refusing(
            "invalid_grant",
            "expired authorization code",
            Date=format_datetime(START + timedelta(hours=5), usegmt=True),
        )
    )
    with pytest.raises(LoginRefused) as caught:
        await console.tokens.token()
    assert "This machine's clock is 300 min behind the org's." in caught.value.meaning
    assert console.org.token_requests == 1


async def test_a_wrong_key_is_not_tried_twice_while_the_clocks_agree(console: Console) -> None:
    console.org.token_answers.append(
        refusing("invalid_grant", "invalid assertion", Date=format_datetime(START, usegmt=True))
    )
    with pytest.raises(LoginRefused) as caught:
        await console.tokens.token()
    assert caught.value.title == "The private key does not match the app's certificate"
    assert console.org.token_requests == 1


@pytest.mark.parametrize(
    "instance_url", [None, "", "ftp://acme", "https://user@evil.example", "https://a/b c", 5]
)
async def test_a_grant_without_a_safe_address_sends_the_token_nowhere(
    console: Console, instance_url: Any
) -> None:
    console.org.grant_extra = {"instance_url": instance_url}
    with pytest.raises(UnreadableAnswer):
        await console.tokens.token()


async def test_dpop_tokens_are_refused_with_a_sentence(console: Console) -> None:
    console.org.grant_extra = {"token_type": "DPoP"}
    with pytest.raises(LoginRefused) as caught:
        await console.tokens.token()
    assert "DPoP" in caught.value.next_step


@pytest.mark.parametrize(
    "answer",
    [
        answering("", 200),
        answering("<html>Sign in</html>", 200),
        answering("null", 200, content_type="application/json"),
        answering("[]", 200, content_type="application/json"),
        answering('{"access_token": 5}', 200, content_type="application/json"),
        answering('{"error": null}', 400, content_type="application/json"),
        answering("[" * 100_000, 200, content_type="application/json"),
        answering("Bad Gateway", 502),
    ],
)
async def test_an_answer_that_is_no_answer_gets_sentences(console: Console, answer: Any) -> None:
    console.org.token_answers.append(answer)
    with pytest.raises(OrgError) as caught:
        await console.tokens.token()
    assert isinstance(caught.value, (UnreadableAnswer, OrgUnreachable))
    assert caught.value.next_step


async def test_a_closed_keeper_has_no_token_left(console: Console) -> None:
    token = await console.tokens.token()
    await console.tokens.close()
    assert await console.tokens.token() is not token


async def test_a_waiter_that_gives_up_does_not_cost_the_others_a_second_request(
    console: Console,
) -> None:
    asked, release = asyncio.Event(), asyncio.Event()

    async def held(request: web.Request) -> web.StreamResponse:
        asked.set()
        await release.wait()
        return console.org.grant()

    console.org.token_answers.append(held)
    impatient = asyncio.create_task(console.tokens.token())
    patient = [asyncio.create_task(console.tokens.token()) for _ in range(5)]
    await asyncio.wait_for(asked.wait(), 5)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    release.set()
    assert len({id(token) for token in await asyncio.gather(*patient)}) == 1
    assert console.org.token_requests == 1


async def test_everybody_who_waits_is_told_of_a_refusal(console: Console) -> None:
    console.org.token_answers.append(refusing("invalid_grant", "inactive user"))
    outcomes = await asyncio.gather(
        *(console.tokens.token() for _ in range(50)), return_exceptions=True
    )
    assert {str(outcome) for outcome in outcomes} == {"The user is inactive"}
    assert len({id(outcome) for outcome in outcomes}) == 50, "no traceback is shared"
    assert console.org.token_requests == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_assertion_is_not_sent_to_where_a_redirect_points(
    console: Console, status: int
) -> None:
    strangers: list[str] = []

    async def stranger(request: web.Request) -> web.StreamResponse:
        strangers.append(await request.text())
        return web.Response()

    async with serving(stranger) as elsewhere:
        console.org.token_answers.append(
            answering("", status, Location=f"{elsewhere}/services/oauth2/token")
        )
        with pytest.raises(UnreadableAnswer) as caught:
            await console.tokens.token()
        assert strangers == []
        assert elsewhere in caught.value.meaning
        assert "My Domain was renamed" in caught.value.next_step


async def test_a_redirect_within_the_host_is_refused_too(console: Console) -> None:
    console.org.token_answers.append(answering("", 302, Location="/login?ec=302"))
    with pytest.raises(UnreadableAnswer) as caught:
        await console.tokens.token()
    assert "another page of its own" in caught.value.meaning


async def test_a_my_domain_that_is_not_known_any_more(connect: Any) -> None:
    async with connect(login_url="https://renamed.my.salesforce.invalid") as console:
        with pytest.raises(OrgUnreachable) as caught:
            await console.tokens.token()
    assert caught.value.title == "The name of the host was not found"
    assert "My Domain is renamed" in caught.value.next_step


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("<!DOCTYPE html><title>Login | Salesforce</title>", 200),
        ("<html>Down for maintenance</html>", 503),
        ("<html>Not found</html>", 404),
    ],
)
async def test_a_page_for_people_is_called_that(console: Console, page: str, status: int) -> None:
    console.org.token_answers.append(answering(page, status))
    with pytest.raises(OrgError) as caught:
        await console.tokens.token()
    if status == 503:
        assert caught.value.title == "The login server is not available"
        assert caught.value.retryable
    else:
        assert caught.value.title == "A web page came instead of an answer"
        assert "login_url" in caught.value.next_step


async def test_a_proxy_that_wants_a_login_is_named(console: Console) -> None:
    console.org.token_answers.append(answering("who are you?", 407))
    with pytest.raises(OrgUnreachable) as caught:
        await console.tokens.token()
    assert caught.value.title == "The proxy wants a login"
    assert "HTTPS_PROXY" in caught.value.next_step


async def test_a_login_at_an_ipv6_address(org: ScriptedOrg, connect: Any) -> None:
    async with serving(org.handle, host="::1") as url:
        org.url = url
        assert url.startswith("http://[::1]:")
        async with connect() as console:
            token = await console.tokens.token()
            assert token.instance_url == url


@pytest.mark.parametrize(
    "instance_url",
    ["http://acme.my.salesforce.com", "http://192.0.2.7:8080", "http://localhost.evil.example"],
)
async def test_a_token_never_leaves_this_machine_without_tls(
    console: Console, instance_url: str
) -> None:
    console.org.grant_extra = {"instance_url": instance_url}
    with pytest.raises(UnreadableAnswer) as caught:
        await console.tokens.token()
    assert "sent nowhere" in caught.value.meaning


async def test_words_of_the_org_that_repeat_what_was_sent_are_left_out(console: Console) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        text = f"cannot read {console.org.assertions[-1]} nor 00D000000000001!AQ.secret_part here"
        return web.json_response(
            {"error": "invalid_request", "error_description": text}, status=400
        )

    console.org.token_answers.append(echo)
    with pytest.raises(LoginRefused) as caught:
        await console.tokens.token()
    assert caught.value.detail == ("invalid_request: cannot read [hidden] nor [hidden] here")
