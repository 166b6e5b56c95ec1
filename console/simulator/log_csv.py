"""Event log files as Salesforce writes them: every value quoted, quotes doubled, LF at the end.

Column orders are those of real files (event-monitoring samples of 2020 to 2025).
"""

from collections.abc import Iterable
from dataclasses import dataclass

API_TOTAL_USAGE = (
    "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID API_FAMILY API_VERSION API_RESOURCE"
    " CLIENT_NAME HTTP_METHOD CLIENT_IP COUNTS_AGAINST_API_LIMIT CONNECTED_APP_ID ENTITY_NAME"
    " STATUS_CODE CONNECTED_APP_NAME USER_NAME TIMESTAMP_DERIVED"
)
_COMMON = (
    "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID RUN_TIME CPU_TIME URI SESSION_KEY"
    " LOGIN_KEY"
)
_TAIL = "TIMESTAMP_DERIVED USER_ID_DERIVED CLIENT_IP URI_ID_DERIVED"
LOGIN = (
    f"{_COMMON} USER_TYPE REQUEST_STATUS DB_TOTAL_TIME LOGIN_TYPE BROWSER_TYPE API_TYPE"
    f" API_VERSION USER_NAME TLS_PROTOCOL CIPHER_SUITE AUTHENTICATION_METHOD_REFERENCE"
    f" LOGIN_SUB_TYPE {_TAIL} LOGIN_STATUS SOURCE_IP"
)
LOGOUT = (
    "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID USER_TYPE SESSION_TYPE SESSION_LEVEL"
    " BROWSER_TYPE PLATFORM_TYPE RESOLUTION_TYPE APP_TYPE CLIENT_VERSION API_TYPE API_VERSION"
    " USER_INITIATED_LOGOUT SESSION_KEY LOGIN_KEY TIMESTAMP_DERIVED USER_ID_DERIVED CLIENT_IP"
)
_NUMBERS = frozenset(["API_VERSION", "STATUS_CODE", "RUN_TIME", "CPU_TIME", "DB_TOTAL_TIME"])
_IDS = frozenset(
    ["ORGANIZATION_ID", "USER_ID", "USER_ID_DERIVED", "CONNECTED_APP_ID", "URI_ID_DERIVED"]
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one event type, in file order."""

    names: tuple[str, ...]

    @property
    def field_names(self) -> str:
        """LogFileFieldNames of the EventLogFile record."""
        return ",".join(self.names)

    @property
    def field_types(self) -> str:
        """LogFileFieldTypes of the EventLogFile record."""
        return ",".join(map(_type_of, self.names))

    @property
    def header(self) -> bytes:
        """The first line of the file."""
        return csv_line(self.names).encode()


def _type_of(name: str) -> str:
    if name == "TIMESTAMP_DERIVED":
        return "DateTime"
    if name == "COUNTS_AGAINST_API_LIMIT":
        return "Boolean"
    if name in _IDS:
        return "Id"
    return "Number" if name in _NUMBERS else "String"


def quoted(value: str) -> str:
    """One value as a file has it."""
    return '"' + value.replace('"', '""') + '"'


def csv_line(values: Iterable[str]) -> str:
    """One line of a file, with its LF."""
    return ",".join(map(quoted, values)) + "\n"
