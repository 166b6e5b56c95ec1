"""The rows of API, which is what the log calls SOAP calls.

URI is the word ``Api``. No column names an app: of the client there is what it said of itself.
"""

from console.simulator.dice import mixed
from console.simulator.keys import session_key
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call
from console.simulator.logs.call_texts import soap_request_id
from console.simulator.logs.columns import columns_of
from console.simulator.logs.csv_file import csv_line
from console.simulator.logs.rows import NO_ROWS, PUNCTUAL, Rows, in_order
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms

_PARTNER = "P"
_METADATA = "M"
_FAULT = "UNKNOWN_EXCEPTION: An unexpected error occurred."


class SoapRows:
    """SOAP calls, with what each cost."""

    event_type = "API"

    def __init__(self, sources: LogSources) -> None:
        self.columns = columns_of(self.event_type)
        self._calls = sources.calls_with(lambda shape: shape.family == "SOAP")
        self._own = sources.own
        self._org_id = sources.org_id[:15]

    def rows(self, minute: int) -> Rows:
        """All SOAP calls of a minute since 1970, generated and real."""
        start_ms = minute * MINUTE_MS
        calls = [Call(*call) for call in self._calls(minute)]
        own = [
            call
            for call in self._own.calls(start_ms, start_ms + MINUTE_MS)
            if call.request.api_family == "SOAP"
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
        integration, session = call.integration, call.session
        return self._written(
            call.at_ms,
            call.number,
            (soap_request_id(call.number), call.user.user_id, call.user.user_type, call.client_ip),
            (session_key(session, 13), session_key(session, 11)),
            (integration.soap_type, integration.api_version, integration.client_name),
            (call.resource, call.shape.entity, call.shape.query, call.rows, call.failed),
        )

    def _own_line(self, call: OwnCall) -> str:
        request = call.request
        is_metadata = request.resource.startswith(("list", "read", "describeMetadata"))
        return self._written(
            call.at_ms,
            call.number,
            (request.request_id, request.user_id, "Standard", request.client_ip),
            (session_key(call.session, 13), session_key(call.session, 11)),
            (_METADATA if is_metadata else _PARTNER, request.api_version, request.client_name),
            (request.resource, request.entity, request.query, request.rows, request.status >= 400),
        )

    def _written(
        self,
        at_ms: int,
        number: int,
        who: tuple[str, str, str, str],
        keys: tuple[str, str],
        client: tuple[str, str, str],
        asked: tuple[str, str, str, int, bool],
    ) -> str:
        request_id, user_id, user_type, address = who
        method, entity, query, rows, failed = asked
        chance = mixed(number, 89)
        cpu_ms, database_ms = 10 + chance % 90, chance >> 8 & 0xFF
        values = (
            self.event_type,
            compact_ms(at_ms),
            request_id,
            self._org_id,
            user_id[:15],
            str(cpu_ms + database_ms),
            str(cpu_ms),
            "Api",
            *keys,
            "",
            str(database_ms * 1_000_000 + chance % 1_000_000),
            *client,
            method,
            entity,
            str(rows),
            str(300 + (chance >> 16 & 0x7FF)),
            str(400 + 96 * rows),
            str(chance >> 32 & 0x7FF),
            str(database_ms // 3),
            iso_ms(at_ms),
            user_id,
            address,
            "",
            _FAULT if failed else "",
            query,
            user_type,
        )
        return csv_line(values)
