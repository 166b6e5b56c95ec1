"""How long the rest of an answer is kept, and for whom."""

from datetime import UTC, datetime, timedelta

from console.simulator.objects.tables import Table
from console.simulator.rest.cursors import CursorShelf
from console.simulator.soql.run import CountAnswer

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
ANSWER = CountAnswer(Table("User", {}, list, "005"), 0)
DAY = timedelta(days=1)


def test_a_cursor_lives_two_days_and_is_found_by_both_forms_of_its_id() -> None:
    shelf = CursorShelf()
    cursor = shelf.keep(ANSWER, 200, "SELECT", "ann", NOW)
    assert cursor.locator.startswith("01g")
    assert shelf.find(cursor.locator, "ann", NOW + 2 * DAY - timedelta(seconds=1)) is cursor
    assert shelf.find(cursor.locator[:15], "ann", NOW) is cursor
    assert shelf.find(cursor.locator, "ann", NOW + 2 * DAY) is None
    assert shelf.find(cursor.locator, "ann", NOW) is None


def test_a_users_cursors_make_room_for_each_other_only() -> None:
    shelf = CursorShelf(per_user=2)
    others = shelf.keep(ANSWER, 200, "SELECT", "bob", NOW)
    first, second, third = (shelf.keep(ANSWER, 200, "SELECT", "ann", NOW) for _ in range(3))
    assert [shelf.find(c.locator, "ann", NOW) for c in (first, second, third)] == [
        None,
        second,
        third,
    ]
    assert shelf.find(others.locator, "bob", NOW) is others
    assert shelf.find(others.locator, "ann", NOW) is None


def test_a_closed_cursor_is_gone() -> None:
    shelf = CursorShelf()
    cursor = shelf.keep(ANSWER, 200, "SELECT", "ann", NOW)
    shelf.drop(cursor)
    assert shelf.find(cursor.locator, "ann", NOW) is None
