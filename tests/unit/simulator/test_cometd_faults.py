"""Events that a subscriber gets twice, late, out of order or not at all."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.unit.simulator.bayeux import LOGINS, Bayeux
from tests.unit.simulator.visitor import NOW, OpenOrg, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def delivered(visitor: Visitor) -> list[int]:
    """The replay ids of every login event that one new subscriber is given."""
    bayeux = Bayeux(visitor)
    await bayeux.handshake()
    await bayeux.subscribe(LOGINS, -2)
    return [
        message["data"]["event"]["replayId"]
        for message in await bayeux.connect()
        if "data" in message
    ]


async def test_a_stream_that_delivers_badly(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0, hold_s=0.1)
    await visitor.log_in()
    right = await delivered(visitor)
    assert len(right) > 50
    await visitor.fault("duplicate_events", one_in=5)
    doubled = await delivered(visitor)
    assert set(doubled) == set(right)
    assert max(Counter(doubled).values()) == 2
    assert doubled == sorted(doubled)
    await visitor.http.delete("/__sim__/faults")
    await visitor.fault("reorder_events", one_in=5)
    shuffled = await delivered(visitor)
    assert sorted(shuffled) == right
    assert shuffled != right
    await visitor.http.delete("/__sim__/faults")
    await visitor.fault("lose_events", one_in=5, channel=LOGINS)
    holes = await delivered(visitor)
    assert set(holes) < set(right)
    await visitor.http.delete("/__sim__/faults")
    assert await delivered(visitor) == right


async def test_delayed_events_come_later_and_all_the_same(open_org: OpenOrg) -> None:
    visitor = await open_org(speed=0.0, hold_s=0.1)
    await visitor.log_in()
    right = await delivered(visitor)
    await visitor.fault("delay_events", delay_s=3600)
    late = await delivered(visitor)
    events = visitor.org.world.events_after(LOGINS, 0, 1_000_000)
    assert late == right[: len(late)]
    assert 0 < len(late) < len(right)
    assert all(event.published_at <= NOW - timedelta(hours=1) for event in events)
    await visitor.http.post("/__sim__/clock", json={"advance_s": 3600})
    assert (await delivered(visitor))[: len(right)] == right


async def test_a_channel_that_does_not_exist_cannot_be_spoiled(open_org: OpenOrg) -> None:
    visitor = await open_org()
    document = {"kind": "lose_events", "channel": "/event/NoSuchStream"}
    answer = await visitor.http.post("/__sim__/faults", json=document)
    assert answer.status_code == 400
    assert "/event/LoginEventStream" in answer.json()["error"]
    assert (await Bayeux(visitor).handshake())["successful"] is False
