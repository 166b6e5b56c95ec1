"""The event log file types of an org."""

from console.simulator.log_act_rows import (
    BulkJobRows,
    LoginAsRows,
    PermissionUpdateRows,
    ReportExportRows,
    ReportRows,
)
from console.simulator.log_columns import FREE_TYPES
from console.simulator.log_login_rows import LoginRows, LogoutRows
from console.simulator.log_quirks import LogQuirks
from console.simulator.log_rare_rows import ApexExceptionRows, FutureRows, MetadataRows
from console.simulator.log_rest_rows import RestRows
from console.simulator.log_rows import LogType
from console.simulator.log_soap_rows import SoapRows
from console.simulator.log_sources import LogSources
from console.simulator.log_usage_rows import ApiTotalUsage


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
