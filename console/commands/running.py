"""What the console and the demonstration share: a collector beside, and the screen in front."""

import re
import time
from datetime import datetime

from console.commands.options import Where
from console.commands.times import a_moment_before
from console.companion import Companion
from console.errors import OrgwatchError
from store.errors import StoreError, StoreUnusable

FIRST_STORE_TIMEOUT_S = 20.0
"""How long the collector may take to create the store before the screen is drawn."""


_LAST_SENTENCES = re.compile(
    r"^orgwatch: (?P<title>.+)\n  (?P<meaning>.+)\n  What to do: (?P<next_step>.+)\n?"
    r"(?P<detail>(?:  It said: .*\n?)*)\Z",
    re.MULTILINE,
)
"""How a command ends that failed; see `console.commands.boundary.error_lines`."""


class CollectorFailed(OrgwatchError):
    """The collector ended before there was anything to show; its sentences are passed on."""


def collector_beside(where: Where) -> Companion:
    """Start ``orgwatch collect`` for the same org and store, ending when this process ends."""
    arguments = ["collect", "--end-with-parent", "--store", str(where.store_file)]
    if where.settings.config_file_exists:
        arguments += ["--config", str(where.settings.config_file)]
    if where.org is not None and where.settings.config_file_exists:
        arguments += ["--org", where.org.alias]
    return Companion(arguments)


def wait_for_store(where: Where, collector: Companion) -> None:
    """Return once the store can be read; raise what the collector said when it ended instead."""
    from store.database import open_reader

    deadline = time.monotonic() + FIRST_STORE_TIMEOUT_S
    while True:
        try:
            open_reader(where.store_file).close()
        except StoreError:
            if not collector.running:
                raise_failure(collector)
            if time.monotonic() > deadline:
                raise StoreUnusable(
                    "The collector has not created the store",
                    f"{where.store_file} could not be read for {FIRST_STORE_TIMEOUT_S:.0f} s.",
                    "Run `orgwatch collect` by itself to see what holds it up.",
                ) from None
            time.sleep(0.05)
        else:
            return


def raise_failure(collector: Companion) -> None:
    """Raise the ended collector's own sentences, with its exit code."""
    from console.exit_codes import ExitCode

    said = collector.said()
    own = _LAST_SENTENCES.search(said)
    if own is not None:
        detail = own["detail"].replace("  It said: ", "").strip()
        failure = CollectorFailed(own["title"], own["meaning"], own["next_step"], detail)
    else:
        failure = CollectorFailed(
            "The collector stopped",
            "It could not begin; nothing can be shown that was not collected before.",
            "See what it said last, below, and run `orgwatch collect` by itself.",
            "\n".join(said.splitlines()[-5:]),
        )
    code = collector.exit_code
    failure.exit_code = ExitCode(code) if code in set(ExitCode) else ExitCode.INTERNAL_FAULT
    raise failure


def span_of_files(where: Where) -> tuple[datetime, datetime] | None:
    """The window on a store of nothing but files from disk: all of them, however old.

    None for every other store, and where there is none: the screen then says why.
    """
    from console import services
    from store.database import open_reader

    try:
        with open_reader(where.store_file) as reader:
            stored = services.stored_span(reader.connection)
            if stored is None or not services.is_disk_only(reader.connection):
                return None
    except StoreError:
        return None
    return a_moment_before(stored[0]), stored[1]


def run_console(
    where: Where, collector: Companion | None, *, as_of: datetime | None = None, note: str = ""
) -> int | None:
    """Draw the console until the user leaves it."""
    if collector is not None:
        wait_for_store(where, collector)
    from console import logs
    from console.app import ConsoleOptions, OrgwatchApp

    logs.start_logging()
    org = where.org
    files = span_of_files(where) if collector is None and as_of is None else None
    since, as_of = files or (None, as_of)
    OrgwatchApp(
        ConsoleOptions(
            store_file=where.store_file,
            clock=where.clock,
            alias=where.alias,
            integrations=org.integrations if org else (),
            own_calls_fraction=org.own_calls_fraction if org else 0.01,
            as_of=as_of,
            since=since,
            collector=collector,
            title_note="disk" if files else note,
        )
    ).run()
    return None
