"""``orgwatch doctor``: what works, what does not, and what to do."""

import click

from console.commands.options import Place, place_options


@click.command(epilog="Example: orgwatch doctor --json | jq .data.passed")
@place_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--no-color", is_flag=True, help="Plain text; NO_COLOR does the same.")
def command(place: Place, as_json: bool, no_color: bool) -> int:
    """Check settings, key, login, permissions, licences, store and terminal, in under 15 seconds.

    It only reads, logs in at most once, and leaves the login alone where a collector is running.
    The exit code is 1 when it found a fault.
    """
    import os
    import time

    from console.answers.moment import Moment
    from console.commands import doctor_report, options, output
    from console.doctor.check import has_fault
    from console.doctor.examination import examine
    from console.exit_codes import ExitCode

    where = options.resolve_where(place)
    moment = Moment.rolling(where.clock.now())
    began = time.monotonic()
    found = examine(where.settings, where.org, where.store_file, where.clock, moment)
    took_s = time.monotonic() - began
    if as_json:
        output.print_json(doctor_report.document(where.alias, moment, found, took_s))
    else:
        color = not (no_color or os.environ.get("NO_COLOR"))
        doctor_report.print_report(where.alias, found, took_s, color=color)
    return ExitCode.ANSWER_IS_NO if has_fault(found.checks) else ExitCode.OK
