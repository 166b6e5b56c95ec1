"""The rows of ApiTotalUsage: every API call of every family, generated and real."""

from collections.abc import Iterator

from console.simulator import log_csv
from console.simulator.app_columns import EcaLogId, logged_app_id_15
from console.simulator.integration import SimIntegration
from console.simulator.keys import request_id
from console.simulator.log_csv import Columns, csv_line
from console.simulator.log_rows import LogRow, has_late_rows, is_late
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms
from console.simulator.own_acts import OwnActs, OwnCall
from console.simulator.traffic import Call, Traffic

REST_ID_LENGTH = 22
SOAP_ID_LENGTH = 24
_FRAME_LENGTH = len('"ApiTotalUsage","20260302091407.412","",,"2026-03-02T09:14:07.412Z"\n')
"""Length of a line without its request id and its middle."""


class ApiTotalUsage:
    """Every API call of every family: the file that API usage is read from."""

    event_type = "ApiTotalUsage"
    columns = Columns(tuple(log_csv.API_TOTAL_USAGE.split()))

    def __init__(self, traffic: Traffic, own: OwnActs, org_id: str, eca_log_id: EcaLogId) -> None:
        self._traffic = traffic
        self._own = own
        self._org_id = org_id[:15]
        self._eca_log_id = eca_log_id
        self._middles: dict[tuple[object, ...], str] = {}
        self._origins = {integration: _origins(integration) for integration in traffic.integrations}

    def rows(self, minute: int) -> list[LogRow]:
        """All calls of a minute since 1970, generated and real."""
        start_ms = minute * MINUTE_MS
        stamp, iso = compact_ms(start_ms)[:12], iso_ms(start_ms)[:17]
        late_hour = has_late_rows(minute)
        rows = []
        for call in self._traffic.calls(minute):
            second, ms = divmod(call.at_ms - start_ms, 1000)
            moment = f"{second:02d}.{ms:03d}"
            line = (
                f'"ApiTotalUsage","{stamp}{moment}","{_request_id(call)}",'
                f'{self._middle(call)},"{iso}{moment}Z"\n'
            )
            rows.append(LogRow(call.at_ms, late_hour and is_late(call.number), line))
        own = self._own.calls(start_ms, start_ms + MINUTE_MS)
        if own:
            rows.extend(LogRow(call.at_ms, False, self._own_line(call)) for call in own)
            rows.sort(key=lambda row: row.at_ms)
        return rows

    def lengths(self, minute: int) -> Iterator[tuple[bool, int]]:
        """(late, length of the line in bytes) of the same rows: moments are equally long."""
        late_hour = has_late_rows(minute)
        for call in self._traffic.calls(minute):
            id_length = SOAP_ID_LENGTH if call.shape.family == "SOAP" else REST_ID_LENGTH
            length = _FRAME_LENGTH + id_length + len(self._middle(call))
            yield late_hour and is_late(call.number), length
        start_ms = minute * MINUTE_MS
        for own in self._own.calls(start_ms, start_ms + MINUTE_MS):
            yield False, len(self._own_line(own).encode())

    def _middle(self, call: Call) -> str:
        """What stands between request id and time: ASCII, and few different texts, so kept."""
        number = call.number
        origin = self._origins[call.integration][number >> 34 & 0xFF]
        key = (call.integration, call.shape, origin, number >> 42 & 0xF, call.status)
        middle = self._middles.get(key)
        if middle is None:
            middle = self._middles[key] = self._compose(call)
        return middle

    def _compose(self, call: Call) -> str:
        integration = call.integration
        name = integration.app.name if integration.app and integration.logs_app_name else ""
        values = (
            self._org_id,
            call.user.user_id[:15],
            call.shape.family,
            integration.api_version,
            call.resource,
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
        return csv_line(values).rstrip("\n")

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
        return csv_line(values)


def _origins(integration: SimIntegration) -> tuple[int, ...]:
    """For each of the eight bits that choose user and address, which pair they choose."""
    users, addresses = len(integration.users), len(integration.addresses)
    return tuple((bits & 0xF) % users * 16 + (bits >> 4) % addresses for bits in range(256))


def _request_id(call: Call) -> str:
    if call.shape.family == "SOAP":
        return f"TID:{call.number:020d}"
    return request_id(call.number)
