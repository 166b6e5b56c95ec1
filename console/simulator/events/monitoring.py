"""Everything by which the org can be watched afterwards: log files, event stores, log objects."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from console.simulator.events.log_objects import event_log_objects
from console.simulator.events.stores import event_stores
from console.simulator.logs.event_types import log_types
from console.simulator.logs.files import DAILY, HOURLY, LogFiles
from console.simulator.logs.quirks import LogQuirks
from console.simulator.logs.sources import LogSources
from console.simulator.moments import HOUR_MS
from console.simulator.objects.events import EventTables, event_log_file
from console.simulator.objects.tables import Table


class Monitoring:
    """One world's log files and what SOQL sees of its events.

    Files and rows reach back to ``day_ms``, hourly files to ``history_ms``. Without Event
    Monitoring there are LoginHistory and the free daily files.
    """

    def __init__(
        self,
        sources: LogSources,
        quirks: LogQuirks,
        now: Callable[[], datetime],
        *,
        event_monitoring: bool,
        day_ms: int,
        history_ms: int,
        creator_id: str,
    ) -> None:
        self._sources = sources
        self._now = now
        self._has_all = event_monitoring
        self._day_ms = day_ms
        self._creator_id = creator_id
        self._types = log_types(sources, quirks, event_monitoring=event_monitoring)
        self.files = LogFiles(
            self._types,
            lambda: sources.own.kept_since_ms,
            day_ms,
            history_ms // HOUR_MS * HOUR_MS if event_monitoring else None,
            quirks,
        )

    def tables(self) -> list[Table]:
        """The tables, without regard to who may see them."""
        events = EventTables(self._sources, self._day_ms, self._now)
        tables = [
            events.login_history(),
            event_log_file(self.files, self._now, self._creator_id),
        ]
        if not self._has_all:
            return tables
        return [
            *tables,
            events.login_event(),
            events.api_event(),
            events.logout_event(),
            *event_stores(self._sources, self._day_ms, self._now),
            *event_log_objects(self._types, self._day_ms, self._now),
        ]

    def preparing(self, soql: str) -> Iterator[None]:
        """Get ready in short steps what a query of EventLogFile will ask for, by its text.

        A month of files takes seconds to measure; whoever runs this gives others their turn
        between the steps.
        """
        lower = soql.lower()
        if "eventlogfile" not in lower:
            return
        now = self._now()
        yield from self.files.listing(now)
        if "logfilelength" in lower or "fields(" in lower:
            wanted = (
                file
                for file in self.files.existing(now)
                if _named(lower, file.event_type, self._type_names())
                and _named(lower, file.interval, (HOURLY, DAILY))
            )
            yield from self.files.measuring(wanted)

    def _type_names(self) -> tuple[str, ...]:
        return tuple(log_type.event_type for log_type in self._types)


def _named(soql: str, name: str, names: Iterable[str]) -> bool:
    """Whether the text of a query names it, or none of its kind."""
    quoted = [f"'{one}'".lower() for one in names]
    return f"'{name}'".lower() in soql or not any(one in soql for one in quoted)
