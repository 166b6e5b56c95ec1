"""``orgwatch coverage``: how complete the store is."""

from pathlib import Path

import click

from console.commands.options import answer_options


@click.command(epilog="Example: orgwatch coverage --since 24h")
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
    """Show for every source and hour whether the store is complete, and why not."""
    from console.answers.coverage import answer_coverage
    from console.commands import documents, options, output

    where = options.resolve_where(config, alias, store)
    form = options.resolve_output(as_json, as_csv, no_color)
    with options.reading(where) as reader:
        moment = options.resolve_moment(where, reader, as_of, since, until)
        answer = answer_coverage(reader.connection, moment)
    data, unknown = documents.coverage_data(answer)
    if form.form == "json":
        output.print_json(
            documents.envelope("coverage", where.alias, moment, answer.completeness, data, unknown)
        )
        return
    header = ("source", "hour", "state", "records", "reason")
    rows = [
        (hour.source, documents.utc_text(hour.hour), str(hour.state), hour.records, hour.reason)
        for hour in answer.hours
    ]
    if form.form == "csv":
        output.print_csv(header, rows)
        return
    complete = answer.completeness
    output.print_table(header, rows, form, f"Coverage is {complete.state}: {complete.summary}")
