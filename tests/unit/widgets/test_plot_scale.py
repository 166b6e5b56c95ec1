import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from widgets.plot_scale import axis_figures, axis_label, known_runs, label_positions, thin_out

points = st.lists(
    st.tuples(st.integers(0, 10_000), st.floats(0, 1e6)), max_size=400, unique_by=lambda p: p[0]
).map(sorted)


@given(st.floats(0.001, 1e12), st.integers(1, 12))
def test_the_axis_reaches_the_largest_value_and_not_twice_as_far(top: float, steps: int) -> None:
    figures = axis_figures(top, steps)
    assert figures[0] == 0
    assert figures[-1] >= top * (1 - 1e-6)
    assert len(figures) == 2 or figures[-2] < top * (1 + 1e-6)
    assert len(figures) <= steps + 2


def test_axis_figures_are_round() -> None:
    assert axis_figures(7_400, 4) == (0, 2_000, 4_000, 6_000, 8_000)
    assert axis_figures(0, 4) == (0.0, 1.0)
    assert axis_figures(math.inf, 4) == (0.0, 1.0)
    assert axis_figures(2, 8) == (0, 1, 2)


def test_axis_labels_are_short() -> None:
    figures = (0, 250, 2_500, 40_000, 1.2e6, 3e9)
    assert [axis_label(f) for f in figures] == ["0", "250", "2.5k", "40k", "1.2M", "3G"]


@given(st.integers(1, 200), st.integers(1, 250))
def test_labels_never_touch(slots: int, width: int) -> None:
    labels = [f"{n % 24:02d}:00" for n in range(slots)]
    shown = label_positions(labels, width)
    cells = width / max(slots - 1, 1)
    assert shown[0] == 0
    assert all((later - earlier) * cells >= 5 for earlier, later in pairwise(shown))


@given(st.lists(st.one_of(st.none(), st.floats(0, 10)), max_size=60))
def test_known_stretches_hold_every_known_value_and_break_at_unknown_ones(
    values: list[float | None],
) -> None:
    runs = known_runs(values)
    assert [v for run in runs for _slot, v in run] == [v for v in values if v is not None]
    for run in runs:
        assert [slot for slot, _v in run] == list(range(run[0][0], run[0][0] + len(run)))


@given(points, st.integers(2, 100))
def test_thinning_keeps_the_highest_and_the_lowest_in_order(
    run: list[tuple[int, float]], most: int
) -> None:
    thin = thin_out(run, most)
    assert len(thin) <= most
    assert thin == sorted(thin)
    assert set(thin) <= set(run)
    if run:
        assert max(v for _s, v in thin) == max(v for _s, v in run)
        assert min(v for _s, v in thin) == min(v for _s, v in run)
