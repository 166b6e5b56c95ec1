"""The doctor's list as people and programs get it."""

import shutil
import sys
import textwrap
from collections import Counter
from itertools import groupby

import click

from console.answers.moment import Moment
from console.commands.documents import Document, envelope
from console.doctor.check import Check, Result, has_fault
from console.doctor.examination import Examination
from console.safe_text import visible, visible_lines

_MOST_CHARACTERS = 400
_MOST_DETAIL_LINES = 5
_MARK_CELLS = 10
_GAP_CELLS = 2
_LEAST_CELLS = 30
_COLORS = {
    Result.OK: "green",
    Result.FAULT: "red",
    Result.NOTE: "cyan",
    Result.UNKNOWN: "yellow",
}
_COUNTED = (
    (Result.FAULT, "fault", "faults"),
    (Result.UNKNOWN, "unknown", "unknown"),
    (Result.NOTE, "note", "notes"),
    (Result.OK, "in order", "in order"),
)


def document(org: str, moment: Moment, found: Examination, took_s: float) -> Document:
    """The list as one JSON object of the kind ``doctor``."""
    data: Document = {
        "passed": not has_fault(found.checks),
        "took_s": round(took_s, 2),
        "checks": [
            {
                "id": check.id,
                "area": check.area,
                "title": check.title,
                "result": check.result.value,
                "evidence": check.evidence,
                "next_step": check.next_step or None,
                "detail": check.detail or None,
            }
            for check in found.checks
        ],
    }
    return envelope("doctor", org, moment, found.completeness, data)


def print_report(org: str, found: Examination, took_s: float, *, color: bool) -> None:
    """The list on stdout, by area, each fault with what to do; the sum at the end."""
    width = max(len(visible(check.title)) for check in found.checks)
    for area, checks in groupby(_by_area(found.checks), key=lambda check: check.area):
        click.echo(f"\n{area}")
        said: dict[str, str] = {}
        for check in checks:
            _print_check(check, said.get(check.next_step, ""), width, color)
            said.setdefault(check.next_step, check.title)
    counts = Counter(check.result for check in found.checks)
    sums = [
        f"{counts[result]} {one if counts[result] == 1 else many}"
        for result, one, many in _COUNTED
        if counts[result]
    ]
    click.echo(f"\n{visible(org)}: {', '.join(sums)}, in {took_s:.1f} s")


def _by_area(checks: tuple[Check, ...]) -> list[Check]:
    """The checks in order, those of one area together where its first one stands."""
    order = list(dict.fromkeys(check.area for check in checks))
    return sorted(checks, key=lambda check: order.index(check.area))


def _print_check(check: Check, said_for: str, width: int, color: bool) -> None:
    """One check; what to do is not said again where ``said_for`` names a check that said it."""
    mark = f"{check.result.value:<8}"
    if color:
        mark = click.style(mark, fg=_COLORS[check.result], bold=check.result is Result.FAULT)
    title = visible(check.title)
    lines = _wrapped(visible(check.evidence, _MOST_CHARACTERS), width)
    if check.next_step:
        step = (
            f"as for {visible(said_for)}"
            if said_for
            else visible(check.next_step, _MOST_CHARACTERS)
        )
        lines += _wrapped(f"What to do: {step}", width)
    for line in visible_lines(check.detail)[:_MOST_DETAIL_LINES] if check.detail else []:
        lines += _wrapped(f"It said: {line}", width)
    # Colours are only for terminals: click takes them out on the way to a file or a pipe.
    click.echo(f"  {mark}{title:<{width}}  {lines[0]}", color=None if color else False)
    for line in lines[1:]:
        click.echo(" " * (_MARK_CELLS + width + _GAP_CELLS) + line)


def _wrapped(text: str, title_width: int) -> list[str]:
    """``text`` in the lines that fit beside the titles; one line in a file or a pipe."""
    if not sys.stdout.isatty():
        return [text]
    room = shutil.get_terminal_size().columns - _MARK_CELLS - title_width - _GAP_CELLS - 1
    return textwrap.wrap(text, max(room, _LEAST_CELLS)) or [""]
