"""Event log objects: the rows of log files as SOQL reads them, half an hour after the act.

Fields and types: object reference, one page for each object. Salesforce says that data is there
25 to 45 minutes after the event and kept for 30 days
(securityImplGuide/store-and-query-log-data-with-event-log-objects). Key prefixes are published
nowhere. Values are those of the log files, under other names; ids have 18 characters.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from console.simulator.dice import mixed
from console.simulator.ids import long_id, record_id
from console.simulator.life.minute_tables import MinuteRows
from console.simulator.logs.rows import LogType
from console.simulator.moments import DAY_MS, MINUTE_MS, to_ms
from console.simulator.objects.tables import (
    EventLogObjectRules,
    Field,
    FieldType,
    LazyRow,
    Row,
    Table,
    Value,
)

_SOONEST_MS, _SPREAD_MS = 25 * MINUTE_MS, 20 * MINUTE_MS
_KEPT_MS = 30 * DAY_MS
_FRAME = "RequestIdentifier=REQUEST_ID UserIdentifier=USER_ID"
_KEYS = "SessionKey=SESSION_KEY LoginKey=LOGIN_KEY"
_COST = f"RunTime=RUN_TIME:double CpuTime=CPU_TIME:double Uri=URI {_KEYS} ClientIp=CLIENT_IP"
_DATABASE = (
    "DatabaseTotalTime=DB_TOTAL_TIME:double DatabaseBlocks=DB_BLOCKS:double"
    " DatabaseCpuTime=DB_CPU_TIME:double"
)
_SIZES = (
    "RequestSize=REQUEST_SIZE:double ResponseSize=RESPONSE_SIZE:double"
    " RowsProcessed=ROWS_PROCESSED:int ObjectName=ENTITY_NAME ExceptionMessage=EXCEPTION_MESSAGE"
    " UserType=USER_TYPE"
)
_REST = f"{_FRAME} {_COST} {_DATABASE} {_SIZES} Method=METHOD MediaType=MEDIA_TYPE"
_AGENT = (
    "BotIdentifier=BOT_IDENTIFIER BotSessionIdentifier=BOT_SESSION_IDENTIFIER"
    " PlannerIdentifier=PLANNER_IDENTIFIER"
)
_OBJECTS: dict[str, tuple[str, str]] = {
    "ApiTotalUsageEventLog": (
        "ApiTotalUsage",
        f"{_FRAME} ApiFamily=API_FAMILY ApiResource=API_RESOURCE ClientIp=CLIENT_IP"
        " ClientName=CLIENT_NAME ConnectedAppIdentifier=CONNECTED_APP_ID HttpMethod=HTTP_METHOD"
        " IsApiLimitCounted=COUNTS_AGAINST_API_LIMIT:boolean ObjectName=ENTITY_NAME"
        f" StatusCode=STATUS_CODE:int {_AGENT}",
    ),
    "RestApiEventLog": (
        "RestApi",
        f"{_REST} FieldCount=NUMBER_FIELDS:double StatusCode=STATUS_CODE:int {_AGENT}",
    ),
    "ApexRestApiEventLog": (
        "ApexRestApi",
        f"{_REST} FieldCount=NUMBER_FIELDS:int StatusCode=STATUS_CODE:int",
    ),
    "SoapApiEventLog": (
        "API",
        f"{_FRAME} {_COST} {_DATABASE} {_SIZES} ApiType=API_TYPE ClientName=CLIENT_NAME"
        " MethodName=METHOD_NAME",
    ),
    "BulkApi2EventLog": (
        "BulkApi2",
        f"{_FRAME} {_COST} JobIdentifier=JOB_ID JobStatus=JOB_STATUS OperationType=OPERATION_TYPE"
        " ObjectType=ENTITY_TYPE FailedRecordCount=RECORDS_FAILED:int"
        " ProcessedRecordCount=RECORDS_PROCESSED:double ResultSize=RESULT_SIZE_MB:double"
        " ErrorMessage=ERROR_MESSAGE",
    ),
    "LoginEventLog": (
        "Login",
        f"{_FRAME} {_COST} DatabaseTotalTime=DB_TOTAL_TIME:double ApiType=API_TYPE"
        " ApiVersion=API_VERSION:int AuthenticatedMethodReference=AUTHENTICATION_METHOD_REFERENCE"
        " BrowserType=BROWSER_TYPE CipherSuite=CIPHER_SUITE ForwardedForIp=FORWARDED_FOR_IP"
        " LoginStatus=LOGIN_STATUS LoginSubType=LOGIN_SUB_TYPE LoginType=LOGIN_TYPE"
        " RequestStatus=REQUEST_STATUS SourceIp=SOURCE_IP"
        " TransportLayerSecurityProtocol=TLS_PROTOCOL UserName=USER_NAME UserType=USER_TYPE",
    ),
    "LogoutEventLog": (
        "Logout",
        f"{_FRAME} {_KEYS} ApiVersion=API_VERSION:int AppType=APP_TYPE:double"
        " BrowserType=BROWSER_TYPE ClientIp=CLIENT_IP ClientVersion=CLIENT_VERSION:double"
        " IsUserInitiatedLogout=USER_INITIATED_LOGOUT:boolean PlatformType=PLATFORM_TYPE:double"
        " ResolutionType=RESOLUTION_TYPE:double SessionLevel=SESSION_LEVEL"
        " SessionType=SESSION_TYPE UserType=USER_TYPE",
    ),
    "LoginAsEventLog": (
        "LoginAs",
        f"{_FRAME} {_COST} DelegatedUserIdentifier=DELEGATED_USER_ID"
        " DelegatedUserName=DELEGATED_USER_NAME",
    ),
    "ReportExportEventLog": (
        "ReportExport",
        f"{_FRAME} {_COST} ClientInfo=CLIENT_INFO ReportDescription=REPORT_DESCRIPTION",
    ),
    "ReportEventLog": (
        "Report",
        f"{_FRAME} {_COST} {_DATABASE} AverageRowSize=AVERAGE_ROW_SIZE:double"
        " BucketCount=NUMBER_BUCKETS:double ColumnCount=NUMBER_COLUMNS:int"
        " DisplayType=DISPLAY_TYPE ExceptionFilterCount=NUMBER_EXCEPTION_FILTERS:double"
        " ObjectName=ENTITY_NAME Origin=ORIGIN RenderingType=RENDERING_TYPE"
        " ReportIdentifier=REPORT_ID RequestStatus=REQUEST_STATUS RowCount=ROW_COUNT:int"
        " SortOrder=SORT UserType=USER_TYPE",
    ),
    "PermissionUpdateEventLog": (
        "PermissionUpdate",
        f"{_FRAME} {_KEYS} Context=CONTEXT Description=DESCRIPTION FeatureIdentifier=FEATURE_ID"
        " PermissionType=PERMISSION_TYPE UpdateType=UPDATE_TYPE",
    ),
    "MetadataApiOpEventLog": (
        "MetadataApiOperation",
        f"{_FRAME} {_COST} ClientIdentifier=CLIENT_ID OperationType=OPERATION",
    ),
    "ApexUnexpectedExcpEventLog": (
        "ApexUnexpectedException",
        "RequestIdentifier=REQUEST_ID ExceptionMessage=EXCEPTION_MESSAGE"
        " ExceptionType=EXCEPTION_TYPE StackTrace=STACK_TRACE",
    ),
}
"""Object to log file type and fields, each ``Field=COLUMN`` with its type unless it is a string.
A column that the files lack is empty."""
_ID_COLUMNS = frozenset(
    ("USER_ID", "CONNECTED_APP_ID", "DELEGATED_USER_ID", "REPORT_ID", "FEATURE_ID")
)


def event_log_objects(
    types: Iterable[LogType], since_ms: int, now: Callable[[], datetime]
) -> list[Table]:
    """An object for each of the log file types, with rows back to ``since_ms``."""
    by_name = {log_type.event_type: log_type for log_type in types}
    return [
        _table(name, by_name[event_type], _parsed(text), since_ms, now)
        for name, (event_type, text) in _OBJECTS.items()
        if event_type in by_name
    ]


def _parsed(text: str) -> dict[str, tuple[str, FieldType]]:
    """Field to column and type."""
    types: dict[str, FieldType] = {"int": "int", "double": "double", "boolean": "boolean"}
    fields: dict[str, tuple[str, FieldType]] = {}
    for part in text.split():
        field, _, source = part.partition("=")
        column, _, kind = source.partition(":")
        fields[field] = (column, types.get(kind, "string"))
    return fields


def _table(
    name: str,
    log_type: LogType,
    fields: dict[str, tuple[str, FieldType]],
    since_ms: int,
    now: Callable[[], datetime],
) -> Table:
    def of_minute(minute: int, now_ms: int) -> Iterator[Row]:
        found = log_type.rows(minute)
        for number, line in zip(reversed(found.numbers), reversed(found.lines), strict=True):
            values = dict(zip(log_type.columns.names, _cells(line), strict=True))
            at = datetime.fromisoformat(values["TIMESTAMP_DERIVED"])
            if to_ms(at) + _SOONEST_MS + mixed(number, 101) % _SPREAD_MS <= now_ms:
                yield _row(name, number, at, values, fields)

    rows = MinuteRows(of_minute, lambda now_ms: max(since_ms, now_ms - _KEPT_MS), now)
    columns = {field: Field(field, kind) for field, (_, kind) in fields.items()}
    return Table(
        name,
        {"Id": Field("Id", "id"), **columns, "Timestamp": Field("Timestamp", "datetime")},
        rows.all,
        "",
        event_log_object=EventLogObjectRules(window=timedelta(days=15)),
        slices=rows.slices("Timestamp"),
    )


def _cells(line: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline="")))


def _row(
    name: str,
    number: int,
    at: datetime,
    values: dict[str, str],
    fields: dict[str, tuple[str, FieldType]],
) -> Row:
    def rest() -> Row:
        filled = {
            field: _value(values.get(column, ""), column, kind)
            for field, (column, kind) in fields.items()
        }
        return {"Id": record_id("0Ab", name, number, to_ms(at)), **filled}

    return LazyRow({"Timestamp": at}, rest)


def _value(text: str, column: str, kind: FieldType) -> Value:
    if not text:
        return None
    if kind == "boolean":
        return text == "1"
    if kind == "double":
        return float(text)
    if kind == "int":
        return int(float(text))
    return long_id(text) if column in _ID_COLUMNS and len(text) == 15 else text
