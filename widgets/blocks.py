"""Bars and trends drawn with line and block characters, for cells too small for a plot."""

from collections.abc import Sequence

_FULL = "━"
_HALF = "╸"
_HEIGHTS = "▁▂▃▄▅▆▇"
"""Never the full block, so that trends on neighbouring lines do not run into each other."""
_UNKNOWN = "·"


def bar(fraction: float, width: int) -> str:
    """A thin bar of at most ``width`` cells in half steps; anything above zero is visible."""
    halves = round(min(max(fraction, 0.0), 1.0) * width * 2)
    if fraction > 0:
        halves = max(halves, 1)
    full, half = divmod(halves, 2)
    return (_FULL * full + _HALF * half).ljust(width)[:width]


def trend(values: Sequence[float | None], width: int, top: float | None = None) -> str:
    """``values`` as at most ``width`` blocks, oldest first, scaled to ``top``.

    Without ``top`` they are scaled to their own largest value.

    More values than cells: each cell shows the largest of its share, so that no spike is lost.
    A dot stands where nothing is known.
    """
    if not values or width <= 0:
        return ""
    cells = min(width, len(values))
    buckets = [
        _largest(values[index * len(values) // cells : (index + 1) * len(values) // cells])
        for index in range(cells)
    ]
    if top is None:
        top = max((value for value in buckets if value is not None), default=0.0)
    return "".join(_block(value, top) for value in buckets)


def _largest(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _block(value: float | None, top: float) -> str:
    if value is None:
        return _UNKNOWN
    if top <= 0 or value <= 0:
        return _HEIGHTS[0]
    return _HEIGHTS[round(min(value / top, 1.0) * (len(_HEIGHTS) - 1))]
