"""The columns of each event log file type, in the order of real files.

Orders: ApiTotalUsage from a file of 2025, Login of 2023, RestApi, API, ApexRestApi, LoginAs,
Logout, ReportExport and MetadataApiOperation of 2020; columns that the object reference has added
since stand at the end, because their place in a file is published nowhere. BulkApi2, Report and
PermissionUpdate are known from their reference pages only, which list columns by name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from console.simulator.logs.csv_file import Columns

_COMMON = (
    "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID RUN_TIME CPU_TIME URI SESSION_KEY"
    " LOGIN_KEY"
)
_TAIL = "TIMESTAMP_DERIVED USER_ID_DERIVED CLIENT_IP URI_ID_DERIVED"
_AGENT = "BOT_IDENTIFIER BOT_SESSION_IDENTIFIER PLANNER_IDENTIFIER"
_REST = (
    f"{_COMMON} REQUEST_STATUS DB_TOTAL_TIME METHOD MEDIA_TYPE STATUS_CODE USER_AGENT"
    " ROWS_PROCESSED NUMBER_FIELDS DB_BLOCKS DB_CPU_TIME REQUEST_SIZE RESPONSE_SIZE ENTITY_NAME"
    f" {_TAIL} CLIENT_NAME CONNECTED_APP_ID EXCEPTION_MESSAGE QUERY USER_TYPE"
)
_SEEN: Mapping[str, str] = MappingProxyType(
    {
        "ApiTotalUsage": (
            "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID API_FAMILY API_VERSION"
            " API_RESOURCE CLIENT_NAME HTTP_METHOD CLIENT_IP COUNTS_AGAINST_API_LIMIT"
            " CONNECTED_APP_ID ENTITY_NAME STATUS_CODE CONNECTED_APP_NAME USER_NAME"
            " TIMESTAMP_DERIVED"
        ),
        "RestApi": f"{_REST} {_AGENT}",
        "ApexRestApi": _REST,
        "API": (
            f"{_COMMON} REQUEST_STATUS DB_TOTAL_TIME API_TYPE API_VERSION CLIENT_NAME METHOD_NAME"
            " ENTITY_NAME ROWS_PROCESSED REQUEST_SIZE RESPONSE_SIZE DB_BLOCKS DB_CPU_TIME"
            f" {_TAIL} EXCEPTION_MESSAGE QUERY USER_TYPE"
        ),
        "BulkApi2": (
            f"{_COMMON} ENTITY_TYPE JOB_ID JOB_STATUS OPERATION_TYPE RECORDS_FAILED"
            f" RECORDS_PROCESSED RESULT_SIZE_MB {_TAIL} ERROR_MESSAGE"
        ),
        "Login": (
            f"{_COMMON} USER_TYPE REQUEST_STATUS DB_TOTAL_TIME LOGIN_TYPE BROWSER_TYPE API_TYPE"
            " API_VERSION USER_NAME TLS_PROTOCOL CIPHER_SUITE AUTHENTICATION_METHOD_REFERENCE"
            f" LOGIN_SUB_TYPE {_TAIL} LOGIN_STATUS SOURCE_IP"
        ),
        "Logout": (
            "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID USER_TYPE SESSION_TYPE"
            " SESSION_LEVEL BROWSER_TYPE PLATFORM_TYPE RESOLUTION_TYPE APP_TYPE CLIENT_VERSION"
            " API_TYPE API_VERSION USER_INITIATED_LOGOUT SESSION_KEY LOGIN_KEY TIMESTAMP_DERIVED"
            " USER_ID_DERIVED CLIENT_IP"
        ),
        "LoginAs": (
            f"{_COMMON} DELEGATED_USER_NAME DELEGATED_USER_ID {_TAIL} DELEGATED_USER_ID_DERIVED"
        ),
        "ReportExport": f"{_COMMON} CLIENT_INFO REPORT_DESCRIPTION {_TAIL}",
        "Report": (
            f"{_COMMON} REQUEST_STATUS DB_TOTAL_TIME DISPLAY_TYPE RENDERING_TYPE REPORT_ID ORIGIN"
            " ROW_COUNT AVERAGE_ROW_SIZE NUMBER_COLUMNS UI_NUMBER_COLUMNS NUMBER_BUCKETS"
            " NUMBER_EXCEPTION_FILTERS SORT ENTITY_NAME DB_BLOCKS DB_CPU_TIME USER_TYPE"
            f" {_TAIL} REPORT_ID_DERIVED"
        ),
        "PermissionUpdate": (
            "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID SESSION_KEY LOGIN_KEY CONTEXT"
            " DESCRIPTION FEATURE_ID PERMISSION_TYPE UPDATE_TYPE TIMESTAMP_DERIVED"
        ),
        "MetadataApiOperation": f"{_COMMON} CLIENT_ID OPERATION API_VERSION {_TAIL}",
        "ApexUnexpectedException": (
            "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID EXCEPTION_TYPE EXCEPTION_MESSAGE"
            " STACK_TRACE TIMESTAMP_DERIVED"
        ),
    }
)
_ADDED: Mapping[str, str] = MappingProxyType(
    {
        "ApiTotalUsage": f"API_CLIENT_CATEGORY {_AGENT}",
        "Login": (
            "AUTHENTICATION_SERVICE_ID COUNTRY_CODE FORWARDED_FOR_IP HTTP_REFERER LOGIN_URL"
            " USE_API_TOKEN"
        ),
    }
)
"""Documented since the newest real file of the type that was seen."""
FREE_TYPES = frozenset(
    (
        "ApexUnexpectedException",
        "ApiTotalUsage",
        "CorsViolation",
        "CspViolation",
        "HostnameRedirects",
        "InsecureExternalAssets",
        "Login",
        "Logout",
    )
)
"""Types that every supported edition has without Event Monitoring (object reference,
EventLogFile supported event types)."""


def columns_of(event_type: str, *, newest: bool = False) -> Columns:
    """The columns of a type; ``newest`` adds those that no seen file of the type had yet."""
    names = _SEEN[event_type].split()
    if newest:
        names += _ADDED.get(event_type, "").split()
    return Columns(tuple(names))
