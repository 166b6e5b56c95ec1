"""``orgwatch usage``: who used the API pool."""

from typing import TYPE_CHECKING

import click

from console.commands.options import Request, answer_options

if TYPE_CHECKING:
    from console.answers.usage import UsageAnswer
    from console.commands.output import Sheet


@click.command(epilog="Example: orgwatch usage --since 7d --csv > usage.csv")
@answer_options
def command(request: Request) -> None:
    """Show consumption per integration; the parts and what is not yet logged sum to the pool."""
    from console.answers.usage import answer_usage
    from console.commands import documents, options, output

    where = options.resolve_where(request.place)
    with options.reading(where) as reader:
        moment = options.resolve_moment(request, where, reader)
        answer = answer_usage(
            reader.connection, moment, where.org.integrations if where.org else ()
        )
    if not answer.integrations and answer.pool_used is None:
        options.refuse_uncollected("No API usage of this span is in the store", where)
    sheet = _csv_sheet(answer) if request.form == "csv" else _table(answer)
    output.publish(
        "usage", request, where, moment, answer.completeness, documents.usage_data(answer), sheet
    )


def _csv_sheet(answer: "UsageAnswer") -> "Sheet":
    """Every field of the JSON, one integration a line."""
    from console.commands import documents, output

    rows = [documents.integration(one) for one in answer.integrations]
    return output.Sheet(documents.INTEGRATION_FIELDS, [tuple(row.values()) for row in rows], "")


def _table(answer: "UsageAnswer") -> "Sheet":
    """The columns that a person compares, and the row that makes the parts sum to the pool."""
    from console.commands import documents, output

    rows: list[tuple[object, ...]] = [
        (
            one.name,
            one.kind.replace("_", " "),
            one.calls,
            one.counted_calls,
            _percent(one.share),
            one.errors,
            one.budget_calls,
            documents.utc_text(one.last_seen),
        )
        for one in answer.integrations
    ]
    if answer.unattributed is not None:
        share = answer.unattributed / answer.pool_used if answer.pool_used else None
        missing = answer.unattributed
        rows.append(("not in the logs yet", "", None, missing, _percent(share), None, None, None))
    since, until = documents.utc_text(answer.since), documents.utc_text(answer.until)
    logs = documents.utc_text(answer.logs_until) or "nowhere yet"
    return output.Sheet(
        ("integration", "kind", "calls", "counted", "share", "errors", "budget", "last_seen"),
        rows,
        f"API calls from {since} to {until}; the logs reach to {logs}{_caveat(answer)}",
    )


def _caveat(answer: "UsageAnswer") -> str:
    if answer.counts_known or not answer.integrations:
        return ""
    return "\nfrom RestApi, SOAP and Bulk logs, which do not say what counts against the limit"


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"
