"""How often the token endpoint is asked when processes come and go."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import LoginRefused, OrgError, OrgUnreachable
from console.salesforce.login_pace import MAX_REQUESTS_PER_HOUR, LoginPace
from console.salesforce.types import LoginObservation
from tests.unit.salesforce.scripted_org import START, HandClock, answering, refusing

HOUR = timedelta(hours=1)


def most_in_an_hour(moments: list[datetime]) -> int:
    """The fullest hour of ``moments``, which are in order."""
    window: deque[datetime] = deque()
    most = 0
    for moment in moments:
        window.append(moment)
        while window[0] <= moment - HOUR:
            window.popleft()
        most = max(most, len(window))
    return most


def left_behind(pace: LoginPace) -> LoginObservation:
    """What the next process finds in the store of the one that used ``pace``."""
    fault = pace.fault
    return LoginObservation(
        "u",
        pace.last_request_at,
        None,
        None,
        None,
        fault.title if fault else None,
        pace.not_before,
        error_code=fault.code if fault else None,
        requests=pace.recent(),
        refusals=pace.refusals,
        token_refusals=pace.token_refusals,
        fingerprint="same",
    )


def asks(pace: LoginPace, outcome: str) -> bool:
    """One attempt to log in, which comes out as ``outcome`` where the pace allows a request."""
    try:
        pace.raise_if_held_back()
    except OrgError:
        return False
    if pace.wait_after_restart():
        return False
    pace.asking()
    if outcome == "unreachable":
        pace.failed(OrgUnreachable("down", "", ""))
        return True
    pace.answered()
    if outcome == "granted":
        pace.granted()
    else:
        pace.failed(LoginRefused("no", "", "", code="invalid_grant"))
    return True


def asked_by_restarting(every_s: float, until: timedelta, outcome: str) -> list[datetime]:
    """When the endpoint was asked by a program that is started anew ``every_s`` seconds."""
    clock = HandClock()
    seen: LoginObservation | None = None
    asked_at = []
    while clock.moment < START + until:
        pace = LoginPace(clock, seen, "same")
        if asks(pace, outcome):
            asked_at.append(clock.moment)
        seen = left_behind(pace)
        clock.advance(seconds=every_s)
    return asked_at


def test_a_process_that_dies_after_every_login_asks_ever_less() -> None:
    asked_at = asked_by_restarting(1, timedelta(hours=3), "granted")
    assert 5 <= most_in_an_hour(asked_at) <= 10
    assert asked_at[1] - asked_at[0] <= timedelta(seconds=10)


def test_a_refused_login_is_not_repeated_by_restarting() -> None:
    asked_at = asked_by_restarting(5, timedelta(hours=8), "refused")
    assert most_in_an_hour(asked_at) <= 8
    assert asked_at[-1] - asked_at[-2] >= timedelta(minutes=45)


async def test_a_cool_down_of_an_earlier_process_is_told_with_its_sentences(
    org: Any, connect: Any
) -> None:
    org.token_answers.append(refusing("invalid_app_access", "user is not admin approved"))
    async with connect() as console:
        with pytest.raises(LoginRefused) as first:
            await console.tokens.token()
        remembered = console.observations[-1]
    async with connect(remembered) as console:
        console.clock.advance(seconds=30)
        with pytest.raises(LoginRefused) as again:
            await console.tokens.token()
        assert console.org.token_requests == 1
        for part in ("title", "meaning", "next_step", "detail", "code", "retryable"):
            assert getattr(again.value, part) == getattr(first.value, part)
        assert again.value.retry_after_s is not None
        assert 0 < again.value.retry_after_s <= 45


async def test_a_corrected_setting_is_tried_at_once(org: Any, connect: Any) -> None:
    org.token_answers.append(refusing("invalid_client_id", "client identifier invalid"))
    async with connect(consumer_key="3MVG9.wrong") as console:
        with pytest.raises(LoginRefused):
            await console.tokens.token()
        remembered = console.observations[-1]
    async with connect(remembered) as console:
        await console.tokens.token()
        assert console.observations[-1].error is None
        assert len(console.observations[-1].requests) == 2, "the login still counts"


async def test_a_clock_set_back_makes_a_cool_down_void(org: Any, connect: Any) -> None:
    org.token_answers.append(refusing("invalid_grant", "inactive user"))
    async with connect() as console:
        with pytest.raises(LoginRefused):
            await console.tokens.token()
        remembered = console.observations[-1]
        console.clock.advance(days=-1)
    async with connect(remembered) as console:
        await console.tokens.token()


async def test_an_unreachable_org_is_asked_again_by_the_next_process(
    org: Any, connect: Any
) -> None:
    org.token_answers.append(answering("down", 503))
    async with connect() as console:
        with pytest.raises(OrgUnreachable):
            await console.tokens.token()
        remembered = console.observations[-1]
        console.clock.advance(seconds=10)
    async with connect(remembered) as console:
        await console.tokens.token()


async def test_logins_made_lately_put_the_next_one_off_with_a_sentence(connect: Any) -> None:
    lately = tuple(START - timedelta(minutes=minute) for minute in (50, 40, 30, 20, 10, 5, 1))
    seen = LoginObservation("u", lately[-1], None, None, None, None, requests=lately)
    async with connect(seen) as console:
        with pytest.raises(LoginRefused) as caught:
            await console.tokens.token()
        assert console.org.token_requests == 0
        assert caught.value.retryable
        assert caught.value.retry_after_s == pytest.approx(640 - 60)
        assert "7 logins" in caught.value.meaning


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["granted", "refused", "unreachable", "token refused", "restart"]),
            st.floats(1, 2_000),
        ),
        max_size=120,
    )
)
def test_no_history_brings_more_than_30_requests_into_an_hour(
    history: list[tuple[str, float]],
) -> None:
    clock = HandClock()
    pace = LoginPace(clock, None, "same")
    asked_at: list[datetime] = []
    for what, pause_s in history:
        clock.advance(seconds=pause_s)
        if what == "restart":
            pace = LoginPace(clock, left_behind(pace), "same")
        elif what == "token refused":
            pace.token_refused(timedelta(seconds=pause_s))
        elif asks(pace, what) and what != "unreachable":
            asked_at.append(clock.moment)
    assert most_in_an_hour(asked_at) <= MAX_REQUESTS_PER_HOUR
