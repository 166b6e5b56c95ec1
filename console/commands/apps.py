"""``orgwatch apps``: every app and how far it is on the way to an External Client App."""

import click

from console.commands.options import Request, answer_options


@click.command(epilog="Example: orgwatch apps --json | jq .data.summary")
@answer_options
def command(request: Request) -> None:
    """Show every connected app and External Client App with its state and evidence."""
    from console.answers.apps import answer_apps
    from console.commands import documents, options, output
    from console.safe_text import visible

    where = options.resolve_where(request.place)
    with options.reading(where) as reader:
        moment = options.resolve_moment(request, where, reader)
        answer = answer_apps(reader.connection, moment)
    if answer.taken_at is None:
        options.refuse_uncollected("No inventory of apps is in the store", where, logged=False)
    rows = [
        (
            app.name,
            app.kind.replace("_", " "),
            app.state if request.form == "csv" else app.state_title,
            None if app.calls_window is None else len(app.users),
            app.calls_window,
            app.counterpart,
            documents.utc_text(app.last_used),
            app.blockers,
        )
        for app in answer.apps
    ]
    output.publish(
        "apps", request, where, moment, answer.completeness, documents.apps_data(answer),
        output.Sheet(
            ("name", "kind", "state", "users", "calls", "counterpart", "last_used", "blockers"),
            rows,
            f"Apps as of {documents.utc_text(answer.taken_at)}, {len(rows)} in all",
        ),
    )  # fmt: skip
    for source, reason in answer.not_visible:
        click.echo(visible(f"not visible: {source}: {reason}"), err=True)
