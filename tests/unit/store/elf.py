"""Event log files as Salesforce writes them, built from plain values."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from store.records import LogFile

DAY = datetime(2026, 3, 2, tzinfo=UTC)
ORG_ID = "00DHs000000abcD"
API_COLUMNS = (
    "EVENT_TYPE",
    "TIMESTAMP",
    "REQUEST_ID",
    "ORGANIZATION_ID",
    "USER_ID",
    "API_FAMILY",
    "API_VERSION",
    "API_RESOURCE",
    "CLIENT_NAME",
    "HTTP_METHOD",
    "CLIENT_IP",
    "COUNTS_AGAINST_API_LIMIT",
    "CONNECTED_APP_ID",
    "ENTITY_NAME",
    "STATUS_CODE",
    "CONNECTED_APP_NAME",
    "USER_NAME",
    "TIMESTAMP_DERIVED",
)


@dataclass(frozen=True)
class Call:
    """One row of an ApiTotalUsage log."""

    at: datetime
    user: str = "erp"
    app: str = "ERP"
    client: str = ""
    address: str = "203.0.113.20"
    version: str = "62.0"
    resource: str = "/v62.0/query"
    entity: str = "Order"
    status: str = "200"
    counted: str = "1"
    number: int = 0
    """Makes the request id, and with it the row, different from others."""

    @property
    def caller(self) -> tuple[str | None, str | None, str | None, str | None, str | None]:
        """App id, app name, client, user id, username, as the store gives them back."""
        return (
            f"0H4Hs000000{self.app:0>4}" if self.app else None,
            self.app or None,
            self.client or None,
            f"005Hs00000{self.user:0>5}",
            f"{self.user}@acme.example",
        )

    def fields(self) -> dict[str, str]:
        app_id, app_name, client, user_id, username = (text or "" for text in self.caller)
        ms = self.at.microsecond // 1000
        return dict(
            zip(
                API_COLUMNS,
                (
                    "ApiTotalUsage",
                    f"{self.at:%Y%m%d%H%M%S}.{ms:03d}",
                    f"4Ytkf2EWK_{self.number:012d}",
                    ORG_ID,
                    user_id,
                    "REST",
                    self.version,
                    self.resource,
                    client,
                    "GET",
                    self.address,
                    self.counted,
                    app_id,
                    self.entity,
                    self.status,
                    app_name,
                    username,
                    f"{self.at:%Y-%m-%dT%H:%M:%S}.{ms:03d}Z",
                ),
                strict=True,
            )
        )


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Everything quoted, quotes doubled, lines ended by a line feed."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def rows_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A log file of these rows, which all have the same columns."""
    return csv_bytes(list(rows[0]), [list(row.values()) for row in rows])


def usage_csv(calls: Iterable[Call]) -> bytes:
    """An ApiTotalUsage log file."""
    return csv_bytes(API_COLUMNS, [list(call.fields().values()) for call in calls])


def hourly(
    hour: int,
    sequence: int = 1,
    event_type: str = "ApiTotalUsage",
    created_h: float = 0,
    day: datetime = DAY,
) -> LogFile:
    """An hourly file of the org, made four hours after its hour and ``created_h`` more."""
    start = day + timedelta(hours=hour)
    return _file(event_type, "Hourly", start, sequence, start + timedelta(hours=5 + created_h))


def daily(event_type: str = "ApiTotalUsage", created_h: float = 0, day: datetime = DAY) -> LogFile:
    """A daily file of the org, made at three in the next night and ``created_h`` hours more."""
    return _file(event_type, "Daily", day, 0, day + timedelta(hours=27 + created_h))


def _file(
    event_type: str, interval: str, start: datetime, sequence: int, created: datetime
) -> LogFile:
    return LogFile(
        event_type=event_type,
        interval=interval,
        log_date=start,
        sequence=sequence,
        org_file_id=f"0AT{event_type[:3]}{interval[0]}{start:%d%H}{sequence}{created:%d%H%M}",
        origin="org",
        name=f"{event_type} {interval} {start:%Y-%m-%dT%H} {sequence}",
        created_at=created,
        length_bytes=None,
    )
