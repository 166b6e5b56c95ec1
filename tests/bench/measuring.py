"""What a measurement says, and how the table of all of them looks."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One speed of orgwatch beside a baseline that was measured in the same run."""

    what: str
    here: str
    baseline: str
    """The baseline's name with its figure."""
    ratio: float
    """Times the baseline's speed, or times its duration; see ``more_is_better``."""
    more_is_better: bool


def times_as_fast(
    what: str, amount: int, unit: str, here_s: float, name: str, baseline_s: float
) -> Measured:
    """The speed at ``amount`` units of work beside that of the baseline."""
    return Measured(
        what,
        f"{amount / here_s:,.0f} {unit}/s",
        f"{name}: {amount / baseline_s:,.0f} {unit}/s",
        baseline_s / here_s,
        more_is_better=True,
    )


def times_as_long(what: str, here_s: float, name: str, baseline_s: float) -> Measured:
    """The duration beside that of the baseline."""
    return Measured(
        what,
        milliseconds(here_s),
        f"{name}: {milliseconds(baseline_s)}",
        here_s / baseline_s,
        more_is_better=False,
    )


def milliseconds(duration_s: float) -> str:
    """In milliseconds, with a decimal where it matters."""
    value = duration_s * 1000
    return (
        f"{value:,.2f} ms"
        if value < 1
        else f"{value:,.1f} ms"
        if value < 100
        else f"{value:,.0f} ms"
    )


def interleaved(rounds: int, ways: Sequence[Callable[[], float]]) -> list[float]:
    """The best of what each way returns: the one that the rest of the machine disturbed least.

    All take turns, so that a busy moment hits them alike.
    """
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, durations in zip(ways, taken, strict=True):
            durations.append(way())
    return [min(durations) for durations in taken]


def timed(work: Callable[[], object]) -> float:
    """How many seconds ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def print_table(rows: Iterable[Measured]) -> None:
    """Every measurement on a line, with its ratio last."""
    cells = [("", "orgwatch", "baseline", "ratio", "")]
    cells += [
        (row.what, row.here, row.baseline, f"{row.ratio:.2f}",
         "more is better" if row.more_is_better else "less is better")
        for row in rows
    ]  # fmt: skip
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    for what, here, baseline, ratio, better in cells:
        line = (what.ljust(widths[0]), here.rjust(widths[1]), baseline.ljust(widths[2]),
                ratio.rjust(widths[3]), better)  # fmt: skip
        print("  ".join(line).rstrip())
