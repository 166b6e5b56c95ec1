"""``orgwatch apps``: every app and how far it is on the way to an External Client App."""

from pathlib import Path

import click

from console.commands.options import answer_options


@click.command(epilog="Example: orgwatch apps --json | jq .data.summary")
@answer_options
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
) -> None:
    """Show every connected app and External Client App with its state and evidence."""
    from console.answers.apps import answer_apps
    from console.commands import documents, options, output

    where = options.resolve_where(config, alias, store)
    form = options.resolve_output(as_json, as_csv, no_color)
    with options.reading(where) as reader:
        moment = options.resolve_moment(where, reader, as_of, since, until)
        answer = answer_apps(reader.connection, moment)
    if answer.taken_at is None:
        options.refuse_uncollected("No inventory of apps is in the store", where)
    data, unknown = documents.apps_data(answer)
    if form.form == "json":
        output.print_json(
            documents.envelope("apps", where.alias, moment, answer.completeness, data, unknown)
        )
        return
    header = ("name", "kind", "state", "users", "calls", "counterpart", "last_used", "blockers")
    rows = [
        (
            app.name,
            app.kind.replace("_", " "),
            app.state if form.form == "csv" else app.state_title,
            len(app.users),
            app.calls_window,
            app.counterpart,
            documents.utc_text(app.last_used),
            app.blockers,
        )
        for app in answer.apps
    ]
    if form.form == "csv":
        output.print_csv(header, rows)
        return
    output.print_table(
        header, rows, form, f"Apps as of {documents.utc_text(answer.taken_at)}, {len(rows)} in all"
    )
    for source, reason in answer.not_visible:
        click.echo(f"not visible: {source}: {reason}", err=True)
