"""The tables that tell what happened: logins, read events, and the log files themselves.

The event stores are big objects: newest first, a record id of zeros, and the narrow grammar of
`BigObjectRules`. LoginHistory refuses filters on the columns that one would most like to filter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from console.simulator.events import payloads
from console.simulator.events.publisher import created_ms_of
from console.simulator.ids import long_id
from console.simulator.keys import login_history_id
from console.simulator.life.logins import Login
from console.simulator.life.minute_tables import MinuteRows
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call
from console.simulator.logs.files import LogFiles, SimLogFile
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS, from_ms
from console.simulator.objects.tables import (
    BigObjectRules,
    Field,
    LazyRow,
    Row,
    Table,
    Value,
    columns,
)
from console.simulator.org.places import place_of

NO_ID = "000000000000000AAA"
"""Id of every big object record."""
_LOGIN_HISTORY_NOT_FILTERABLE = frozenset(
    ("Application", "Status", "ApiType", "ApiVersion", "Browser", "Platform", "ClientVersion")
)
_SHARED = (
    "Id EventIdentifier EventDate CreatedDate RelatedEventIdentifier UserId Username LoginKey"
    " SessionKey LoginHistoryId SessionLevel SourceIp PolicyId PolicyOutcome EvaluationTime"
)


class _ReadRow(Mapping[str, Value]):
    """A row of ApiEvent, of which a day has tens of thousands and a page shows two.

    What finds and names a row is worked out by itself, everything else when it is asked for.
    """

    __slots__ = ("_full", "_read", "_stored")

    def __init__(self, read: Call | OwnCall, stored_read: Callable[[Call | OwnCall], Row]) -> None:
        self._read = read
        self._stored = stored_read
        self._full: Row | None = None

    def __getitem__(self, name: str) -> Value:
        if name == "Id":
            return NO_ID
        if name == "EventDate":
            return from_ms(self._read.at_ms)
        if name == "EventIdentifier":
            return payloads.event_identifier(self._read.number)
        return self._whole()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def _whole(self) -> Row:
        if self._full is None:
            self._full = self._stored(self._read)
        return self._full


class EventTables:
    """Builds the tables over one world's calls and logins, real clients' ones included.

    Rows reach back to ``since_ms``; all are worked out when they are read.
    """

    def __init__(self, sources: LogSources, since_ms: int, now: Callable[[], datetime]) -> None:
        self._sources = sources
        self._since_ms = since_ms
        self._now = now

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
        return self._table("LoginHistory", fields, self._login_history_rows, "LoginTime", "0Ya")

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
        return self._table("LoginEvent", fields, self._login_event_rows, "EventDate")

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
        return self._table("ApiEvent", fields, self._api_event_rows, "EventDate")

    def logout_event(self) -> Table:
        """LogoutEvent, the store of LogoutEventStream."""
        fields = columns(
            "Id EventIdentifier EventDate CreatedDate RelatedEventIdentifier UserId Username"
            " LoginKey SessionKey SessionLevel SourceIp",
            Id="id",
            EventDate="datetime",
            CreatedDate="datetime",
            UserId="reference",
        )
        return self._table("LogoutEvent", fields, self._logout_event_rows, "EventDate")

    def _table(
        self,
        name: str,
        fields: dict[str, Field],
        of_minute: Callable[[int, int], Iterable[Row]],
        time_field: str,
        key_prefix: str = "",
    ) -> Table:
        rows = MinuteRows(of_minute, lambda _: self._since_ms, self._now)
        big_object = None if key_prefix else BigObjectRules()
        slices = rows.slices(time_field)
        return Table(name, fields, rows.all, key_prefix, big_object=big_object, slices=slices)

    def _login_history_rows(self, minute: int, now_ms: int) -> Iterator[Row]:
        for login in self._logins_back(minute, now_ms):
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
                "LoginUrl": payload["LoginUrl"],
                "AuthenticationServiceId": None,
                "LoginGeoId": long_id(str(payload["LoginGeoId"])),
                "TlsProtocol": payload["TlsProtocol"],
                "CipherSuite": payload["CipherSuite"],
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

    def _login_event_rows(self, minute: int, now_ms: int) -> Iterator[Row]:
        extra: Row = {
            "ForwardedForIp": None,
            "HttpReferer": None,
            "NetworkId": None,
            "RemoteIdentifier": None,
            "UseApiToken": None,
        }
        for login in self._logins_back(minute, now_ms):
            created_ms = created_ms_of(login)
            payload = payloads.of_login(login, created_ms)
            geo = long_id(str(payload["LoginGeoId"]))
            yield {
                **stored(payload, login.at_ms, created_ms),
                **extra,
                "LoginGeoId": geo,
            }

    def _api_event_rows(self, minute: int, now_ms: int) -> Iterator[Row]:
        for read in self._reads_back(minute, now_ms):
            yield _ReadRow(read, self._stored_read)

    def _logout_event_rows(self, minute: int, now_ms: int) -> Iterator[Row]:
        for logout in reversed(self._sources.logins.logouts_of_minute(minute)):
            if logout.at_ms <= now_ms:
                created_ms = created_ms_of(logout)
                yield stored(payloads.of_logout(logout, created_ms), logout.at_ms, created_ms)

    def _logins_back(self, minute: int, now_ms: int) -> Iterator[Login]:
        """A minute's login attempts so far, newest first."""
        start_ms = minute * MINUTE_MS
        own = self._sources.own.logins(start_ms, start_ms + MINUTE_MS)
        found = [*self._sources.logins.of_minute(minute), *own]
        found.sort(key=lambda login: login.at_ms, reverse=True)
        return (login for login in found if login.at_ms <= now_ms)

    def _reads_back(self, minute: int, now_ms: int) -> Iterator[Call | OwnCall]:
        """A minute's reads so far, newest first."""
        start_ms = minute * MINUTE_MS
        own = self._sources.own.calls(start_ms, start_ms + MINUTE_MS)
        calls = (Call(*raw) for raw in self._sources.calls(minute) if raw[3].read)
        found: list[Call | OwnCall] = [*calls, *own]
        found.sort(key=lambda call: call.at_ms, reverse=True)
        return (call for call in found if call.is_streamed and call.at_ms <= now_ms)

    def _stored_read(self, read: Call | OwnCall) -> Row:
        created_ms = created_ms_of(read)
        if isinstance(read, Call):
            payload = payloads.of_call(read, created_ms, self._sources.eca_log_id)
        else:
            payload = payloads.of_own_call(read, created_ms, self._sources.eca_log_id)
        return stored(payload, read.at_ms, created_ms)


def stored(payload: payloads.Payload, at_ms: int, created_ms: int) -> dict[str, Value]:
    """A streamed payload as its store keeps it: real date-times, no creator."""
    row: dict[str, Value] = {
        **payload,
        "Id": NO_ID,
        "EventDate": from_ms(at_ms),
        "CreatedDate": from_ms(created_ms),
    }
    row.pop("CreatedById", None)
    return row


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
