"""The tables that tell what happened: logins, read events, and the log files themselves.

The event stores are big objects: newest first, a record id of zeros, and the narrow grammar of
`BigObjectRules`. LoginHistory refuses filters on the columns that one would most like to filter.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from console.simulator import event_payloads as payloads
from console.simulator.app_columns import EcaLogId
from console.simulator.ids import long_id
from console.simulator.keys import login_history_id
from console.simulator.log_files import LogFiles, SimLogFile
from console.simulator.logins import Login, Logins
from console.simulator.moments import MINUTE_MS, from_ms, to_ms
from console.simulator.own_acts import OwnActs, OwnCall
from console.simulator.places import place_of
from console.simulator.publisher import created_ms_of
from console.simulator.tables import (
    BigObjectRules,
    Field,
    LazyRow,
    Row,
    Table,
    Value,
    columns,
)
from console.simulator.traffic import Call, Traffic

_NO_ID = "000000000000000AAA"
"""Id of every big object record."""
_LOGIN_HISTORY_NOT_FILTERABLE = frozenset(
    ("Application", "Status", "ApiType", "ApiVersion", "Browser", "Platform", "ClientVersion")
)
_SHARED = (
    "Id EventIdentifier EventDate CreatedDate RelatedEventIdentifier UserId Username LoginKey"
    " SessionKey LoginHistoryId SessionLevel SourceIp PolicyId PolicyOutcome EvaluationTime"
)


class EventTables:
    """Builds the tables over one world's traffic, logins, real acts and log files.

    Rows reach back to ``since_ms``; all are worked out when they are read.
    """

    def __init__(
        self,
        traffic: Traffic,
        logins: Logins,
        own: OwnActs,
        since_ms: int,
        now: Callable[[], datetime],
        eca_log_id: EcaLogId,
    ) -> None:
        self._traffic = traffic
        self._logins = logins
        self._own = own
        self._since_ms = since_ms
        self._now = now
        self._eca_log_id = eca_log_id

    def login_history(self) -> Table:
        """LoginHistory, which every org has."""
        fields = columns(
            "Id UserId LoginTime LoginType LoginSubType SourceIp ForwardedForIp LoginUrl"
            " AuthenticationServiceId LoginGeoId TlsProtocol CipherSuite OptionsIsGet OptionsIsPost"
            " Browser Platform Status Application ClientVersion ApiType ApiVersion CountryIso"
            " AuthMethodReference NetworkId",
            Id="id",
            UserId="reference",
            LoginTime="datetime",
            LoginType="picklist",
            LoginSubType="picklist",
            LoginGeoId="reference",
            OptionsIsGet="boolean",
            OptionsIsPost="boolean",
        )
        for name in _LOGIN_HISTORY_NOT_FILTERABLE:
            fields[name] = Field(name, fields[name].type, filterable=False)
        return Table("LoginHistory", fields, self._login_history_rows, "0Ya")

    def login_event(self) -> Table:
        """LoginEvent, the store of LoginEventStream."""
        fields = columns(
            f"{_SHARED} AdditionalInfo ApiType ApiVersion Application AuthMethodReference"
            " AuthServiceId Browser CipherSuite City Country CountryIso PostalCode Subdivision"
            " LoginLatitude LoginLongitude ClientVersion ForwardedForIp HttpMethod HttpReferer"
            " LoginGeoId LoginSubType LoginType LoginUrl NetworkId Platform RemoteIdentifier Status"
            " TlsProtocol UserType UseApiToken",
            Id="id",
            EventDate="datetime",
            CreatedDate="datetime",
            UserId="reference",
            EvaluationTime="double",
            LoginLatitude="double",
            LoginLongitude="double",
        )
        return Table("LoginEvent", fields, self._login_event_rows, "", big_object=BigObjectRules())

    def api_event(self) -> Table:
        """ApiEvent, the store of ApiEventStream."""
        fields = columns(
            f"{_SHARED} ActionName AdditionalInfo ApiType ApiVersion Application BotId"
            " BotSessionIdentifier Client ConnectedAppId ElapsedTime Operation PlannerId Platform"
            " QueriedEntities Query Records RequestIdentifier RowsProcessed RowsReturned UserAgent",
            Id="id",
            EventDate="datetime",
            CreatedDate="datetime",
            UserId="reference",
            ConnectedAppId="reference",
            EvaluationTime="double",
            ApiVersion="double",
            ElapsedTime="int",
            RowsProcessed="double",
            RowsReturned="double",
            Query="textarea",
            Records="textarea",
        )
        return Table("ApiEvent", fields, self._api_event_rows, "", big_object=BigObjectRules())

    def _login_history_rows(self) -> Iterator[Row]:
        for login in self._logins_back():
            is_soap = login.api_type != "N/A"
            payload = payloads.of_login(login, login.at_ms)
            yield {
                "Id": login_history_id(login.number),
                "UserId": login.user.user_id,
                "LoginTime": from_ms(login.at_ms - login.at_ms % 1000),
                "LoginType": login.login_type,
                "LoginSubType": login.sub_type,
                "SourceIp": login.source_ip,
                "ForwardedForIp": None,
                "LoginUrl": _value(payload["LoginUrl"]),
                "AuthenticationServiceId": None,
                "LoginGeoId": long_id(str(payload["LoginGeoId"])),
                "TlsProtocol": _value(payload["TlsProtocol"]),
                "CipherSuite": _value(payload["CipherSuite"]),
                "OptionsIsGet": False,
                "OptionsIsPost": not is_soap,
                "Browser": login.browser,
                "Platform": login.platform,
                "Status": login.status,
                "Application": login.application,
                "ClientVersion": "N/A",
                "ApiType": login.api_type,
                "ApiVersion": login.api_version,
                "CountryIso": place_of(login.source_ip).country_iso,
                "AuthMethodReference": None,
                "NetworkId": None,
            }

    def _login_event_rows(self) -> Iterator[Row]:
        extra: Row = {
            "ForwardedForIp": None,
            "HttpReferer": None,
            "NetworkId": None,
            "RemoteIdentifier": None,
            "UseApiToken": None,
        }
        for login in self._logins_back():
            created_ms = created_ms_of(login)
            payload = payloads.of_login(login, created_ms)
            geo = long_id(str(payload["LoginGeoId"]))
            yield {
                **_stored(payload, login.at_ms, created_ms),
                **extra,
                "LoginGeoId": geo,
            }

    def _api_event_rows(self) -> Iterator[Row]:
        for read in self._reads_back():
            known: Row = {
                "Id": _NO_ID,
                "EventDate": from_ms(read.at_ms),
                "EventIdentifier": payloads.event_identifier(read.number),
            }
            yield LazyRow(known, partial(self._stored_read, read))

    def _logins_back(self) -> Iterator[Login]:
        """All login attempts so far, newest first."""
        now_ms = to_ms(self._now())
        for minute in self._minutes_back(now_ms):
            start_ms = minute * MINUTE_MS
            own = self._own.logins(start_ms, start_ms + MINUTE_MS)
            found = [*self._logins.of_minute(minute), *own]
            found.sort(key=lambda login: login.at_ms, reverse=True)
            yield from (login for login in found if login.at_ms <= now_ms)

    def _reads_back(self) -> Iterator[Call | OwnCall]:
        """All reads so far, newest first."""
        now_ms = to_ms(self._now())
        for minute in self._minutes_back(now_ms):
            start_ms = minute * MINUTE_MS
            own = self._own.calls(start_ms, start_ms + MINUTE_MS)
            found: list[Call | OwnCall] = [*self._traffic.calls(minute), *own]
            found.sort(key=lambda call: call.at_ms, reverse=True)
            yield from (call for call in found if call.is_streamed and call.at_ms <= now_ms)

    def _minutes_back(self, now_ms: int) -> range:
        return range(now_ms // MINUTE_MS, self._since_ms // MINUTE_MS - 1, -1)

    def _stored_read(self, read: Call | OwnCall) -> Row:
        created_ms = created_ms_of(read)
        if isinstance(read, Call):
            payload = payloads.of_call(read, created_ms, self._eca_log_id)
        else:
            payload = payloads.of_own_call(read, created_ms, self._eca_log_id)
        return _stored(payload, read.at_ms, created_ms)


def _stored(payload: Mapping[str, object], at_ms: int, created_ms: int) -> dict[str, Value]:
    """A streamed payload as its store keeps it: real date-times, no creator."""
    row = {name: _value(value) for name, value in payload.items() if name != "CreatedById"}
    return {
        **row,
        "Id": _NO_ID,
        "EventDate": from_ms(at_ms),
        "CreatedDate": from_ms(created_ms),
    }


def _value(value: object) -> Value:
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(value)


def event_log_file(files: LogFiles, now: Callable[[], datetime], creator_id: str) -> Table:
    """EventLogFile. ``LogFile`` is a blob: the wire shows the path under which it is fetched."""
    fields = columns(
        "Id EventType LogDate LogFile LogFileLength LogFileContentType LogFileFieldNames"
        " LogFileFieldTypes Interval Sequence ApiVersion CreatedDate CreatedById LastModifiedDate"
        " LastModifiedById SystemModstamp IsDeleted",
        Id="id",
        EventType="picklist",
        LogDate="datetime",
        LogFile="base64",
        LogFileLength="double",
        Interval="picklist",
        Sequence="int",
        ApiVersion="double",
        CreatedDate="datetime",
        CreatedById="reference",
        LastModifiedDate="datetime",
        LastModifiedById="reference",
        SystemModstamp="datetime",
        IsDeleted="boolean",
    )

    def row(file: SimLogFile) -> Row:
        known: Row = {
            "Id": file.file_id,
            "EventType": file.event_type,
            "LogDate": file.log_date,
            "LogFile": None,
            "LogFileContentType": "text/csv",
            "LogFileFieldNames": file.field_names,
            "LogFileFieldTypes": file.field_types,
            "Interval": file.interval,
            "Sequence": file.sequence,
            "ApiVersion": 66.0,
            "CreatedDate": file.created_at,
            "CreatedById": creator_id,
            "LastModifiedDate": file.created_at,
            "LastModifiedById": creator_id,
            "SystemModstamp": file.created_at,
            "IsDeleted": False,
        }
        return LazyRow(known, lambda: {"LogFileLength": float(files.size(file).length_bytes)})

    return Table("EventLogFile", fields, lambda: map(row, files.existing(now())), "0AT")
