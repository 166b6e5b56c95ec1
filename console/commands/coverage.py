"""``orgwatch coverage``: how complete the store is."""

import click

from console.commands.options import Request, answer_options


@click.command(epilog="Example: orgwatch coverage --since 24h")
@answer_options
def command(request: Request) -> None:
    """Show for every source and hour whether the store is complete, and why not."""
    from console.answers.coverage import answer_coverage
    from console.commands import documents, options, output

    where = options.resolve_where(request.place)
    with options.reading(where) as reader:
        moment = options.resolve_moment(request, where, reader)
        answer = answer_coverage(reader.connection, moment)
    rows = [
        (hour.source, documents.utc_text(hour.hour), str(hour.state), hour.records, hour.reason)
        for hour in answer.hours
    ]
    complete = answer.completeness
    output.publish(
        "coverage", request, where, moment, complete, documents.coverage_data(answer),
        output.Sheet(
            ("source", "hour", "state", "records", "reason"), rows,
            f"Coverage is {complete.state}: {complete.summary}",
        ),
    )  # fmt: skip
