"""When a token is thought to end, and what refusals teach about it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.salesforce.login_request import Grant
from console.salesforce.token_lifetime import LONGEST, SHORTEST, TokenLifetime
from console.secrets import Secret
from tests.unit.salesforce.scripted_org import START, Console

TWO_HOURS = timedelta(hours=2)


def grant(expires_in_s: int | None = None, expires_at: datetime | None = None) -> Grant:
    return Grant(Secret("t"), "https://a.example", None, (), expires_in_s, expires_at, None)


def test_what_the_org_says_comes_first_and_the_setting_last() -> None:
    lifetime = TokenLifetime(TWO_HOURS)
    soon, later = START + timedelta(minutes=30), START + timedelta(minutes=40)
    nothing = timedelta()
    rows = [
        (grant(600, later), soon, START + timedelta(minutes=10), "expires_in"),
        (grant(None, later), soon, soon, "introspection"),
        (grant(None, later), None, later, "token exp claim"),
        (grant(None, START - TWO_HOURS), None, START + TWO_HOURS, "session timeout setting"),
        (grant(), None, START + TWO_HOURS, "session timeout setting"),
    ]
    for given_grant, introspected, at, source in rows:
        expiry = lifetime.expiry(given_grant, START, nothing, introspected)
        assert (expiry.at, expiry.source) == (at, source)
    ahead = timedelta(minutes=20)
    assert lifetime.expiry(grant(), START, ahead, later).at == later - ahead


def test_an_end_beyond_all_time_is_no_knowledge() -> None:
    end_of_time = datetime.max.replace(tzinfo=START.tzinfo)
    expiry = TokenLifetime(TWO_HOURS).expiry(
        grant(None, end_of_time), START, timedelta(minutes=-30), end_of_time
    )
    assert (expiry.at, expiry.source) == (START + TWO_HOURS, "session timeout setting")


def test_two_early_refusals_at_the_same_age_are_believed() -> None:
    lifetime = TokenLifetime(TWO_HOURS)
    lifetime.refused_at(timedelta(minutes=62), TWO_HOURS)
    assert lifetime.learned_s is None, "one may have been a revocation"
    lifetime.refused_at(timedelta(minutes=60), TWO_HOURS)
    expiry = lifetime.expiry(grant(), START, timedelta(), None)
    assert expiry.at == START + timedelta(minutes=60)
    assert expiry.source == "learned from the org"


def test_refusals_at_different_ages_teach_nothing() -> None:
    lifetime = TokenLifetime(TWO_HOURS)
    for minutes in (30, 90, 40, 100):
        lifetime.refused_at(timedelta(minutes=minutes), TWO_HOURS)
    assert lifetime.learned_s is None


def test_a_token_that_served_to_its_end_clears_an_early_refusal_before_it() -> None:
    lifetime = TokenLifetime(TWO_HOURS)
    lifetime.refused_at(timedelta(minutes=60), TWO_HOURS)
    lifetime.lived()
    lifetime.refused_at(timedelta(minutes=60), TWO_HOURS)
    assert lifetime.learned_s is None


@given(st.lists(st.timedeltas(timedelta(), timedelta(days=3)), max_size=20))
def test_what_is_learned_stays_within_its_bounds(ages: list[timedelta]) -> None:
    lifetime = TokenLifetime(timedelta(days=2))
    for age in ages:
        lifetime.refused_at(age, timedelta(days=2))
        if lifetime.learned_s is not None:
            assert SHORTEST.total_seconds() <= lifetime.learned_s <= LONGEST.total_seconds()


async def test_an_org_with_shorter_sessions_than_configured_stops_refusing(
    console: Console,
) -> None:
    """The org ends sessions after an hour although the settings say two."""
    for _ in range(2):
        token = await console.tokens.token()
        assert token.expiry_source == "session timeout setting"
        console.clock.advance(minutes=60)
        await console.tokens.refused(token)
    token = await console.tokens.token()
    assert token.expiry_source == "learned from the org"
    assert token.expires_at == console.clock.moment + timedelta(hours=1)
    console.clock.advance(minutes=55)
    assert await console.tokens.token() is not token, "renewed before the org refuses"


async def test_what_was_learned_outlives_the_process_but_not_the_setting(connect: Any) -> None:
    async with connect() as console:
        for _ in range(2):
            token = await console.tokens.token()
            console.clock.advance(minutes=60)
            await console.tokens.refused(token)
        remembered = console.observations[-1]
    async with connect(remembered) as console:
        token = await console.tokens.token()
        assert token.expiry_source == "learned from the org"
        console.clock.advance(hours=1)
    async with connect(remembered, session_timeout_minutes=60) as console:
        token = await console.tokens.token()
        assert token.expiry_source == "session timeout setting"


@pytest.mark.parametrize("skew_minutes", [0, 30])
async def test_the_keeper_shows_the_source_of_its_knowledge(
    console: Console, skew_minutes: int
) -> None:
    console.org.clock_ahead = timedelta(minutes=skew_minutes)
    await console.tokens.token()
    seen = console.observations[-1]
    assert seen.expires_at == START + timedelta(hours=2)
    assert seen.expiry_source == "session timeout setting"
    assert len(seen.requests) == 1 + bool(skew_minutes)
