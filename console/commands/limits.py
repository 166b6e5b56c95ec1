"""``orgwatch limits``: how far each limit is used, and when the API pool runs dry."""

import click

from console.commands.options import Request, answer_options


@click.command(epilog="Example: orgwatch limits --json | jq .data.api_pool")
@answer_options
def command(request: Request) -> None:
    """Show every limit, most endangered first, with the rolling 24-hour API pool on top."""
    from console.answers.limits import answer_limits
    from console.commands import documents, options, output

    where = options.resolve_where(request.place)
    with options.reading(where) as reader:
        moment = options.resolve_moment(request, where, reader)
        answer = answer_limits(reader.connection, moment, where.own_calls_fraction)
    pool = answer.pool
    if pool.used_calls is None and not answer.limits:
        options.refuse_uncollected(
            "No limit has ever been read into this store", where, logged=False
        )
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
    used = "unknown" if pool.used_calls is None else f"{pool.used_calls:,} of {pool.max_calls:,}"
    output.publish(
        "limits", request, where, moment, answer.completeness, documents.limits_data(answer),
        output.Sheet(
            ("name", "used", "max", "used_percent", "severity", "sampled_at"), rows,
            f"API pool: {used} calls; {pool.forecast}",
        ),
    )  # fmt: skip
