"""The rows of RestApi and ApexRestApi: calls of those families, with what each cost.

URI is the path; USER_AGENT is a numeric code of which only 9999, unknown, has been seen; session
and login key are empty, as in the real rows seen. ROWS_PROCESSED and the like are empty where a
call neither reads nor writes rows. EXCEPTION_MESSAGE holds REST's own sentence for the status.
"""

from functools import lru_cache
from typing import NamedTuple

from console.simulator.dice import mixed
from console.simulator.keys import request_ids
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call, RawCall
from console.simulator.logs.app_columns import logged_app_id_15
from console.simulator.logs.call_texts import CallTexts, second_texts
from console.simulator.logs.columns import columns_of
from console.simulator.logs.csv_file import csv_line, joined, quoted
from console.simulator.logs.rows import NO_ROWS, PUNCTUAL, Rows, in_order
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms
from console.simulator.org.call_kinds import (
    ORIGIN_MASK,
    ORIGIN_SHIFT,
    STATUS_MASK,
    STATUS_SHIFT,
    VARIANT_MASK,
    VARIANT_SHIFT,
)

_FAMILIES = {"RestApi": "REST", "ApexRestApi": "ApexREST"}
_MEDIA_TYPE = "application/json;charset=UTF-8"
_UNKNOWN_AGENT = "9999"
_COSTS = 1024
_MESSAGES = {
    400: "The request could not be understood, usually because the body contains an error.",
    401: "Session expired or invalid",
    403: "The request has been refused.",
    404: "The requested resource does not exist",
    500: "An unexpected error occurred.",
    503: "The server is unavailable to handle the request.",
}


def request_status(status: int) -> str:
    """REQUEST_STATUS: S success, A not authorized, N not found, R redirect, F any other failure."""
    if status < 300:
        return "S"
    if status < 400:
        return "R"
    return {401: "A", 403: "A", 404: "N"}.get(status, "F")


