"""Where failures become sentences: the one place that catches everything a command may raise."""

import logging
import os
import sys
from collections.abc import Callable

import click

from console import logs
from console.errors import OrgwatchError
from console.exit_codes import ExitCode
from console.safe_text import visible, visible_lines
from store.errors import StoreError

log = logging.getLogger(__name__)


def run_to_exit(command: click.Command) -> None:
    """Run ``command`` and exit; no traceback ever reaches the person in front of it."""
    sys.exit(_guarded(lambda: command.main(standalone_mode=False, prog_name="orgwatch")))


def _guarded(run: Callable[[], object]) -> int:
    try:
        result = run()
    except (OrgwatchError, StoreError) as error:
        say_error(error)
        return exit_code_of(error)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.WRONG_USAGE
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`orgwatch events | head`): that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001 - the boundary: recorded, then said in a sentence
        return _say_fault(error)
    return int(result) if isinstance(result, int) else ExitCode.OK


def exit_code_of(error: OrgwatchError | StoreError) -> ExitCode:
    """The exit code that belongs to ``error``."""
    return error.exit_code if isinstance(error, OrgwatchError) else ExitCode.STORE_UNUSABLE


def say_error(error: OrgwatchError | StoreError) -> None:
    """Write the error's sentences to stderr: what happened, what it means, what to do next."""
    for line in error_lines(error):
        click.echo(line, err=True)


def error_lines(error: OrgwatchError | StoreError) -> list[str]:
    """The error's sentences, the other side's own words last."""
    lines = [f"orgwatch: {visible(error.title)}", f"  {visible(error.meaning)}"]
    lines.append(f"  What to do: {visible(error.next_step)}")
    if error.detail:
        lines += [f"  It said: {line}" for line in visible_lines(error.detail)[:5]]
    return lines


def _say_fault(error: Exception) -> int:
    where = logs.start_logging()
    log.error("unexpected failure", exc_info=error)
    click.echo(f"orgwatch: it failed in a way it does not know: {type(error).__name__}", err=True)
    click.echo(f"  The details are in {where}.", err=True)
    click.echo("  What to do: report it with that file, which holds no secrets.", err=True)
    return ExitCode.INTERNAL_FAULT
