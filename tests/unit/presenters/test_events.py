import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.presenters.events import (
    TailState,
    is_problem,
    present_detail,
    present_raw,
    present_row,
    present_state,
    present_summary,
    present_tail,
    short_type,
)
from store.records import EventFilter
from tests.unit.presenters.sample_rooms import NOW, detail, event, events_answer
from widgets.row_types import Cell

NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of what a terminal may obey or hide."""


def words(cells: tuple[Cell, ...]) -> str:
    return "".join(cell.text for cell in cells)


def state(**changes: object) -> TailState:
    values: dict[str, object] = {
        "following": True,
        "waiting": 0,
        "waiting_is_least": False,
        "filter": EventFilter(),
    }
    return TailState(**(values | changes))  # type: ignore[arg-type]


def test_the_newest_is_the_last_line() -> None:
    view = present_tail(events_answer(10).events, NOW, EventFilter())
    assert [row.key for row in view.rows] == [f"s{n}" for n in range(1, 11)]


def test_a_page_with_other_days_has_room_for_their_dates() -> None:
    today = present_tail((event(1),), NOW, EventFilter())
    mixed = present_tail(
        (event(2), event(1, occurred_at=NOW - timedelta(days=3))), NOW, EventFilter()
    )
    for view in (today, mixed):
        for row in view.rows:
            assert len(row.cells[1].text) <= view.columns[1].width
    assert mixed.rows[0].cells[1].text == "11-13 17:04"


@pytest.mark.parametrize(
    ("event_type", "status", "problem"),
    [
        ("LoginEventStream", "Success", False),
        ("LoginEventStream", "Invalid Password", True),
        ("LoginEventStream", None, False),
        ("Login", "LOGIN_NO_ERROR", False),
        ("Login", "LOGIN_ERROR_INVALID_PASSWORD", True),
        ("ApiTotalUsage", "200", False),
        ("ApiTotalUsage", "404", True),
        ("ApiTotalUsage", "503", True),
        ("API", "F", True),
        ("API", "S", False),
        ("ApiEventStream", None, False),
        ("ApiEventStream", "whatever", False),
    ],
)
def test_what_counts_as_a_problem(event_type: str, status: str | None, problem: bool) -> None:
    one = event(1, event_type=event_type, status=status)
    assert is_problem(one) is problem
    assert (present_row(one, NOW).cells[0].text == "✖") is problem


def test_types_lose_what_every_one_of_them_has() -> None:
    assert short_type("LoginEventStream") == "Login"
    assert short_type("ApiAnomalyEventStore") == "ApiAnomalyEventStore"
    assert short_type("ApiTotalUsage") == "ApiTotalUsage"
    assert short_type("Event") == "Event"


def test_the_state_says_what_stands_still_and_what_waits() -> None:
    assert "following" in words(present_state(state(), ()))
    paused = words(present_state(state(following=False, waiting=37), ()))
    assert "paused" in paused
    assert "▸ 37 waiting" in paused
    most = words(present_state(state(following=False, waiting=10_000, waiting_is_least=True), ()))
    assert "▸ 10,000+ waiting" in most


def test_the_state_names_every_filter() -> None:
    chosen = EventFilter(text="er\x1bp", event_types=("LoginEventStream",), problems_only=True)
    said = words(present_state(state(filter=chosen), (1, 2, 3)))
    assert "problems only" in said
    assert "Login only" in said
    assert "matching “er␛p”" in said
    assert "6 streamed in 3 min" in said


def test_an_empty_tail_says_whether_it_is_the_filter() -> None:
    assert "No event is in the store" in present_tail((), NOW, EventFilter()).empty
    assert "matches this filter" in present_tail((), NOW, EventFilter(text="x")).empty


def test_the_detail_has_every_field_in_its_order() -> None:
    came = present_detail(detail())[-1]
    assert [field.name for field in came.fields] == [name for name, _value in detail().fields]
    assert next(field.value for field in came.fields if field.name == "PolicyId") == "–"


def test_a_huge_field_is_cut_and_says_by_how_much() -> None:
    huge = replace(detail(), fields=(("Query", "x" * 10_000),))
    value = present_detail(huge)[-1].fields[0].value
    assert len(value) < 4_100
    assert "6,000 more characters" in value


@given(st.text(max_size=40))
def test_no_field_of_an_event_reaches_the_terminal_as_it_came(text: str) -> None:
    one = event(
        1, username=text, app_name=text, client=text, source_ip=text, entities=text,
        operation=text, status=text, api_version=text, user_agent=text, event_type=text or "x",
    )  # fmt: skip
    shown = [cell.text for cell in present_row(one, NOW).cells]
    shown += [field.value for group in present_summary(one) for field in group.fields]
    came = replace(detail(), event=one, fields=((text, text),), raw=text)
    shown += [field.name + field.value for group in present_detail(came) for field in group.fields]
    shown += present_raw(came).split("\n")
    assert not {unicodedata.category(character) for character in "".join(shown)} & NEVER_SHOWN


def test_lines_that_were_drawn_are_taken_as_they_are() -> None:
    events = events_answer(3).events
    first = present_tail(events, NOW, EventFilter())
    drawn = {row.key: row for row in first.rows[:2]}
    again = present_tail(events, NOW, EventFilter(), drawn)
    assert again == first
    assert again.rows[0] is first.rows[0]
    assert again.rows[2] is not first.rows[2]
