"""Event log files as Salesforce writes them: every value quoted, quotes doubled, LF at the end."""

from collections.abc import Iterable
from dataclasses import dataclass

_NUMBERS = (
    "API_VERSION STATUS_CODE RUN_TIME CPU_TIME DB_TOTAL_TIME DB_CPU_TIME DB_BLOCKS"
    " ROWS_PROCESSED NUMBER_FIELDS REQUEST_SIZE RESPONSE_SIZE USER_AGENT RECORDS_FAILED"
    " RECORDS_PROCESSED RESULT_SIZE_MB ROW_COUNT AVERAGE_ROW_SIZE NUMBER_COLUMNS"
    " UI_NUMBER_COLUMNS NUMBER_BUCKETS NUMBER_EXCEPTION_FILTERS"
)
_IDS = (
    "ORGANIZATION_ID USER_ID USER_ID_DERIVED CONNECTED_APP_ID URI_ID_DERIVED REPORT_ID"
    " REPORT_ID_DERIVED DELEGATED_USER_ID DELEGATED_USER_ID_DERIVED FEATURE_ID"
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
    if name == "ENTITY_NAME":
        return "Set"
    if name in _IDS.split():
        return "Id"
    return "Number" if name in _NUMBERS.split() else "String"


def quoted(value: str) -> str:
    """One value as a file has it."""
    return '"' + value.replace('"', '""') + '"'


def joined(values: Iterable[str]) -> str:
    """Values side by side, as a part of a line."""
    return ",".join(map(quoted, values))


def csv_line(values: Iterable[str]) -> str:
    """One line of a file, with its LF. A value may hold newlines; they stand as they are."""
    return joined(values) + "\n"
