"""An org that is down is left alone, and asked now and then whether it is back."""

import asyncio

import pytest
from aiohttp import web

from console.errors import OrgError, OrgRefused, OrgUnreachable
from console.salesforce.ageing import deprecation
from console.salesforce.circuit import FAILURES_TO_OPEN, Circuit, OrgReach
from tests.unit.salesforce.scripted_org import START, Console, HandClock, answering

LIMITS = {"DailyApiRequests": {"Max": 115000, "Remaining": 100000}}
PATH = "GET /services/data/v68.0/limits"


def trouble(title: str = "The org has trouble") -> OrgRefused:
    return OrgRefused(title, "m", "n", retryable=True)


class Watched:
    """A circuit and what it said."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.said: list[OrgReach] = []
        self.circuit = Circuit(self.clock, self.said.append)

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with self.circuit.attempt() as attempt:
                attempt.failed(trouble())

    def refused(self) -> OrgUnreachable:
        with pytest.raises(OrgUnreachable) as caught, self.circuit.attempt():
            raise AssertionError("an open circuit lets nothing pass")
        return caught.value


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_five_failures_in_a_row_open_it(watched: Watched) -> None:
    watched.fail(FAILURES_TO_OPEN - 1)
    assert watched.said == []
    watched.clock.advance(seconds=7)
    watched.fail()
    (reach,) = watched.said
    assert reach.down_since == START
    assert reach.reason == "The org has trouble"
    fault = watched.refused()
    assert fault.title == "The org is down"
    assert "09:00:00Z" in fault.meaning
    assert fault.retry_after_s is not None
    assert 10 < fault.retry_after_s < 20


def test_an_answer_between_them_keeps_it_closed(watched: Watched) -> None:
    for _ in range(3):
        watched.fail(FAILURES_TO_OPEN - 1)
        with watched.circuit.attempt() as attempt:
            attempt.answered()
    assert watched.said == []


def test_one_probe_goes_through_and_closes_it(watched: Watched) -> None:
    watched.fail(FAILURES_TO_OPEN)
    watched.clock.advance(seconds=20)
    with watched.circuit.attempt() as probe:
        watched.refused()
        probe.answered()
    assert watched.said[-1] == OrgReach()
    watched.fail(FAILURES_TO_OPEN - 1)
    assert len(watched.said) == 2


def test_a_failed_probe_doubles_the_wait_up_to_five_minutes(watched: Watched) -> None:
    watched.fail(FAILURES_TO_OPEN)
    waits = []
    for _ in range(8):
        wait_s = watched.refused().retry_after_s or 0.0
        waits.append(wait_s)
        watched.clock.advance(seconds=wait_s)
        watched.fail()
    assert waits[0] < waits[1] < waits[2]
    assert max(waits) <= 300
    assert waits[-1] > 200
    assert watched.said[-1].down_since == START
    watched.clock.advance(seconds=300)
    with watched.circuit.attempt() as probe:
        probe.answered()
    watched.fail(FAILURES_TO_OPEN)
    assert (watched.refused().retry_after_s or 0.0) < 20, "the next outage begins anew"


def test_a_probe_that_is_given_up_leaves_the_way_to_the_next(watched: Watched) -> None:
    watched.fail(FAILURES_TO_OPEN)
    watched.clock.advance(seconds=20)
    with pytest.raises(asyncio.CancelledError), watched.circuit.attempt():
        raise asyncio.CancelledError
    with watched.circuit.attempt() as probe:
        probe.answered()
    assert watched.said[-1] == OrgReach()


async def test_a_client_stops_asking_an_org_that_is_down(console: Console) -> None:
    console.org.serve("/limits", answering("", 503))
    for _ in range(3):
        with pytest.raises(OrgError):
            await console.rest.get("/limits", purpose="limits")
    assert console.org.asked.count(PATH) == FAILURES_TO_OPEN
    assert console.reaches[-1].down_since is not None
    console.org.serve("/limits", LIMITS)
    with pytest.raises(OrgUnreachable) as caught:
        await console.rest.get("/limits", purpose="limits")
    assert caught.value.code == "org_down"
    console.clock.advance(seconds=30)
    assert await console.rest.get("/limits", purpose="limits") == LIMITS
    assert console.reaches[-1] == OrgReach()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param((403, "INSUFFICIENT_ACCESS"), id="refusals"),
        pytest.param((404, "NOT_FOUND"), id="missing resources"),
    ],
)
async def test_an_org_that_refuses_is_not_down(console: Console, body: tuple[int, str]) -> None:
    console.org.serve("/limits", console.org.error(*body))
    for _ in range(FAILURES_TO_OPEN + 2):
        with pytest.raises(OrgRefused):
            await console.rest.get("/limits", purpose="limits")
    assert console.org.asked.count(PATH) == FAILURES_TO_OPEN + 2


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            '299 - "This API is deprecated and will be removed by Summer \'22. Please see."',
            "This API is deprecated and will be removed by Summer '22. Please see.",
        ),
        ('110 - "Response is stale"', None),
        ('199 x "other", 299 - "soon gone"', "soon gone"),
        ("299 - unquoted", None),
        ('299 - ""', None),
        ("", None),
        (None, None),
    ],
)
def test_a_version_that_is_to_be_retired_says_so(header: str | None, words: str | None) -> None:
    assert deprecation(header) == words


async def test_the_warning_is_told_with_every_answer(console: Console) -> None:
    async def aged(request: web.Request) -> web.StreamResponse:
        return web.json_response(LIMITS, headers={"Warning": '299 - "soon gone"'})

    console.org.serve("/limits", aged)
    await console.rest.get("/limits", purpose="limits")
    assert console.ageing == ["soon gone"]
