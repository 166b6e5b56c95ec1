"""``orgwatch usage``: who used the API pool."""

from pathlib import Path

import click

from console.commands.options import answer_options


@click.command(epilog="Example: orgwatch usage --since 7d --csv > usage.csv")
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
    """Show consumption per integration; the parts and what is not yet logged sum to the pool."""
    from console.answers.usage import answer_usage
    from console.commands import documents, options, output

    where = options.resolve_where(config, alias, store)
    form = options.resolve_output(as_json, as_csv, no_color)
    configured = where.org.integrations if where.org else ()
    with options.reading(where) as reader:
        moment = options.resolve_moment(where, reader, as_of, since, until)
        answer = answer_usage(reader.connection, moment, configured)
    if not answer.integrations and answer.pool_used is None:
        options.refuse_uncollected("No API usage of this span is in the store", where)
    data, unknown = documents.usage_data(answer)
    if form.form == "json":
        output.print_json(
            documents.envelope("usage", where.alias, moment, answer.completeness, data, unknown)
        )
        return
    if form.form == "csv":
        keys = list(documents.integration(answer.integrations[0])) if answer.integrations else []
        output.print_csv(
            keys, [tuple(documents.integration(one).values()) for one in answer.integrations]
        )
        return
    header = ("integration", "kind", "calls", "counted", "share", "errors", "budget", "last seen")
    rows: list[tuple[object, ...]] = [
        (
            one.name,
            one.kind.replace("_", " "),
            one.calls,
            one.counted_calls,
            None if one.share is None else f"{one.share:.1%}",
            one.errors,
            one.budget_calls,
            documents.utc_text(one.last_seen),
        )
        for one in answer.integrations
    ]
    if answer.unattributed:
        share = answer.unattributed / answer.pool_used if answer.pool_used else None
        rows.append(
            ("not yet in the logs", None, None, answer.unattributed,
             None if share is None else f"{share:.1%}", None, None, None)
        )  # fmt: skip
    logs = documents.utc_text(answer.logs_until) or "never"
    output.print_table(
        header,
        rows,
        form,
        f"API calls from {documents.utc_text(moment.since)} to {documents.utc_text(moment.until)}; "
        f"logs reach to {logs}",
    )
