"""``orgwatch access``: how integration users and credentials stand."""

import click

from console.commands.options import Request, answer_options


@click.command(epilog="Example: orgwatch access --user 'svc-*' --json | jq '.data.users[].checks'")
@answer_options
@click.option("--user", "pattern", metavar="PATTERN", help="Only users whose login name fits.")
def command(request: Request, pattern: str | None) -> None:
    """Show each integration user's checks, and who would break if a credential rotated.

    The use of credentials is that of the 30 days before --as-of.
    """
    from fnmatch import fnmatchcase

    from console.analysis.posture import Verdict
    from console.answers.access import answer_access
    from console.answers.moment import Moment
    from console.commands import documents, options, output
    from console.commands.access_document import access_data
    from console.safe_text import visible

    where = options.resolve_where(request.place)
    with options.reading(where) as reader:
        asked = options.resolve_moment(request, where, reader)
        configured = where.org.integrations if where.org else ()
        answer = answer_access(reader.connection, asked.as_of, configured)
    if answer.taken_at is None:
        options.refuse_uncollected("Nothing about users is in the store", where, logged=False)
    wanted = (pattern or "*").casefold()
    users = tuple(user for user in answer.users if fnmatchcase(user.username.casefold(), wanted))
    rows = [
        (
            user.username,
            user.count(Verdict.PASS),
            user.count(Verdict.FAIL),
            user.count(Verdict.UNKNOWN),
            f"{user.worst.title}: {user.worst.evidence}" if user.worst else None,
            documents.utc_text(user.last_login_at),
            user.api_versions,
            user.integrations,
        )
        for user in users
    ]
    output.publish(
        "access", request, where,
        Moment(answer.as_of, answer.since, answer.as_of), answer.completeness,
        access_data(answer, users),
        output.Sheet(
            ("user", "pass", "fail", "unknown", "worst", "last_login", "api_versions",
             "breaks_on_rotation"),
            rows,
            f"Integration users as of {documents.utc_text(answer.taken_at)}, {len(rows)} in all",
        ),
    )  # fmt: skip
    for source, reason in answer.not_visible:
        click.echo(visible(f"not visible: {source}: {reason}"), err=True)
