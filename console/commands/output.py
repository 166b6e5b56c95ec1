"""Prints answers: a table for people, one JSON object or CSV for programs, always on stdout."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from console.commands.documents import Document
from console.commands.options import Output
from console.safe_text import visible

_SPREADSHEET_TRIGGERS = ("=", "+", "-", "@", "\t", "\r")


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


def print_table(
    header: Sequence[str], rows: Sequence[Sequence[object]], output: Output, title: str = ""
) -> None:
    """A plain table as wide as its content; numbers to the right, text from the org made safe."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(
        file=sys.stdout,
        no_color=not output.color,
        highlight=False,
        soft_wrap=not sys.stdout.isatty(),
    )
    if title:
        console.print(Text(title))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, name in enumerate(header):
        right = bool(rows) and all(
            isinstance(row[number], (int, float, type(None))) for row in rows
        )
        table.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(table_cell(value)) for value in row))
    if not sys.stdout.isatty():
        console.width = max(console.measure(table).maximum, 80)
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
        return visible(", ".join(str(item) for item in value), 60)
    return visible(str(value), 120)
