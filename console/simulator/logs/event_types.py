"""The event log file types of an org."""

from console.simulator.logs.act_rows import (
    BulkJobRows,
    LoginAsRows,
    PermissionUpdateRows,
    ReportExportRows,
    ReportRows,
)
from console.simulator.logs.columns import FREE_TYPES
from console.simulator.logs.login_rows import LoginRows, LogoutRows
from console.simulator.logs.quirks import LogQuirks
from console.simulator.logs.rare_rows import ApexExceptionRows, FutureRows, MetadataRows
from console.simulator.logs.rest_rows import RestRows
from console.simulator.logs.rows import LogType
from console.simulator.logs.soap_rows import SoapRows
from console.simulator.logs.sources import LogSources
from console.simulator.logs.usage_rows import ApiTotalUsage


def log_types(
    sources: LogSources, quirks: LogQuirks, *, event_monitoring: bool
) -> tuple[LogType, ...]:
    """Every type that the org writes; without Event Monitoring only the free ones."""
    newest = quirks.newest_columns
    types: tuple[LogType, ...] = (
        ApiTotalUsage(sources, newest=newest),
        RestRows("RestApi", sources),
        RestRows("ApexRestApi", sources),
        SoapRows(sources),
        BulkJobRows(sources),
        LoginRows(sources, newest=newest),
        LogoutRows(sources),
        LoginAsRows(sources),
        ReportExportRows(sources),
        ReportRows(sources),
        PermissionUpdateRows(sources),
        MetadataRows(sources),
        ApexExceptionRows(sources),
    )
    if event_monitoring:
        return (*types, FutureRows(sources)) if quirks.future_type else types
    return tuple(one for one in types if one.event_type in FREE_TYPES)
