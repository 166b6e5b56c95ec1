"""The rows of what people do besides calling the API: one class for each event type.

Sources of the columns: `log_columns`. Where a real row was seen (LoginAs, ReportExport,
MetadataApiOperation), values look like its values.
"""

from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import quote

from console.simulator.dice import mixed
from console.simulator.keys import request_id, session_key
from console.simulator.life.acts import (
    BulkJobStep,
    BulkStep,
    LoginAs,
    OrgAct,
    PermissionChange,
    ReportExport,
)
from console.simulator.life.org_acts import bulk_step_of
from console.simulator.life.traffic import Call
from console.simulator.logs.columns import columns_of
from console.simulator.logs.csv_file import csv_line
from console.simulator.logs.rows import NO_ROWS, Rows
from console.simulator.logs.sources import LogSources
from console.simulator.moments import compact_ms, iso_ms

_JOB_STATUSES: Mapping[BulkStep, tuple[str, ...]] = {
    "created": ("Open", "UploadComplete", "InProgress"),
    "polled": (),
    "uploaded": ("UploadComplete", "InProgress", "JobComplete"),
    "results_read": ("JobComplete",),
    "aborted": ("Aborted",),
    "deleted": ("Deleted",),
}
"""Through which states a step takes a job."""


class ActRows:
    """Rows about one kind of act; a subclass says which, and what they hold."""

    event_type: str

    def __init__(self, sources: LogSources) -> None:
        self.columns = columns_of(self.event_type)
        self._acts = sources.acts
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """The rows of a minute since 1970, in order of time."""
        told = [
            (act.number, csv_line(line))
            for act in self._told_acts(minute)
            for line in self._lines(act)
        ]
        if not told:
            return NO_ROWS
        return Rows([number for number, _ in told], [line for _, line in told])

    def _told_acts(self, minute: int) -> Iterable[OrgAct]:
        return self._acts.of_minute(minute)

    def _lines(self, act: OrgAct) -> Iterable[tuple[str, ...]]:
        """The values of each row about an act; none for an act of another kind."""
        raise NotImplementedError

    def _common(
        self, act: OrgAct, user_id: str, uri: str, costs: Literal["measured", "none"]
    ) -> tuple[str, ...]:
        """The ten columns with which most types begin."""
        cpu_ms = 10 + mixed(act.number, 91) % 60
        return (
            self.event_type,
            compact_ms(act.at_ms),
            request_id(act.number),
            self._org_id,
            user_id[:15],
            str(cpu_ms * 3) if costs == "measured" else "",
            str(cpu_ms) if costs == "measured" else "",
            uri,
            session_key(act.by.session, 13),
            session_key(act.by.session, 11),
        )


class LoginAsRows(ActRows):
    """Administrators who enter the org as somebody else: USER_ID is the somebody else."""

    event_type = "LoginAs"

    def _lines(self, act: OrgAct) -> Iterable[tuple[str, ...]]:
        if not isinstance(act, LoginAs):
            return
        admin, target = act.by.user, act.target
        *common, _, _ = self._common(act, target.user_id, "/visualforce/session", "measured")
        yield (
            *common,
            session_key(act.number, 13),
            session_key(act.number, 11),
            admin.username,
            admin.user_id[:15],
            iso_ms(act.at_ms),
            target.user_id,
            act.by.source_ip,
            "",
            admin.user_id,
        )


class ReportExportRows(ActRows):
    """Reports whose rows left the org; the description is the query string that asked for it."""

    event_type = "ReportExport"

    def _lines(self, act: OrgAct) -> Iterable[tuple[str, ...]]:
        if not isinstance(act, ReportExport):
            return
        columns = ",".join(f'"{name}"' for name in act.columns)
        asked = quote(f'{{"reportMetadata":{{"detailColumns":[{columns}]}}}}', safe="")
        form = "csv" if act.file_format == "CSV" else "xlsx"
        yield (
            *self._common(act, act.by.user.user_id, f"/{act.report_id}", "none"),
            act.by.user_agent,
            f"?enc=UTF-8&export=Export&runReportJson={asked}&xf={form}",
            iso_ms(act.at_ms),
            act.by.user.user_id,
            act.by.source_ip,
            act.report_id,
        )


