from hypothesis import given
from hypothesis import strategies as st

from widgets.column_fit import GAP, fit_columns
from widgets.row_types import Column

columns_of_a_list = st.lists(
    st.builds(
        Column,
        key=st.just("k"),
        label=st.just("L"),
        width=st.integers(1, 30),
        widest=st.integers(0, 60),
        priority=st.integers(0, 5),
    ),
    min_size=1,
    max_size=10,
).map(tuple)


@given(columns_of_a_list, st.integers(1, 300))
def test_what_is_drawn_fits_unless_only_columns_that_stay_are_left(
    columns: tuple[Column, ...], available: int
) -> None:
    fit = fit_columns(columns, available)
    used = sum(width for _index, width in fit) + GAP * (len(fit) - 1)
    left = [columns[index] for index, _width in fit]
    assert used <= available or len(fit) == 1 or max(c.priority for c in left) == 0


@given(columns_of_a_list, st.integers(1, 300))
def test_no_column_is_narrower_than_its_least_or_grows_beyond_its_widest(
    columns: tuple[Column, ...], available: int
) -> None:
    for index, width in fit_columns(columns, available):
        assert columns[index].width <= width <= max(columns[index].width, columns[index].widest)


@given(columns_of_a_list, st.integers(1, 300))
def test_room_is_left_over_only_when_no_column_can_grow(
    columns: tuple[Column, ...], available: int
) -> None:
    fit = fit_columns(columns, available)
    used = sum(width for _index, width in fit) + GAP * (len(fit) - 1)
    can_grow = any(width < columns[index].widest for index, width in fit)
    assert used >= available or not can_grow


@given(columns_of_a_list, st.integers(1, 200))
def test_columns_stay_in_order_and_the_least_wanted_go_first(
    columns: tuple[Column, ...], available: int
) -> None:
    kept = [index for index, _width in fit_columns(columns, available)]
    gone = set(range(len(columns))) - set(kept)
    assert kept == sorted(kept)
    wanted = max((columns[index].priority for index in kept), default=0)
    assert all(columns[index].priority >= wanted for index in gone) or len(kept) == 1


def test_columns_that_may_grow_share_what_is_left_over() -> None:
    columns = (Column("a", "A", 5, widest=50), Column("b", "B", 5), Column("c", "C", 5, widest=50))
    assert fit_columns(columns, 39) == ((0, 15), (1, 5), (2, 15))
