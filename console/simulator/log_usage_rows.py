"""The rows of ApiTotalUsage: every API call of every family, generated and real."""

from functools import lru_cache

from console.simulator.app_columns import logged_app_id_15
from console.simulator.keys import request_id
from console.simulator.log_columns import columns_of
from console.simulator.log_csv import csv_line, quoted
from console.simulator.log_rows import PUNCTUAL, Rows, in_order
from console.simulator.log_sources import LogSources
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms
from console.simulator.own_acts import OwnCall
from console.simulator.traffic import Call

_MOST_KINDS = 50_000
_resource = lru_cache(maxsize=16_384)(quoted)


def request_id_of(call: Call) -> str:
    """REQUEST_ID of a call, in every log that tells of it."""
    if call.shape.family == "SOAP":
        return f"TID:{call.number:020d}"
    return request_id(call.number)


@lru_cache(maxsize=1)
def second_texts() -> tuple[str, ...]:
    """``SS.mmm`` for each millisecond of a minute."""
    return tuple(f"{ms // 1000:02d}.{ms % 1000:03d}" for ms in range(MINUTE_MS))


class ApiTotalUsage:
    """Every API call of every family: the file that API usage is read from."""

    event_type = "ApiTotalUsage"

    def __init__(self, sources: LogSources, *, newest: bool) -> None:
        self.columns = columns_of(self.event_type, newest=newest)
        self._traffic = sources.traffic
        self._own = sources.own
        self._org_id = sources.org_id[:15]
        self._eca_log_id = sources.eca_log_id
        self._newest = newest
        self._kinds: dict[tuple[object, ...], tuple[str, str, str]] = {}

    def rows(self, minute: int) -> Rows:
        """All calls of a minute since 1970, generated and real."""
        start_ms = minute * MINUTE_MS
        stamp, iso = f'"ApiTotalUsage","{compact_ms(start_ms)[:12]}', iso_ms(start_ms)[:17]
        seconds = second_texts()
        calls = self._traffic.calls(minute)
        lines = []
        for call in calls:
            moment = seconds[call[0] - start_ms]
            head, tail, end = self._around(call)
            lines.append(
                f'{stamp}{moment}","{request_id_of(call)}",{head},{_resource(call.resource)},'
                f'{tail},"{iso}{moment}Z"{end}'
            )
        rows = Rows([call[1] for call in calls], lines)
        own = self._own.calls(start_ms, start_ms + MINUTE_MS)
        if not own:
            return rows
        own_lines = [(call.at_ms, PUNCTUAL, self._own_line(call)) for call in own]
        return in_order([*zip([c[0] for c in calls], rows.numbers, lines, strict=True), *own_lines])

    def _around(self, call: Call) -> tuple[str, str, str]:
        """What stands before and after API_RESOURCE, and after the time: few texts, so kept."""
        kind = (call.integration, call.shape, call.user_index, call.client_ip, call.status)
        around = self._kinds.get(kind)
        if around is None:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            around = self._kinds[kind] = self._compose(call)
        return around

    def _compose(self, call: Call) -> tuple[str, str, str]:
        integration = call.integration
        name = integration.app.name if integration.app and integration.logs_app_name else ""
        head = (
            self._org_id,
            call.user.user_id[:15],
            call.shape.family,
            integration.api_version,
        )
        tail = (
            integration.client_name,
            call.shape.method,
            call.client_ip,
            "1" if integration.counts else "0",
            logged_app_id_15(integration.app, self._eca_log_id),
            call.shape.entity,
            str(call.status),
            name,
            call.user.username,
        )
        category = "EXTERNAL_APPLICATION" if integration.counts else "SALESFORCE"
        return _joined(head), _joined(tail), self._end(category)

    def _end(self, category: str) -> str:
        return f',"{category}","","",""\n' if self._newest else "\n"

    def _own_line(self, call: OwnCall) -> str:
        request = call.request
        values = (
            self.event_type,
            compact_ms(call.at_ms),
            request.request_id,
            self._org_id,
            request.user_id[:15],
            request.api_family,
            request.api_version,
            request.resource,
            request.client_name,
            request.method,
            request.client_ip,
            "1" if request.counted else "0",
            logged_app_id_15(request.app, self._eca_log_id),
            request.entity,
            str(request.status),
            "",
            request.username,
            iso_ms(call.at_ms),
        )
        return _joined(values) + self._end("EXTERNAL_APPLICATION")


def _joined(values: tuple[str, ...]) -> str:
    return csv_line(values).removesuffix("\n")
