from hypothesis import given
from hypothesis import strategies as st

from widgets.blocks import bar, trend

values = st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=80)


def halves(drawn: str) -> int:
    return 2 * drawn.count("━") + drawn.count("╸")


@given(st.floats(-1, 5), st.integers(0, 60))
def test_a_bar_is_as_wide_as_it_was_told(fraction: float, width: int) -> None:
    assert len(bar(fraction, width)) == width


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_is_never_drawn_shorter(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert halves(bar(small, 30)) <= halves(bar(large, 30))


def test_a_little_is_visible_and_nothing_is_not() -> None:
    assert bar(0.0001, 10).strip()
    assert not bar(0.0, 10).strip()


@given(values, st.integers(0, 100))
def test_a_trend_has_a_block_for_each_value_or_each_cell(
    history: list[float | None], width: int
) -> None:
    assert len(trend(history, width)) == min(len(history), width)


def test_a_spike_survives_having_more_values_than_cells() -> None:
    history = [1.0] * 50
    history[33] = 100.0
    assert trend(history, 10).count("▇") == 1


def test_what_is_not_known_is_a_dot_and_not_a_low_block() -> None:
    assert trend([4.0, 0.0, None], 10) == "▇▁·"
