"""``orgwatch events``: what happened, newest first, or as it is committed."""

import json
import threading
from pathlib import Path

import click

from console.commands.options import Output, Where, answer_options
from store.records import EventFilter

_POLL_S = 0.2
_BATCH = 500


@click.command(epilog="Example: orgwatch events --follow --json | jq -c 'select(.status != null)'")
@answer_options
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--type", "types", multiple=True, help="Only this event type; may be repeated.")
@click.option(
    "--source", "sources", multiple=True, type=click.Choice(("stream", "log", "query")),
    help="Only what this source delivered; may be repeated.",
)  # fmt: skip
@click.option("--user", default="", help="Only user names that contain this.")
@click.option("--app", default="", help="Only apps and clients that contain this.")
@click.option("--ip", default="", help="Only source addresses that start with this.")
@click.option("--text", default="", help="Only events in which this text occurs.")
@click.option("--problems", is_flag=True, help="Only failures.")
@click.option("--follow", is_flag=True, help="Go on and print events as they are committed.")
def command(
    config: Path | None,
    alias: str | None,
    store: Path | None,
    as_of: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
    as_csv: bool,
    no_color: bool,
    limit: int,
    types: tuple[str, ...],
    sources: tuple[str, ...],
    user: str,
    app: str,
    ip: str,
    text: str,
    problems: bool,
    follow: bool,
) -> None:
    """Show logins and API calls, streamed and logged, newest first."""
    from console.answers.events import answer_events
    from console.commands import documents, options, output

    where = options.resolve_where(config, alias, store)
    form = options.resolve_output(as_json, as_csv, no_color)
    wanted = EventFilter(text, types, sources, user, app, ip, problems)
    if follow:
        _follow(where, form, wanted)
        return
    with options.reading(where) as reader:
        moment = options.resolve_moment(where, reader, as_of, since, until, window_is_all=True)
        answer = answer_events(reader.connection, moment, wanted, limit=limit)
    data, unknown = documents.events_data(answer)
    data["events"] = [
        one
        for one, event in zip(data["events"], answer.events, strict=True)
        if moment.since < event.occurred_at <= moment.until
    ]
    if form.form == "json":
        output.print_json(
            documents.envelope("events", where.alias, moment, answer.completeness, data, unknown)
        )
        return
    if form.form == "csv":
        header = list(data["events"][0]) if data["events"] else ["time"]
        output.print_csv(header, [tuple(one.values()) for one in data["events"]])
        return
    columns = (
        "time",
        "type",
        "user",
        "app",
        "source_ip",
        "operation",
        "entities",
        "rows",
        "status",
    )
    rows = [tuple(one[column] for column in columns) for one in data["events"]]
    output.print_table(columns, rows, form, f"{len(rows)} events, newest first")


def _follow(where: Where, form: Output, wanted: EventFilter) -> None:
    """Print every event committed from now on, one a line, until interrupted."""
    from console.commands import documents, options
    from console.safe_text import visible
    from store import events

    idle = threading.Event()
    with options.reading(where) as reader:
        connection = reader.connection
        cursor = events.commit_end(connection)
        version = None
        while True:
            now = reader.data_version()
            if now == version:
                idle.wait(_POLL_S)
                continue
            version = now
            found, cursor = events.committed_after(connection, cursor, wanted, _BATCH)
            if len(found) == _BATCH:
                version = None
            for event in found:
                one = documents.event(event)
                if form.form == "json":
                    line = {"schema": "orgwatch/event/1", "org": where.alias, **one}
                    click.echo(json.dumps(line, ensure_ascii=False))
                else:
                    parts = ("time", "type", "user", "app", "source_ip", "operation", "status")
                    click.echo("  ".join(visible(str(one[part] or "–")) for part in parts))