class RestRows:
    """Calls of the REST API, or of Apex REST."""

    def __init__(self, event_type: str, sources: LogSources) -> None:
        self.event_type = event_type
        self.columns = columns_of(event_type)
        self._family = _FAMILIES[event_type]
        self._has_agent = "BOT_IDENTIFIER" in self.columns.names
        self._calls = (
            sources.calls
            if event_type == "RestApi"
            else sources.calls_with(lambda shape: shape.family == self._family)
        )
        self._own = sources.own
        self._org_id = sources.org_id[:15]
        self._eca_log_id = sources.eca_log_id
        self._texts = CallTexts(self._compose, self._uri)

    def rows(self, minute: int) -> Rows:
        """All calls of the family in a minute since 1970, generated and real."""
        start_ms = minute * MINUTE_MS
        calls = [call for call in self._calls(minute) if call[3].family == self._family]
        own = [
            call
            for call in self._own.calls(start_ms, start_ms + MINUTE_MS)
            if call.request.api_family == self._family
        ]
        if not calls and not own:
            return NO_ROWS
        numbers = [call[1] for call in calls]
        lines = self._lines(calls, numbers, start_ms)
        if not own:
            return Rows(numbers, lines)
        return in_order(
            [
                *zip([call[0] for call in calls], numbers, lines, strict=True),
                *((call.at_ms, PUNCTUAL, self._own_line(call)) for call in own),
            ]
        )

    def _lines(self, calls: list[RawCall], numbers: list[int], start_ms: int) -> list[str]:
        stamp, iso = f'"{self.event_type}","{compact_ms(start_ms)[:12]}', iso_ms(start_ms)[:17]
        seconds, kinds, costs = second_texts(), self._texts, _costs()
        lines = []
        for (at_ms, number, integration, shape), request_id in zip(
            calls, request_ids(numbers), strict=True
        ):
            by_status, by_origin, texts, uris, _ = kinds[integration, shape]
            who, state, how, about, end = texts[
                by_status[number >> STATUS_SHIFT & STATUS_MASK]
                + by_origin[number >> ORIGIN_SHIFT & ORIGIN_MASK]
            ]
            moment = seconds[at_ms - start_ms]
            cost = costs[number % _COSTS]
            if shape.rows[1]:
                rows = Call(at_ms, number, integration, shape).rows
                filled, size = f'"{rows}","{4 if rows else 0}"', cost.base_size + 96 * rows
            else:
                filled, size = '"",""', cost.base_size
            lines.append(
                f'{stamp}{moment}","{request_id}",{who},{cost.times},'
                f'{uris[number >> VARIANT_SHIFT & VARIANT_MASK]},"","",{state},{cost.database},'
                f'{how},{filled},{cost.sizes},"{size}",{about},"{iso}{moment}Z"{end}'
            )
        return lines

    def _compose(self, call: Call) -> tuple[str, str, str, str, str]:
        """Who, in what state, how, about what, and what stands after the time."""
        integration, user = call.integration, call.user
        app_id = logged_app_id_15(integration.app, self._eca_log_id)
        return self._pieces(
            (user.user_id, user.user_type),
            (call.shape.method, call.shape.entity, call.shape.query),
            call.status,
            (call.client_ip, integration.client_name, app_id),
        )

    def _pieces(
        self,
        user: tuple[str, str],
        asked: tuple[str, str, str],
        status: int,
        client: tuple[str, str, str],
    ) -> tuple[str, str, str, str, str]:
        user_id, user_type = user
        method, entity, query = asked
        address, client_name, app_id = client
        after = (user_id, address, "", client_name, app_id, _MESSAGES.get(status, ""), query)
        agent = ("", "", "") if self._has_agent else ()
        return (
            joined((self._org_id, user_id[:15])),
            quoted(request_status(status)),
            joined((method, _MEDIA_TYPE, str(status), _UNKNOWN_AGENT)),
            quoted(entity),
            "," + csv_line((*after, user_type, *agent)),
        )

    def _own_line(self, call: OwnCall) -> str:
        request = call.request
        app_id = logged_app_id_15(request.app, self._eca_log_id)
        who, state, how, about, end = self._pieces(
            (request.user_id, "Standard"),
            (request.method, request.entity, request.query),
            request.status,
            (request.client_ip, request.client_name, app_id),
        )
        cost = _costs()[call.number % _COSTS]
        filled = f'"{request.rows}","4"' if request.operation else '"",""'
        size = cost.base_size + 96 * request.rows
        return (
            f'"{self.event_type}","{compact_ms(call.at_ms)}",{quoted(request.request_id)},{who},'
            f'{cost.times},{quoted(self._uri(request.resource))},"","",{state},{cost.database},'
            f'{how},{filled},{cost.sizes},"{size}",{about},"{iso_ms(call.at_ms)}"{end}'
        )

    def _uri(self, resource: str) -> str:
        if self._family == "ApexREST":
            return resource.removeprefix("/services/apexrest") + "/*"
        return f"/services/data{resource}"


class _Cost(NamedTuple):
    """What a call took, as parts of a line."""

    times: str
    """RUN_TIME and CPU_TIME in milliseconds."""
    database: str
    """DB_TOTAL_TIME in nanoseconds."""
    sizes: str
    """DB_BLOCKS, DB_CPU_TIME in milliseconds, and REQUEST_SIZE in bytes."""
    base_size: int
    """RESPONSE_SIZE in bytes without any rows."""


@lru_cache(maxsize=1)
def _costs() -> tuple[_Cost, ...]:
    return tuple(map(_cost, range(_COSTS)))


def _cost(n: int) -> _Cost:
    chance = mixed(n, 97)
    cpu_ms = 4 + chance % 60
    database_ms = chance >> 8 & 0x7F
    run_ms = cpu_ms + database_ms + (chance >> 16 & 0x3F)
    sizes = joined((str(chance >> 24 & 0x3FF), str(database_ms // 3), str(chance >> 34 & 0x1FFF)))
    database_ns = database_ms * 1_000_000 + chance % 1_000_000
    return _Cost(joined((str(run_ms), str(cpu_ms))), f'"{database_ns}"', sizes, 60 + chance % 900)
