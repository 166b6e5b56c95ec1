"""``orgwatch events``: what happened, newest first, or as it is committed."""

import json
import threading
from collections.abc import Callable
from typing import Any

import click

from console.commands.options import Request, Where, answer_options
from store.records import EventFilter

_POLL_S = 0.2
_BATCH = 500
_COLUMNS = ("time", "type", "user", "app", "source_ip", "operation", "entities", "rows", "status")


def _filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow the list down."""
    for option in reversed((
        click.option("--type", "event_types", multiple=True, help="Only this type; repeatable."),
        click.option("--source", "sources", multiple=True, type=click.Choice(("stream", "log")),
                     help="Only what was streamed, or only log rows."),
        click.option("--user", "username", default="", help="Only users whose name has this."),
        click.option("--app", default="", help="Only apps and clients whose name has this."),
        click.option("--ip", "source_ip", default="", help="Only this source address."),
        click.option("--text", default="", help="Only events in which this text occurs."),
        click.option("--problems", "problems_only", is_flag=True, help="Only failures."),
    )):  # fmt: skip
        function = option(function)
    return function


@click.command(epilog="Example: orgwatch events --follow --json --problems")
@answer_options
@_filter_options
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--follow", is_flag=True, help="Go on and print events as they are committed.")
def command(request: Request, limit: int, follow: bool, **wanted: Any) -> None:
    """Show logins and API calls, streamed and logged, newest first."""
    from console.answers.events import answer_events
    from console.commands import documents, options, output

    where = options.resolve_where(request.place)
    event_filter = EventFilter(**wanted)
    if follow:
        _follow(where, request, event_filter)
        return
    with options.reading(where) as reader:
        moment = options.resolve_moment(request, where, reader, spans_all=True)
        answer = answer_events(
            reader.connection, moment, event_filter, limit=limit, since=moment.since
        )
    data, unknown = documents.events_data(answer)
    listed = data["events"]
    columns = documents.EVENT_FIELDS if request.form == "csv" else _COLUMNS
    rows = [tuple(one[column] for column in columns) for one in listed]
    output.publish(
        "events", request, where, moment, answer.completeness, (data, unknown),
        output.Sheet(columns, rows, f"{len(rows)} events, newest first"),
    )  # fmt: skip


def _follow(where: Where, request: Request, wanted: EventFilter) -> None:
    """Print every event committed from now on, one a line, until interrupted."""
    from console.commands import documents, options
    from console.safe_text import visible
    from store import events

    idle = threading.Event()
    with options.reading(where) as reader:
        cursor = events.latest_commit(reader.connection)
        version = None
        while True:
            if (now := reader.data_version()) == version:
                idle.wait(_POLL_S)
                continue
            version = now
            found, cursor = events.committed_after(reader.connection, cursor, _BATCH, wanted)
            if len(found) == _BATCH:
                version = None
            for event in found:
                one = documents.event(event)
                if request.form == "json":
                    line = {"schema": "orgwatch/event/1", "org": where.alias, **one}
                    click.echo(json.dumps(line, ensure_ascii=False))
                else:
                    cells = (str(one[column] or "–") for column in _COLUMNS)
                    click.echo(visible("  ".join(cells)))
