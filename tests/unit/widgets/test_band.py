from hypothesis import given
from hypothesis import strategies as st

from tests.unit.widgets.list_app import OneWidget, lines_of
from widgets.band import Band, part_widths
from widgets.row_types import Part, Tone

parts_of_a_whole = st.lists(
    st.floats(0.01, 1e6).map(lambda amount: Part(amount, Tone.PLAIN)), max_size=9
)


@given(parts_of_a_whole, st.integers(0, 200))
def test_parts_fill_the_band_and_none_vanishes(parts: list[Part], width: int) -> None:
    widths = part_widths(parts, width)
    assert len(widths) == len(parts)
    if parts and width >= 2 * len(parts):
        assert sum(widths) + len(parts) - 1 == width
        assert min(widths) >= 1


def test_parts_are_in_proportion() -> None:
    parts = [Part(1, Tone.BAD), Part(3, Tone.GOOD)]
    assert part_widths(parts, 41) == [10, 30]
    assert part_widths([Part(0, Tone.BAD)], 41) == [0]


async def test_parts_are_apart_without_colour() -> None:
    app = OneWidget(Band())
    async with app.run_test(size=(43, 3)) as pilot:
        app.widget.show((Part(1, Tone.BAD), Part(3, Tone.GOOD)))
        await pilot.pause()
        assert lines_of(app)[0].split() == ["━" * 10, "━" * 30]
