"""Prints answers: a table for people, one JSON object or CSV for programs, always on stdout."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from console.answers.coverage import Completeness
from console.answers.moment import Moment
from console.commands.documents import Document, envelope
from console.commands.options import Request, Where
from console.safe_text import visible

_SPREADSHEET_TRIGGERS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The same answer as rows: what the table and the CSV show."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str


def publish(
    kind: str,
    request: Request,
    where: Where,
    moment: Moment,
    completeness: Completeness,
    data: tuple[Document, dict[str, str]],
    sheet: Sheet,
) -> None:
    """Print one answer in the form that was asked for; ``data`` comes with its unknowns."""
    if request.form == "json":
        print_json(envelope(kind, where.alias, moment, completeness, *data))
    elif request.form == "csv":
        print_csv(sheet.header, sheet.rows)
    else:
        print_table(sheet, color=request.color)


def print_json(document: Document) -> None:
    """One JSON object on one line, keys in the order of the contract."""
    click.echo(json.dumps(document, ensure_ascii=False))


def print_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV with a header line; cells that a spreadsheet would run as a formula are defused."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
    click.echo(buffer.getvalue(), nl=False)


def csv_cell(value: object) -> str:
    """One cell: lists joined with blanks, unknown empty, formulas behind an apostrophe."""
    if value is None:
        return ""
    text = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    numeric = isinstance(value, (int, float))
    return f"'{text}" if text.startswith(_SPREADSHEET_TRIGGERS) and not numeric else text


def print_table(sheet: Sheet, *, color: bool) -> None:
    """A plain table; numbers to the right, text from the org made safe.

    On a terminal it fits the width; in a file or a pipe it is as wide as its content.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    to_terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, no_color=not color, highlight=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, name in enumerate(sheet.header):
        numbers = all(isinstance(row[number], (int, float, type(None))) for row in sheet.rows)
        table.add_column(
            Text(name), justify="right" if numbers and sheet.rows else "left", overflow="fold"
        )
    for row in sheet.rows:
        table.add_row(*(Text(table_cell(value)) for value in row))
    if not to_terminal:
        console.width = 100_000
        console.width = max(console.measure(table).maximum, len(sheet.title), 80)
    console.print(Text(sheet.title))
    console.print(table)


def table_cell(value: Any) -> str:
    """One cell as a person reads it: thousands separated, unknown as a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, (list, tuple)):
        return visible(", ".join(map(str, value)), 60)
    return visible(str(value), 120)
