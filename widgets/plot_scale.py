"""The arithmetic of a plot: round axis figures, labels that do not touch, and fewer points."""

import math
from collections.abc import Sequence

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_LABEL_ROOM = 4
"""Cells that a time label needs around itself to be read as one word."""


def axis_figures(top: float, steps: int) -> tuple[float, ...]:
    """Round figures from 0 to at least ``top``, about ``steps`` of them apart from the zero."""
    if top <= 0 or not math.isfinite(top):
        return (0.0, 1.0)
    rough = top / max(steps, 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * size for size in _STEPS if magnitude * size >= rough * (1 - 1e-9))
    if top >= 1:
        step = max(step, 1.0)
    return tuple(index * step for index in range(math.ceil(top / step - 1e-9) + 1))


def axis_label(figure: float) -> str:
    """A figure in as few cells as possible: ``250``, ``2.5k``, ``40k``, ``1.2M``."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if figure >= size:
            return f"{figure / size:g}{sign}"
    return f"{figure:g}"


def label_positions(labels: Sequence[str], width: int) -> tuple[int, ...]:
    """The slots whose labels fit into ``width`` cells, evenly apart, the first among them."""
    if not labels:
        return ()
    room = max(len(label) for label in labels) + _LABEL_ROOM
    most = max(width // room, 1)
    step = max(math.ceil(len(labels) / most), 1)
    return tuple(
        slot
        for slot in range(0, len(labels), step)
        if slot == 0 or _room_after(slot, len(labels), width) >= len(labels[slot]) / 2
    )


def _room_after(slot: int, slots: int, width: int) -> float:
    """Cells between a slot and the right edge: a label is centred on its slot."""
    return (slots - 1 - slot) / max(slots - 1, 1) * width


def known_runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches of ``values`` in which every slot is known, as (slot, value) pairs."""
    runs: list[list[tuple[int, float]]] = [[]]
    for slot, value in enumerate(values):
        if value is not None:
            runs[-1].append((slot, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def thin_out(run: Sequence[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """``run`` with about ``most`` points: of each bucket the lowest and the highest, in order.

    Drawing costs time by the point, and more than two in a column of cells cannot be told apart;
    keeping both ends of each bucket keeps every spike.
    """
    if len(run) <= most:
        return list(run)
    buckets = max(most // 2, 1)
    kept: list[tuple[int, float]] = []
    for index in range(buckets):
        bucket = run[index * len(run) // buckets : (index + 1) * len(run) // buckets]
        lowest = min(bucket, key=lambda point: point[1])
        highest = max(bucket, key=lambda point: point[1])
        kept.extend(sorted({lowest, highest}))
    return kept