class ReportRows(ActRows):
    """The same exports as runs of a report. Unused columns are empty."""

    event_type = "Report"

    def _lines(self, act: OrgAct) -> Iterable[tuple[str, ...]]:
        if not isinstance(act, ReportExport):
            return
        chance = mixed(act.number, 92)
        database_ms = 5 + chance % 400
        shown = str(len(act.columns))
        yield (
            *self._common(act, act.by.user.user_id, f"/{act.report_id}", "measured"),
            "S",
            str(database_ms * 1_000_000),
            "S",
            "" if act.source == "Lightning" else "C" if act.file_format == "CSV" else "X",
            act.report_id[:15],
            report_operation(act),
            str(act.rows),
            str(60 * len(act.columns)),
            shown,
            shown,
            "0",
            "0",
            "",
            ",".join(act.entities),
            str(chance >> 16 & 0xFFF),
            str(database_ms // 3),
            act.by.user.user_type,
            iso_ms(act.at_ms),
            act.by.user.user_id,
            act.by.source_ip,
            act.report_id,
            act.report_id,
        )


def report_operation(act: ReportExport) -> str:
    """How a report came to be run: ORIGIN of the log, Operation of the event."""
    if act.source == "API":
        return "ReportExportedUsingExcelConnector"
    return "ReportExported"


class PermissionUpdateRows(ActRows):
    """Permissions switched on or off in a permission set: a row for each.

    Assigning a permission set to somebody changes no permission and is not logged here.
    """

    event_type = "PermissionUpdate"

    def _lines(self, act: OrgAct) -> Iterable[tuple[str, ...]]:
        changed = {"PermsEnabled": "enabled", "PermsDisabled": "disabled"}
        if not isinstance(act, PermissionChange) or act.operation not in changed:
            return
        word = changed[act.operation]
        for name in act.permissions:
            yield (
                self.event_type,
                compact_ms(act.at_ms),
                request_id(act.number),
                self._org_id,
                act.by.user.user_id[:15],
                session_key(act.by.session, 13),
                session_key(act.by.session, 11),
                "",
                f"UserPerm: {name} {word}",
                act.permission_set_id[:15],
                "UserPermission",
                "update",
                iso_ms(act.at_ms),
            )


class BulkJobRows(ActRows):
    """What becomes of jobs of Bulk API 2.0: a row for each change of a job's state.

    How many records a query job has read is only known here when its results are, so the row that
    calls it complete comes with each read of results. All rows of a step have its call's
    REQUEST_ID.
    """

    event_type = "BulkApi2"

    def __init__(self, sources: LogSources) -> None:
        super().__init__(sources)
        self._calls = sources.calls_with(lambda shape: shape.family == "Bulk")

    def _told_acts(self, minute: int) -> Iterable[OrgAct]:
        steps = (bulk_step_of(Call(*raw)) for raw in self._calls(minute))
        return (step for step in steps if step is not None)

    def _lines(self, act: OrgAct) -> Iterable[tuple[str, ...]]:
        if not isinstance(act, BulkJobStep):
            return
        for status in _JOB_STATUSES[act.step]:
            counted = status == "JobComplete" or (act.step == "uploaded" and status == "InProgress")
            yield self._row(act, status, str(act.rows) if counted else "")

    def _row(self, act: BulkJobStep, status: str, processed: str) -> tuple[str, ...]:
        return (
            *self._common(act, act.by.user.user_id, "", "measured"),
            act.entity,
            act.job_id[:15],
            status,
            act.operation,
            str(act.failed_rows) if processed else "",
            processed,
            "",
            iso_ms(act.at_ms),
            act.by.user.user_id,
            act.by.source_ip,
            "",
            "",
        )
