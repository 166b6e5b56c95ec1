"""``orgwatch limits``: how far each limit is used, and when the API pool runs dry."""

from pathlib import Path

import click

from console.commands.options import answer_options


@click.command(
    epilog="Example: orgwatch limits --json | jq .data.api_pool",
)
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
    """Show every limit, most endangered first, with the rolling 24-hour API pool on top."""
    from console.answers.limits import answer_limits
    from console.commands import documents, options, output

    where = options.resolve_where(config, alias, store)
    form = options.resolve_output(as_json, as_csv, no_color)
    own_fraction = where.org.own_calls_fraction if where.org else 0.01
    with options.reading(where) as reader:
        moment = options.resolve_moment(where, reader, as_of, since, until)
        answer = answer_limits(reader.connection, moment, own_fraction)
    if answer.pool.used_calls is None and not answer.limits:
        options.refuse_uncollected("No limit has ever been read into this store", where)
    data, unknown = documents.limits_data(answer)
    if form.form == "json":
        output.print_json(
            documents.envelope("limits", where.alias, moment, answer.completeness, data, unknown)
        )
        return
    header = ("name", "used", "max", "used_percent", "severity", "sampled_at")
    rows = [
        (
            limit.name,
            limit.used,
            limit.max_value,
            None if limit.used_fraction is None else round(limit.used_fraction * 100, 1),
            limit.severity,
            documents.utc_text(limit.sampled_at),
        )
        for limit in answer.limits
    ]
    if form.form == "csv":
        output.print_csv(header, rows)
        return
    pool = answer.pool
    used = "unknown" if pool.used_calls is None else f"{pool.used_calls:,} of {pool.max_calls:,}"
    output.print_table(header, rows, form, f"API pool: {used} calls, {pool.forecast}")
