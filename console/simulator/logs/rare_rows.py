"""The rows of deployments, of failures in Apex, and of a type that no client has heard of."""

from console.simulator.dice import mixed
from console.simulator.keys import request_id, session_key
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call
from console.simulator.logs.columns import columns_of
from console.simulator.logs.csv_file import Columns, csv_line
from console.simulator.logs.rows import NO_ROWS, PUNCTUAL, Rows, in_order
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms

_OPERATIONS = {
    "listMetadata": "meta_list",
    "readMetadata": "meta_synchronous_read",
    "describeMetadata": "meta_describe",
}
_DEPLOY = "/metadata/deployRequest"


class MetadataRows:
    """Deployments by programs, and what real clients ask of the SOAP Metadata API."""

    event_type = "MetadataApiOperation"

    def __init__(self, sources: LogSources) -> None:
        self.columns = columns_of(self.event_type)
        self._calls = sources.calls_with(
            lambda shape: shape.method == "POST" and shape.resource.endswith(_DEPLOY)
        )
        self._own = sources.own
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """The rows of a minute since 1970, in order of time."""
        start_ms = minute * MINUTE_MS
        calls = [Call(*call) for call in self._calls(minute)]
        own = [
            call
            for call in self._own.calls(start_ms, start_ms + MINUTE_MS)
            if call.request.resource in _OPERATIONS
        ]
        if not calls and not own:
            return NO_ROWS
        return in_order(
            [
                *((call.at_ms, call.number, self._line(call)) for call in calls),
                *((call.at_ms, PUNCTUAL, self._own_line(call)) for call in own),
            ]
        )

    def _line(self, call: Call) -> str:
        integration = call.integration
        return self._written(
            (call.at_ms, request_id(call.number), call.session),
            (call.user.user_id, call.client_ip, f"{integration.client_name}/"),
            ("meta_deploy", integration.api_version),
        )

    def _own_line(self, call: OwnCall) -> str:
        request = call.request
        return self._written(
            (call.at_ms, request.request_id, call.session),
            (request.user_id, request.client_ip, f"{request.client_name}/"),
            (_OPERATIONS[request.resource], request.api_version),
        )

    def _written(
        self, act: tuple[int, str, int], who: tuple[str, str, str], asked: tuple[str, str]
    ) -> str:
        at_ms, request, session = act
        user_id, address, client = who
        keys = (session_key(session, 13), session_key(session, 11))
        begin = (self.event_type, compact_ms(at_ms), request, self._org_id, user_id[:15])
        end = (iso_ms(at_ms), user_id, address, "")
        return csv_line((*begin, "", "", "", *keys, client, *asked, *end))


class ApexExceptionRows:
    """Apex code that failed in somebody's hands: every call of Apex REST that ended with 500."""

    event_type = "ApexUnexpectedException"

    def __init__(self, sources: LogSources) -> None:
        self.columns = columns_of(self.event_type)
        self._calls = sources.calls_with(lambda shape: shape.family == "ApexREST")
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """The rows of a minute since 1970, in order of time."""
        calls = (Call(*call) for call in self._calls(minute))
        failed = [call for call in calls if call.status == 500]
        if not failed:
            return NO_ROWS
        return Rows([call.number for call in failed], list(map(self._line, failed)))

    def _line(self, call: Call) -> str:
        name = call.shape.resource.rpartition("/")[2].title() + "Resource"
        values = (
            self.event_type,
            compact_ms(call.at_ms),
            request_id(call.number),
            self._org_id,
            "System.DmlException",
            f'Upsert failed. First exception on row 0; "{call.shape.entity}" could not be locked',
            f"Class.{name}.save: line {20 + call.number % 60}, column 1\n"
            f"Class.{name}.handle: line 11, column 1",
            iso_ms(call.at_ms),
        )
        return csv_line(values)


class FutureRows:
    """A type of a release to come, about logins: what a client makes of it is its own affair."""

    event_type = "SessionWeather"

    def __init__(self, sources: LogSources) -> None:
        self.columns = Columns(
            ("EVENT_TYPE", "TIMESTAMP", "ORGANIZATION_ID", "FORECAST", "WIND_KMH", "NOTE", "MAP")
        )
        self._logins = sources.logins
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """The rows of a minute since 1970, in order of time."""
        logins = self._logins.of_minute(minute)
        lines = [
            csv_line(
                (
                    self.event_type,
                    compact_ms(login.at_ms),
                    self._org_id,
                    "föhn ☂" if login.number % 2 else "",
                    f"{mixed(login.number, 1) % 900 / 10:.1f}",
                    'said "calm",\nthen\r\nnothing',
                    f'"{{""user"":""{login.user.username}""}}"',
                )
            )
            for login in logins
        ]
        return Rows([login.number for login in logins], lines)
