"""The events room on a real store that grows while it is looked at."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.app import ConsoleOptions, OrgwatchApp
from store import stream_events
from store.records import ReplayPosition, StreamEvent
from store.writer import Writer, open_writer
from tests.unit.screens.conftest import StandingClock, until
from tests.unit.screens.filled_store import NOW, fill_store
from widgets.event_tail import EventTail
from widgets.row_types import Row

SIZES = [(80, 24), (200, 60)]
NARROW, WIDE = SIZES
API_CHANNEL = "/event/ApiEventStream"


def api_event(number: int, **changes: object) -> StreamEvent:
    at = NOW - timedelta(seconds=60) + timedelta(milliseconds=number)
    payload = {"Query": f"SELECT Id FROM Account -- {number}", "RowsReturned": number}
    event = StreamEvent(
        channel=API_CHANNEL,
        replay_id=str(1_000 + number),
        event_uuid=f"api-{number}",
        event_type="ApiEventStream",
        occurred_at=at,
        received_at=at,
        payload_json=json.dumps({"event": {"replayId": number}, "payload": payload}),
        username=f"svc-{number}@acme.example",
        source_ip="203.0.113.9",
        operation="Query",
        entities="Account",
        rows=number,
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def record(writer: Writer, events: list[StreamEvent]) -> None:
    position = ReplayPosition(API_CHANNEL, events[-1].replay_id or "", NOW)
    writer.submit(lambda c: stream_events.record_events(c, events, [position])).result(timeout=30)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "acme.db"
    fill_store(path)
    return path


@pytest.fixture
def writer(store: Path) -> Iterator[Writer]:
    with open_writer(store, commit_interval_s=0.01) as writer:
        yield writer


@pytest.fixture
def app(store: Path) -> OrgwatchApp:
    return OrgwatchApp(ConsoleOptions(store, StandingClock(), "acme"))


def rows_of(app: OrgwatchApp) -> tuple[Row, ...]:
    return app.screen.query_one(EventTail).view.rows


@pytest.mark.parametrize("size", SIZES)
async def test_the_newest_is_at_the_bottom_and_new_ones_follow(
    app: OrgwatchApp, writer: Writer, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.press("4")
        text = await until(pilot, lambda text: "● following" in text)
        assert "LOGIN_ERROR" in text
        assert "✖" in text
        record(writer, [api_event(n) for n in range(59_000, 59_005)])
        text = await until(pilot, lambda text: "svc-59004" in text)
        assert text.index("svc-59000") < text.rindex("svc-59004")
        tail = app.screen.query_one(EventTail)
        assert tail.selected_key == tail.view.rows[-1].key
        assert len(tail.view.rows) == 200


async def test_pause_counts_what_comes_and_loses_nothing(app: OrgwatchApp, writer: Writer) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "● following" in text)
        await pilot.press("space")
        before = await until(pilot, lambda text: "▸ 0 waiting" in text)
        record(writer, [api_event(n) for n in range(59_000, 59_037)])
        text = await until(pilot, lambda text: "▸ 37 waiting" in text)
        assert text.splitlines()[3:-1] == before.splitlines()[3:-1]
        record(writer, [api_event(n) for n in range(59_037, 59_450)])
        await until(pilot, lambda text: "▸ 450 waiting" in text)
        await pilot.press("end")
        await until(pilot, lambda text: "● following" in text and "svc-59449" in text)
        for count in (400, 600):
            await pilot.press("home")
            await until(pilot, lambda _text, count=count: len(rows_of(app)) == count)  # type: ignore[misc]
        held = {row.cells[3].text for row in rows_of(app)}
        assert {f"svc-{n}@acme.example" for n in range(59_000, 59_450)} <= held


async def test_going_up_pauses_and_older_pages_come_from_the_store(app: OrgwatchApp) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "● following" in text)
        assert len(rows_of(app)) == 200
        await pilot.press("home")
        await until(pilot, lambda _text: len(rows_of(app)) == 400)
        await pilot.press("home")
        await until(pilot, lambda _text: len(rows_of(app)) == 600)
        await pilot.press("home")
        await until(pilot, lambda _text: len(rows_of(app)) == 774)
        assert len({row.key for row in rows_of(app)}) == 774
        await pilot.press("home", "home", "up")
        await until(pilot, lambda text: "‖ paused" in text and "11-15 13:01" in text)
        assert len(rows_of(app)) == 774


async def test_problems_only_types_and_text(app: OrgwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "● following" in text)
        await pilot.press("f")
        await until(pilot, lambda text: "problems only" in text and len(rows_of(app)) == 70)
        assert all(row.cells[0].text == "✖" for row in rows_of(app))
        await pilot.press("e")
        await until(pilot, lambda text: "ApiTotalUsage only" in text and len(rows_of(app)) == 66)
        await pilot.press("e")
        await until(pilot, lambda text: "Login only" in text and len(rows_of(app)) == 4)
        await pilot.press("escape")
        await until(pilot, lambda text: "only" not in text and len(rows_of(app)) == 200)
        await pilot.press("slash", *"ceo@", "enter")
        text = await until(pilot, lambda _text: len(rows_of(app)) == 4)
        assert "matching “ceo@”" in text
        await pilot.press("slash", "escape")
        await until(pilot, lambda _text: len(rows_of(app)) == 200)


async def test_a_filter_that_nothing_matches_says_so(app: OrgwatchApp) -> None:
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "● following" in text)
        await pilot.press("slash", *"100%_", "enter")
        text = await until(pilot, lambda text: "No event matches this filter" in text)
        assert "matching “100%_”" in text
        await pilot.press("enter", "up", "home", "space", "end")
        await pilot.press("escape")
        await until(pilot, lambda _text: len(rows_of(app)) == 200)


@pytest.mark.parametrize("size", SIZES)
async def test_enter_shows_every_field_then_the_record_and_back(
    app: OrgwatchApp, writer: Writer, size: tuple[int, int]
) -> None:
    record(writer, [api_event(59_001)])
    async with app.run_test(size=size) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "svc-59001" in text)
        await pilot.press("enter")
        await until(pilot, lambda text: "Who and from where" in text)
        await until(pilot, lambda _text: app.screen.focused is not None)
        await pilot.press("end")
        await until(pilot, lambda text: "SELECT Id FROM Account -- 59001" in text)
        await pilot.press("r")
        await until(pilot, lambda text: '"RowsReturned": 59001' in text)
        await pilot.press("r")
        await until(pilot, lambda text: "Every field as it came" in text)
        await pilot.press("escape")
        await until(pilot, lambda text: "‖ paused" in text)
        assert app.screen.query_one(EventTail).selected_key == rows_of(app)[-1].key


async def test_hostile_text_is_shown_and_not_obeyed(app: OrgwatchApp, writer: Writer) -> None:
    hostile = "\x1b[2J[bold]eve\u202e"
    record(writer, [api_event(59_001, username=hostile, entities="[@click=app.quit]x[/]")])
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("4")
        text = await until(pilot, lambda text: "eve" in text)
        assert "␛[2J[bold]eve⟨U+202E⟩" in text
        assert "[@click=app.quit]x[/]" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_an_event_that_is_gone_says_so(app: OrgwatchApp, writer: Writer) -> None:
    record(writer, [api_event(59_001)])
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "svc-59001" in text)
        writer.submit(
            lambda c: c.execute("DELETE FROM stream_event WHERE username LIKE 'svc-59001%'")
        ).result(timeout=30)
        await pilot.press("enter")
        await until(pilot, lambda text: "no longer holds this event" in text)


async def test_an_empty_store_says_that_nothing_has_come_yet(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    with open_writer(path):
        pass
    app = OrgwatchApp(ConsoleOptions(path, StandingClock(), "acme"))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("4")
        await until(pilot, lambda text: "No event is in the store yet" in text)
        await pilot.press("enter", "up", "home", "space", "end", "f", "e")
        await until(pilot, lambda text: "No event matches this filter" in text)
